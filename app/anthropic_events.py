"""This file reads the events of Anthropic's Messages protocol, and trusts none of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.event_stream import Reply, count_of

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
"""Why a message ended -> the same in the words of OpenAI's protocol, which the rest of the app knows."""
_MAX_NAME = 200
_PASSING = frozenset({"overloaded_error", "api_error", "rate_limit_error", "timeout_error"})


@dataclass(slots=True)
class MessageReply(Reply):
    """What an endpoint has said so far, besides its text."""

    def read(self, event: dict[str, Any]) -> str:
        """Take in one event, or a whole message; returns the text in it. What the model thinks is no text."""
        kind = _text(event.get("type"))
        if kind == "error":
            self.error = json.dumps(event)
            self.may_pass = _text(_object(event.get("error")).get("type")) in _PASSING
        self.is_done = self.is_done or kind == "message_stop"
        message = event if kind == "message" else _object(event.get("message"))
        self.model = _text(message.get("model"))[:_MAX_NAME] or self.model
        self._count(_object(message.get("usage")) or _object(event.get("usage")))
        delta = _object(event.get("delta"))
        self._end(_text(message.get("stop_reason")) or _text(delta.get("stop_reason")))
        self._call(message, event, delta)
        text = _text_of(message.get("content")) + _text_of([event.get("content_block"), delta])
        self.n_characters += len(text)
        return text

    def _call(self, message: dict[str, Any], event: dict[str, Any], delta: dict[str, Any]) -> None:
        """Take in the tools of a whole message, the beginning of a call, or a piece of its arguments."""
        content = message.get("content")
        whole = enumerate(map(_object, content if isinstance(content, list) else ()))
        for place, block in (*whole, (event.get("index"), _object(event.get("content_block")))):
            if block.get("type") == "tool_use":
                self.pieces.add(place, block.get("id"), block.get("name"), block.get("input") or "")
        if delta.get("type") == "input_json_delta":
            self.pieces.add(event.get("index"), "", "", delta.get("partial_json"))

    def _count(self, usage: dict[str, Any]) -> None:
        read = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        self.prompt_tokens = max(self.prompt_tokens, sum(count_of(usage.get(name)) for name in read))
        self.completion_tokens = count_of(usage.get("output_tokens")) or self.completion_tokens

    def _end(self, reason: str) -> None:
        self.wants_tool = self.wants_tool or reason == "tool_use"
        self.finish_reason = _REASONS.get(reason, reason) or self.finish_reason


def _text_of(blocks: object) -> str:
    """The text of content blocks, or of changes of one."""
    found = map(_object, blocks) if isinstance(blocks, list) else ()
    return "".join(_text(one.get("text")) for one in found if one.get("type") in ("text", "text_delta"))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
