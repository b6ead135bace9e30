"""This file reads the citation markers in a model's stream and shows them as `[1]`, numbered in order of first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.code_spans import CodeSplitter, Piece

NO_ROOT = r"(?<!\\sqrt)"
"""Before the bracket of a marker in a pattern: that of a root in a formula, `\\sqrt[3]{x}`, is none."""
_CLOSERS = {"[": "]", "【": "】", "(": ")"}
_BARRED = {"[": "[]【】()\n", "【": "[]【】\n", "(": "[]【】()\n"}
_STOPS = frozenset(".!?…。！？")
_MAX_MARKER = 80
"""Characters of the longest thing that is still read as a marker."""
_MAX_TAIL = 1000
"""Characters of the longest web address behind a marker that is taken away whole."""

_NUMBER = r"\^?\d{1,3}"  # four digits are a year: "[2024] EWCA Civ 12"
_ITEM = rf"{_NUMBER}(?:\s*[-–—]\s*{_NUMBER})?"
_WORDS = r"(?:(?:passage|source|document|doc|reference|ref)s?\.?\s*[#:]?\s*)?"
_BODY = re.compile(rf"\s*{_WORDS}{_ITEM}(?:\s*(?:[,;&]|and)\s*{_ITEM})*\s*", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"(\d+)(?:\s*[-–—]\s*\^?(\d+))?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_TOOL_MARK = re.compile(r"\d+:\d+", re.ASCII)
_HALF = re.compile(r"[\[【]\s*\^?[\d\s,;–-]*", re.ASCII)
_TAIL = re.compile(r"""\((?:<[^<>]*>|\S*)(?:[ \t]+(?:"[^"]*"|'[^']*'))?[ \t]*\)""")


class MarkerStream:
    """Turns deltas into display text. Understands [1], [1, 3], [1-3], [^1], [source 2], 【1】, 【1†name】 and, where it
    cannot be anything else, (1): behind a full stop at the end of a line.

    Numbers that no hit has are dropped, code is left as it is, a link around a marker loses its address, and half a
    marker is held back. Works a character at a time: how the text is cut into deltas cannot matter.
    """

    def __init__(self, n_hits: int) -> None:
        self._n_hits = n_hits
        self._shown: dict[int, int] = {}
        self._code = CodeSplitter()
        self._step: Callable[[str], None] = self._text
        self._out: list[str] = []
        self._blanks = ""
        self._mark = ""
        self._numbers: list[int] = []
        self._tail = ""
        self._depth = 0
        self._last = ""
        self._group: set[int] = set()

    @property
    def used(self) -> tuple[int, ...]:
        """Which hit (counted from 1) each shown marker stands for: `[n]` is hit `used[n - 1]`."""
        return tuple(self._shown)

    def feed(self, delta: str) -> str:
        """The display text that this delta settles; may be empty."""
        return self._read(self._code.feed(delta))

    def finish(self) -> str:
        """The rest of the display text; a marker that was never finished is left out."""
        text = self._read(self._code.finish())
        if self._step == self._marker and _HALF.fullmatch(self._mark):
            self._blanks = self._mark = ""
        if self._step == self._after_round:
            self._tail = ""
            self._cite()
        self._settle()
        return text + self._take()

    def _read(self, pieces: list[Piece]) -> str:
        for text, is_code in pieces:
            if is_code:
                self._settle()
                self._emit(text)
                continue
            for char in text:
                self._step(char)
        return self._take()

    def _take(self) -> str:
        text = "".join(self._out)
        self._out = []
        return text

    def _settle(self) -> None:
        """Nothing more follows that could belong to a marker."""
        if self._step in (self._after, self._in_tail):
            self._cite()
        self._literal()

    def _emit(self, text: str) -> None:
        if not text:
            return
        self._out.append(text)
        self._last = (self._last + text)[-5:]
        self._group.clear()

    def _literal(self) -> None:
        """What was held back is no marker."""
        text = self._blanks + self._mark + self._tail
        self._blanks = self._mark = self._tail = ""
        self._step = self._text
        if text.strip():
            self._emit(text)
        else:
            self._out.append(text)

    def _text(self, char: str) -> None:
        if char in " \t" and len(self._blanks) < _MAX_MARKER:
            self._blanks += char
        elif char in _CLOSERS and self._may_open(char):
            self._mark = char
            self._step = self._marker
        else:
            self._emit(self._blanks + char)
            self._blanks = ""

    def _may_open(self, char: str) -> bool:
        if char == "(":
            return self._last[-1:] in _STOPS
        if self._last.endswith("\\in"):  # an interval of a formula
            return False
        return bool(self._blanks) or not self._last.endswith(("\\", "\\sqrt"))

    def _marker(self, char: str) -> None:
        opener = self._mark[0]
        if char == _CLOSERS[opener]:
            self._close(opener, self._mark[1:], char)
        elif char in _BARRED[opener] or len(self._mark) == _MAX_MARKER:
            self._literal()
            self._text(char)
        else:
            self._mark += char

    def _close(self, opener: str, body: str, closer: str) -> None:
        numbers = self._read_numbers(opener, body)
        self._mark += closer
        if numbers is None:
            self._literal()
            return
        self._numbers = numbers
        self._step = self._after_round if opener == "(" else self._after

    def _read_numbers(self, opener: str, body: str) -> list[int] | None:
        """The numbers of a marker, known ones only; None when it is no marker."""
        if opener == "【":
            body = body.partition("†")[0]
        if opener == "【" and _TOOL_MARK.fullmatch(body):
            return []  # a marker of the endpoint's own file search: it points at nothing here
        if not _BODY.fullmatch(body):
            return None
        if opener == "(" and any(not 1 <= int(n) <= self._n_hits for n in _DIGITS.findall(body)):
            return None
        return [n for n in self._expand(body) if n >= 1]

    def _expand(self, body: str) -> Iterator[int]:
        for first, last in _RANGE.findall(body):
            yield from range(int(first), min(int(last or first), self._n_hits) + 1)

    def _after(self, char: str) -> None:
        if char == "(" and self._mark[0] == "[":
            self._tail, self._depth = char, 1
            self._step = self._in_tail
            return
        self._cite()
        self._text(char)

    def _in_tail(self, char: str) -> None:
        if char in "\n[]" or len(self._tail) == _MAX_TAIL:
            self._cite()
            self._literal()
            self._text(char)
            return
        self._tail += char
        self._depth += (char == "(") - (char == ")")
        if not self._depth:
            self._tail = "" if _TAIL.fullmatch(self._tail) else self._tail
            self._cite()
            self._literal()

    def _after_round(self, char: str) -> None:
        if char == "\n":
            self._tail = ""
            self._cite()
            self._text(char)
        elif char in " \t" and len(self._tail) < _MAX_MARKER:
            self._tail += char
        else:
            self._literal()
            self._text(char)

    def _cite(self) -> None:
        """Show the numbers of the marker; without any, the blanks before it go too."""
        numbers = [self._shown.setdefault(n, len(self._shown) + 1) for n in self._numbers]
        fresh = [n for n in dict.fromkeys(numbers) if n not in self._group]
        if fresh:
            self._out.append(self._blanks + "".join(f"[{n}]" for n in fresh))
            self._group.update(fresh)
        self._blanks = self._mark = ""
        self._numbers = []
        self._step = self._text
