"""This file leaves out what a reasoning model thinks aloud before it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce


def _pattern(tag: str) -> str:
    """In any case, but `[Think](…)` is a link."""
    return re.escape(tag) if tag[0] != "[" else f"(?-i:{re.escape(tag)})"


_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning", "seed:think")
_OPENERS = (
    *(f"<{name}>" for name in _NAMES),
    "[THINK]",
    "◁think▷",
    "<|channel|>analysis<|message|>",
    "<|channel|>commentary<|message|>",
)
_CLOSERS = (*(f"</{name}>" for name in _NAMES), "[/THINK]", "◁/think▷", "<|channel|>final<|message|>")
_SIGNS = ("<|start|>assistant", "<|end|>", "<|return|>")
"""What stands around thoughts in channels."""
_TAGS = {"opener": _OPENERS, "closer": _CLOSERS, "sign": _SIGNS}
_TAG = re.compile(
    "|".join(f"(?P<{kind}>{'|'.join(map(_pattern, tags))})" for kind, tags in _TAGS.items()), re.IGNORECASE | re.ASCII
)
_BEHIND = re.compile(r"[^\W_]|[^\S\n]*\n")
"""What stands behind a closer that is none of the words of its line."""
_ALL = tuple(tag.lower() for tags in _TAGS.values() for tag in tags)
_LONGEST = max(map(len, _ALL))


class Anew(str):
    """An empty text: all that came before it was thought, and what answers begins here."""

    __slots__ = ()


def grown(said: str, more: str) -> str:
    """What is said so far, with the next text of `without_thinking`."""
    return "" if isinstance(more, Anew) else said + more


def without_thinking(deltas: Iterable[str]) -> Iterator[str]:
    """The deltas without blocks of thoughts, at the very start or on lines of their own behind such a one; a block that
    never closes hides all the rest. A block that was opened in the prompt is told by its end alone: then Anew comes,
    and what was said takes the place of what was given before. How the stream is cut cannot matter."""
    said = _Said()
    for text, kind in _pieces(deltas):
        yield from said.read(text, kind)
    yield from said.finish()


def spoken(deltas: Iterable[str]) -> str:
    """All that is said in them."""
    return reduce(grown, without_thinking(deltas), "")


def _pieces(deltas: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Texts and tags, these with their kind; what may become a tag is held back."""
    held = ""
    for delta in deltas:
        held, at = held + delta, 0
        for tag in _TAG.finditer(held):
            yield held[at : tag.start()], ""
            yield tag[0], str(tag.lastgroup)
            at = tag.end()
        cut = next((n for n in range(max(at, len(held) - _LONGEST), len(held)) if _may_begin(held[n:])), len(held))
        yield held[at:cut], ""
        held = held[cut:]
    yield held, ""


def _may_begin(tail: str) -> bool:
    return tail[0] in "<[◁" and any(tag.startswith(tail.lower()) for tag in _ALL)


class _Said:
    """What of the pieces is said."""

    def __init__(self) -> None:
        self._is_thinking = self._has_thought = self._has_said = False
        self._opens_line = True
        self._is_written = False
        """An opener is part of what is said, so its closer is one, too."""
        self._closer = self._gap = ""
        """One without an opener, and the blanks behind it: what follows tells what it is."""
        self._closes_line = False

    def read(self, text: str, kind: str) -> Iterator[str]:
        """What this piece settles."""
        if self._is_thinking:
            self._is_thinking = kind != "closer"
        elif self._closer and not text.strip():
            self._gap += text
        else:
            if self._closer:
                yield from self._settled(is_end=self._closes_line or _BEHIND.match(self._gap + text) is not None)
            yield from self._read(text, kind)

    def finish(self) -> Iterator[str]:
        """What was held back; a closer with nothing behind it ends thoughts, unless these were seen before."""
        if self._closer and not (self._has_thought and self._has_said):
            yield from self._settled(is_end=True)

    def _read(self, text: str, kind: str) -> Iterator[str]:
        is_apart = self._has_thought or not self._has_said
        if kind == "opener" and is_apart and self._opens_line:
            self._is_thinking = self._has_thought = True
        elif kind == "closer" and not self._is_written:
            self._closer, self._closes_line = text, self._opens_line
        elif kind != "sign" or not is_apart:
            self._is_written = (kind == "opener" and self._opens_line) or (self._is_written and kind != "closer")
            yield from self._say(text)

    def _settled(self, *, is_end: bool) -> Iterator[str]:
        """Within a line between blanks the closer is a word like others."""
        held = self._closer + self._gap
        self._closer = self._gap = ""
        if not is_end:
            yield from self._say(held)
            return
        if self._has_said:
            yield Anew()
        self._has_thought, self._has_said, self._opens_line = True, False, True

    def _say(self, text: str) -> Iterator[str]:
        text = text if self._has_said else text.lstrip()
        if text:
            self._has_said = True
            _, has_end, line = text.rpartition("\n")
            self._opens_line = not line.strip() and (bool(has_end) or self._opens_line)
            yield text
