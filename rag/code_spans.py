"""This file tells code from text in Markdown, alike for a whole line and for a stream that is still being written.

Inline code counts only where it closes on its own line: that keeps every decision local, and models write it so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

_OPENING = re.compile(r"[ \t>*+\-\d.)]*(?P<marks>`{3,}(?=[^`]*\Z)|~{3,})(?P<info>[^\n]*)\Z", re.ASCII)
_CLOSING = re.compile(r"[ \t>]*(?P<marks>`{3,}|~{3,})[ \t]*\Z")
_LINE_PREFIX = frozenset(" \t>*+-.)0123456789")
_RUN = re.compile(r"`+")


class Piece(NamedTuple):
    """Some characters of a text that are all code or all not."""

    text: str
    is_code: bool


class Fence(NamedTuple):
    """The line that opens a block of code: its marks (three or more), what stands before and behind them."""

    indent: int
    marks: str
    info: str


def opening_fence(line: str) -> Fence | None:
    """The fence that a line opens, also behind list and quote marks; None for any other line."""
    found = _OPENING.match(line)
    return Fence(found.start("marks"), found["marks"], found["info"].strip()) if found else None


def is_closing(line: str, fence: Fence) -> bool:
    """Whether a line ends the block of code that `fence` opened."""
    found = _CLOSING.match(line)
    return found is not None and found["marks"].startswith(fence.marks)


def inline_code(line: str) -> list[tuple[int, int]]:
    """Spans of inline code in one line, backticks included. Linear in the length of the line."""
    runs = [found.span() for found in _RUN.finditer(line)]
    starts: defaultdict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        starts[end - start].append(start)
    spans: list[tuple[int, int]] = []
    done = 0
    for start, end in runs:
        opening = start + _is_escaped(line, start)
        size = end - opening
        if start < done or not size:
            continue
        after = bisect_left(starts[size], end)
        if after < len(starts[size]):
            done = starts[size][after] + size
            spans.append((opening, done))
    return spans


def split_line(line: str) -> Iterator[Piece]:
    """The pieces of one line that is no part of a block of code."""
    done = 0
    for start, end in inline_code(line):
        if start > done:
            yield Piece(line[done:start], is_code=False)
        yield Piece(line[start:end], is_code=True)
        done = end
    if done < len(line):
        yield Piece(line[done:], is_code=False)


def split_text(text: str) -> list[Piece]:
    """The pieces of a whole text; neighbours may be alike."""
    splitter = CodeSplitter()
    return [*splitter.feed(text), *splitter.finish()]


def _is_escaped(line: str, at: int) -> bool:
    start = at
    while start and line[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


class CodeSplitter:
    """Splits a stream into code and text, a character at a time: how the stream is cut into deltas cannot matter.

    Only what is undecided is held back: the marks that open a line, and inline code until it closes or its line ends.
    """

    def __init__(self) -> None:
        self._step: Callable[[str], None] = self._line_start
        self._held: list[str] = []
        self._pieces: list[Piece] = []
        self._fence = Fence(0, "", "")
        self._n_backticks = 0
        self._n_closing = 0
        self._is_escaped = False

    def feed(self, delta: str) -> list[Piece]:
        """What is decided after this delta."""
        for char in delta:
            self._step(char)
        return self._take()

    def finish(self) -> list[Piece]:
        """What was still held back when the stream ended."""
        line = "".join(self._held)
        is_fence = self._step in (self._opening, self._fence_line) and opening_fence(line) is not None
        is_code = bool(line) and (is_fence or self._step == self._block)
        self._pieces.extend([Piece(line, is_code=True)] if is_code else split_line(line))
        self._held = []
        return self._take()

    def _take(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def _line_start(self, char: str) -> None:
        if char in _LINE_PREFIX:
            self._held.append(char)
        elif char in "`~":
            self._held.append(char)
            self._n_backticks = 1
            self._step = self._opening
        else:
            self._replay(char)

    def _opening(self, char: str) -> None:
        if char == self._held[-1]:
            self._held.append(char)
            self._n_backticks += 1
        elif self._n_backticks >= 3:
            self._step = self._fence_line
            self._fence_line(char)
        else:
            self._replay(char)

    def _fence_line(self, char: str) -> None:
        if char != "\n":
            self._held.append(char)
            return
        fence = opening_fence("".join(self._held))
        if fence is None:
            self._replay(char)
            return
        self._pieces.append(Piece("".join([*self._held, char]), is_code=True))
        self._held = []
        self._fence = fence
        self._step = self._block

    def _block(self, char: str) -> None:
        self._held.append(char)
        if char == "\n":
            line = "".join(self._held)
            self._held = []
            self._pieces.append(Piece(line, is_code=True))
            self._step = self._line_start if is_closing(line[:-1], self._fence) else self._block

    def _replay(self, char: str) -> None:
        """The line opens no block: read it as text from its start."""
        held, self._held = self._held, []
        self._is_escaped = False
        self._step = self._text
        for earlier in held:
            self._step(earlier)
        self._step(char)

    def _text(self, char: str) -> None:
        if char == "`" and not self._is_escaped:
            self._held = [char]
            self._step = self._backticks
            return
        self._is_escaped = char == "\\" and not self._is_escaped
        self._pieces.append(Piece(char, is_code=False))
        if char == "\n":
            self._step = self._line_start

    def _backticks(self, char: str) -> None:
        if char == "`":
            self._held.append(char)
            return
        self._n_backticks, self._n_closing = len(self._held), 0
        self._step = self._inline
        self._inline(char)

    def _inline(self, char: str) -> None:
        if char == "`":
            self._n_closing += 1
        elif self._n_closing == self._n_backticks or char == "\n":
            self._pieces.extend(split_line("".join(self._held)))
            self._held = []
            self._is_escaped = False
            self._step = self._text
            self._text(char)
            return
        else:
            self._n_closing = 0
        self._held.append(char)
