"""This file reads the citation markers in a model's stream and shows them as `[1]`, numbered in order of first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.code_spans import CodeSplitter, Piece

NO_ROOT = r"(?<!\\sqrt)(?!\[0)"
"""Before the bracket of a marker in a pattern: that of a root in a formula, `\\sqrt[3]{x}`, is none, nor is `a[0]`."""
_CLOSERS = {"[": "]", "【": "】", "［": "］", "(": ")"}
_BARRED = {opener: "[]【】［］\n" for opener in "[【［"} | {"(": "[]【】［］()\n"}
_STOPS = frozenset(".!?…。！？")
_MAX_MARKER = 80
"""Characters of the longest thing that is still read as a marker."""
_MAX_TAIL = 1000
"""Characters of the longest web address behind a marker that is taken away whole."""

_NUMBER = r"\^?\d{1,3}\^?"  # four digits are a year: "[2024] EWCA Civ 12"
_RANGED = rf"{_NUMBER}(?:\s*[-–—]\s*{_NUMBER})?"
_PASSAGE = (
    "passages?|passagen?|pasajes?|sources?|quellen?|fuentes?|"
    "documents?|docs?|dokumente?|documentos?|references?|refs?|citations?|cite"
)
_LABEL = rf"(?:(?:{_PASSAGE})\.?[\s_]*[#:]?|#)\s*"
_AND = r"\s*(?:[,;&](?:\s*(?:and|und|et|y)\b)?|and|und|et|y)\s*"
_PAGE = r"\s*[,:]\s*(?:pp?|pages?|seiten?|s|p[áa]gs?|p[áa]ginas?|lines?)\b\.?\s*\d+(?:\s*[-–—]\s*\d+)?"
_NAME = r":\s+[^\W\d_][^:]*"
_ITEMS = rf"(?:{_LABEL})?{_RANGED}(?:{_AND}(?:{_LABEL})?{_RANGED})*"
_BODY = re.compile(rf"\s*{_ITEMS}\s*", re.IGNORECASE | re.ASCII)
_PLACED = re.compile(rf"\s*(?P<items>(?:{_LABEL})?{_NUMBER})(?:{_PAGE}|{_NAME})\s*", re.IGNORECASE)
"""With a page of the passage, or its name."""
_BRACKETED = rf"\[{_RANGED}(?:{_AND}{_RANGED})*\]"
_TOLD = re.compile(
    rf"\(\s*{_LABEL}(?:{_RANGED}(?:{_AND}(?:{_LABEL})?{_RANGED})*|{_BRACKETED}(?:(?:[\s,;&]|and|und|et|y)*{_BRACKETED})*)\s*\)",
    re.IGNORECASE | re.ASCII,
)
"""In round brackets."""
_MAY_TELL = re.compile(
    r"\(\s*(?P<word>[a-z]*)(?P<rest>[\s\d\[\],;:#&.–—-]*(?:an?d?|un?d?|et?|y)?[\s\d\[\],;:#&.–—-]*)",
    re.IGNORECASE | re.ASCII,
)
_TELLING = ("passages", "passage", "passagen", "sources", "source", "quellen", "quelle", "fuentes", "fuente")
"""Words behind a round bracket: a "(document 2)" may be one that the text speaks of."""
_ESCAPED = re.compile(rf"\\\[\s*{_RANGED}(?:{_AND}{_RANGED})*\s*\\\]", re.IGNORECASE | re.ASCII)
_MAY_BE_ESCAPED = re.compile(r"\\(?:\[[\s\d,;–—-]*(?:\\\]?)?)?", re.ASCII)
_RANGE = re.compile(r"(\d+)(?:\s*[-–—]\s*\^?(\d+))?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_TOOL_MARK = re.compile(r"\d+:\d+", re.ASCII)
_HALF = re.compile(
    rf"(?:\\?[\[【［]|\((?={_PASSAGE}))(?:(?:{_PASSAGE})\.?_?[#:]?|and|und|et|[\s\d,;&#^–-])*"
    r"(?:,\s*(?:pp?|s)\.?\s*\d*)?\\?",
    re.IGNORECASE | re.ASCII,
)
_NAME_END = re.compile(r"[A-Za-z_]")
_TAIL = re.compile(r"""\((?:<[^<>]*>|\S*)(?:[ \t]+(?:"[^"]*"|'[^']*'))?[ \t]*\)""")


class MarkerStream:
    """Turns deltas into display text. Understands [1], [1, 3], [1-3], [^1], [source 2], [1, p. 4], [1: name], 【1】,
    【1†name】, ［1］, (source 2), (source: [2]) and, where it cannot be anything else, \\[1\\] behind a word, and (1):
    behind a full stop at the end of a line.

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
        if self._step in (self._told, self._escaped) and not _HALF.fullmatch(self._mark):
            self._reread()
        if self._step in (self._marker, self._told, self._escaped) and _HALF.fullmatch(self._mark):
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
        if self._step in (self._told, self._escaped):
            self._reread()
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
        elif step := self._opened(char):
            self._mark = char
            self._step = step
        else:
            self._emit(self._blanks + char)
            self._blanks = ""

    def _opened(self, char: str) -> Callable[[str], None] | None:
        """What reads on behind this character where a marker may begin with it."""
        last = self._last[-1:]
        if char == "(":
            return self._told if self._blanks or not last.strip() or last in _STOPS else None
        if char == "\\":
            return self._escaped if self._blanks and last.strip() else None
        if char not in _CLOSERS or self._last.endswith("\\in"):  # an interval of a formula
            return None
        return self._marker if self._blanks or not self._last.endswith(("\\", "\\sqrt")) else None

    def _told(self, char: str) -> None:
        """In round brackets with a word before the numbers."""
        if char == ")" and _TOLD.fullmatch(self._mark + char):
            self._close_known(char)
        elif len(self._mark) < _MAX_MARKER and _may_tell(self._mark + char):
            self._mark += char
        elif self._last[-1:] in _STOPS and "[" not in self._mark:
            self._step = self._marker
            self._marker(char)
        else:
            self._reread()
            self._step(char)

    def _escaped(self, char: str) -> None:
        """In square brackets that are escaped; one at the start of a line may be a formula."""
        if char == "]" and _ESCAPED.fullmatch(self._mark + char):
            self._close_known(char)
        elif len(self._mark) < _MAX_MARKER and _MAY_BE_ESCAPED.fullmatch(self._mark + char):
            self._mark += char
        else:
            self._reread()
            self._step(char)

    def _close_known(self, closer: str) -> None:
        """A marker, where all its numbers are known."""
        self._mark += closer
        if self._are_known(self._mark):
            self._numbers, self._step = list(self._expand(self._mark)), self._after
        else:
            self._reread()

    def _reread(self) -> None:
        """The first character of what was held back opens no marker; what stands behind it may hold one."""
        held, self._mark = self._mark, ""
        self._emit(self._blanks + held[:1])
        self._blanks = ""
        self._step = self._text
        for char in held[1:]:
            self._step(char)

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
        if opener != "(":
            body = body.partition("†")[0]
        if opener == "【" and _TOOL_MARK.fullmatch(body):
            return []  # a marker of the endpoint's own file search: it points at nothing here
        placed = _PLACED.fullmatch(body) if opener != "(" else None
        body = placed["items"] if placed else body
        if not _BODY.fullmatch(body):
            return None
        if (placed or opener == "(") and not self._are_known(body):
            return None
        numbers = [n for n in self._expand(body) if 1 <= n <= self._n_hits]
        return None if opener == "[" and self._is_array(body, numbers) else numbers

    def _are_known(self, body: str) -> bool:
        return all(1 <= int(n) <= self._n_hits for n in _DIGITS.findall(body))

    def _is_array(self, body: str, known: list[int]) -> bool:
        """Whether it holds a 0, as an interval or a place of a list does, alone behind a blank that may be a passage
        which is not there; or stands right behind a letter, and no passage has its number."""
        numbers = [int(n) for n in _DIGITS.findall(body)]
        if 0 in numbers:
            return len(numbers) > 1 or not self._blanks
        return not (known or self._blanks or self._group) and bool(_NAME_END.match(self._last[-1:]))

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


def _may_tell(mark: str) -> bool:
    """Whether more text could make a marker of it: of a word and numbers in round brackets."""
    found = _MAY_TELL.fullmatch(mark)
    if found is None:
        return False
    word = found["word"].lower()
    return word in _TELLING if found["rest"] else any(one.startswith(word) for one in _TELLING)
