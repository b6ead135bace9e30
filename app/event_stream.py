"""This file reads the bytes of a streamed chat completion, and trusts none of them."""

from __future__ import annotations

import json
import re
import time
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from app.tool_calls import CallPieces
from rag.inert import flat

_MAX_NAME = 200
_MOST_TOKENS = 10**8
"""More than any request takes; a number beyond would spend everybody's budget."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_MAX_LINE = 4_000_000
"""Bytes of the longest event that is read."""


class Garbled(ValueError):
    """The bytes are no stream of JSON objects."""


class Endless(Exception):
    """The stream went on beyond the seconds that it may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a stream: seconds without a word, seconds in all, and characters."""

    pause: float
    seconds: float
    characters: int


@dataclass(slots=True)
class Reply:
    """What an endpoint has said so far, besides its text."""

    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    is_done: bool = False
    wants_tool: bool = False
    error: str = ""
    """The JSON of an error that it reported."""
    n_characters: int = 0
    model: str = ""
    """What the endpoint says that it answers with."""
    fingerprint: str = ""
    is_whole: bool = False
    """It came at once and not as a stream."""
    may_pass: bool = False
    """The error that it reported may be gone at the next try."""
    pieces: CallPieces = field(default_factory=CallPieces)
    """The tools that it calls."""

    @property
    def size(self) -> int:
        """Characters of text and calls."""
        return self.n_characters + self.pieces.n_characters

    def read(self, event: dict[str, Any]) -> str:
        """Take in one event, or a whole completion; returns the text in it."""
        if event.get("error") or event.get("object") == "error":
            self.error = json.dumps(event)
        self.model = _name(event.get("model")) or self.model
        self.fingerprint = _name(event.get("system_fingerprint")) or self.fingerprint
        usage = _object(event.get("usage"))
        self.prompt_tokens = count_of(usage.get("prompt_tokens")) or self.prompt_tokens
        self.completion_tokens = count_of(usage.get("completion_tokens")) or self.completion_tokens
        choices = event.get("choices")
        choice = _object(choices[0]) if isinstance(choices, list) and choices else {}
        self.finish_reason = _text(choice.get("finish_reason")) or self.finish_reason
        said = _object(choice.get("delta")) or _object(choice.get("message"))
        self.wants_tool = self.wants_tool or bool(said.get("tool_calls") or said.get("function_call"))
        for call in map(_object, _list(said.get("tool_calls"))):
            function = _object(call.get("function"))
            self.pieces.add(call.get("index"), call.get("id"), function.get("name"), function.get("arguments"))
        text = _content(said.get("content"))
        self.n_characters += len(text)
        return text

    def read_whole(self, chunks: Iterable[bytes], *, seconds: float) -> str:
        """Take in the answer of an endpoint that does not stream; returns its text. Raises Garbled and TimeoutError."""
        held: list[bytes] = []
        size, end = 0, time.monotonic() + seconds
        for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            if size > _MAX_LINE:
                raise Garbled
            if time.monotonic() > end:
                raise TimeoutError
        self.is_done = self.is_whole = True
        return self.read(_parsed(b"".join(held)))


def texts(chunks: Iterable[bytes], reply: Reply, limits: Limits) -> Iterator[str]:
    """The texts of a stream as they come, an empty one for a piece of a call; all else goes into `reply`.

    Ends at its end mark or last event, at an error it reports, or when it goes on beyond its characters. Raises
    Garbled, Endless, and TimeoutError when signs of life come, but for a whole pause not a word.
    """
    begun = since = time.monotonic()
    for event in _events(chunks):
        if event is None:
            reply.is_done = True
            return
        size = reply.size
        if (text := reply.read(event)) or reply.size > size:
            yield text
        since = time.monotonic() if reply.size > size else since  # after the yield: a reader may take its time
        if reply.error or reply.is_done:
            return
        if reply.size > limits.characters:
            reply.finish_reason = "length"
            return
        if time.monotonic() - since > limits.pause:
            raise TimeoutError
        if time.monotonic() - begun > limits.seconds:
            raise Endless


def _events(chunks: Iterable[bytes]) -> Iterator[dict[str, Any] | None]:
    """The JSON objects of a stream, None for `[DONE]`, and an empty object for what carries nothing. One may go over
    several `data:` lines, up to an empty line; one that is whole on its line waits for none."""
    held, mark = bytearray(), BOM_UTF8
    for text in _lines(chunks):
        if text is None:
            yield {}
            continue
        line, mark = text.removeprefix(mark), b""
        name, _, value = line.strip().partition(b":")
        if name == b"data" and value.strip():
            yield _data(value, held)
        elif held and not line:
            yield _parsed(held)
            held.clear()
        else:
            yield _other(line, name, value)
    if held:
        yield _parsed(held)


def _data(value: bytes, held: bytearray) -> dict[str, Any] | None:
    """What is on a `data:` line; where it is not whole, it is put to what is `held`."""
    if value.strip() == b"[DONE]" and not held:
        return None
    if not held:
        with suppress(Garbled):
            return _parsed(value)
    held += b"\n" + value
    if len(held) > _MAX_LINE:
        raise Garbled
    return {}


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """The lines of a stream, whatever its chunks; None once per chunk, so that the clock is looked at."""
    held: list[bytes] = []
    size, half = 0, b""
    for chunk in chunks:
        text = half + chunk
        half = b"\r" if text.endswith(b"\r") else b""  # of a line end, or all of it
        *whole, rest = _LINE_END.split(text.removesuffix(half))
        for part in whole:
            yield b"".join([*held, part])
            held, size = [], 0
        held.append(rest)
        size += len(rest)
        if size > _MAX_LINE:
            raise Garbled
        yield None
    yield b"".join(held)


def _other(line: bytes, name: bytes, value: bytes) -> dict[str, Any]:
    """The JSON object of an error on a line of its own; an empty one for lines that carry nothing."""
    if name in (b"", b"event", b"id", b"retry", b"data"):
        return {}
    if name == b"error":
        return {"error": _parsed(value)}
    found = _parsed(line)  # a server that fails may forget that it streams
    if not found.get("error"):
        raise Garbled
    return found


def _parsed(payload: bytes | bytearray) -> dict[str, Any]:
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Garbled from error
    if not isinstance(found, dict):
        raise Garbled
    return found


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _content(value: object) -> str:
    """A text, or the texts among its parts."""
    if not isinstance(value, list):
        return _text(value)
    return "".join(_text(part.get("text")) for part in map(_object, value) if part.get("type", "text") == "text")


def _name(value: object) -> str:
    return flat(_text(value)[:_MAX_NAME])


def count_of(value: object) -> int:
    """Tokens as an endpoint tells them; 0 for what no request can have taken: they are estimated then."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 < value <= _MOST_TOKENS else 0
