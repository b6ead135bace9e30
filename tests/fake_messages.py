"""What an endpoint of Anthropic's Messages protocol sends, for a FakeEndpoint to give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.fake_endpoint import Reply, answers, streams

PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def event(kind: str, **fields: Any) -> bytes:  # noqa: ANN401
    """One event of a streamed message."""
    body = json.dumps({"type": kind, **fields}, ensure_ascii=False).encode()
    return b"event: " + kind.encode() + b"\ndata: " + body + b"\n\n"


def begins(**usage: int) -> bytes:
    """The first two events."""
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "tiny-20260101",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 11, "output_tokens": 1, **usage},
    }
    block = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    return event("message_start", message=message) + block


def word(text: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def thought(text: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": text})


def ends(reason: str = "end_turn", written: int = 3) -> bytes:
    """The last three events."""
    stop = event("message_delta", delta={"stop_reason": reason}, usage={"output_tokens": written})
    return event("content_block_stop", index=0) + stop + event("message_stop")


def says(*texts: str, reason: str = "end_turn") -> Reply:
    """A stream in good order."""
    return streams(begins(), PING, *map(word, texts), ends(reason, len(texts)))


def call_pieces(*calls: tuple[str, str], ids: Sequence[str] = ()) -> list[bytes]:
    """Events of calls, (name, arguments as they are written) each."""
    pieces = []
    for n, (name, arguments) in enumerate(calls, start=1):
        block = {"type": "tool_use", "id": ids[n - 1] if ids else f"toolu_{n}", "name": name, "input": {}}
        pieces.append(event("content_block_start", index=n, content_block=block))
        bits = [arguments[at : at + 7] for at in range(0, len(arguments), 7)]
        deltas = [{"type": "input_json_delta", "partial_json": bit} for bit in bits]
        pieces += [event("content_block_delta", index=n, delta=delta) for delta in deltas]
        pieces.append(event("content_block_stop", index=n))
    return pieces


def calls(*made: tuple[str, str], text: str = "", ids: Sequence[str] = ()) -> Reply:
    """A stream that calls tools, in good order."""
    return streams(begins(), *([word(text)] if text else []), *call_pieces(*made, ids=ids), ends("tool_use"))


def wrong(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def refuses(status: int, kind: str, message: str = "no", **headers: str) -> Reply:
    """An error as a whole response."""
    return answers(status, wrong(kind, message), **headers)
