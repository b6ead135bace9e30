"""This file gathers the lines of a text into units that no sentence crosses: a paragraph, a list item, a table row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

_LINE = re.compile(r"[^\r\n\u2028\u2029]*(?:\r\n|[\r\n\u2028\u2029]|\Z)")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]|[ \t]*(?:\*\*[^*]+\*\*|__[^_]+__):?[ \t]*\Z")
HEADING_MARKS = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")
_YEAR = r"\b(?:19|20)\d\d\b"
_WHEN = re.compile(rf"[,|·\t].*{_YEAR}|{_YEAR}.*[,|·\t]|{_YEAR}\s*[-–—]\s*(?:{_YEAR}|present|today|now|heute)")
# A number with a dot opens an item, a capital letter does not: "A. Smith" may well stand at the start of a wrapped
# line, and so may "i. e.", 3.5, or the first of two dashes.
BULLETS = "•▪●◦‣○■□☐☑☒▶➢✓✔❖\uf0b7\uf0a7\uf06f\uf071\uf0a8\uf0d8\uf0fc\uf076"
"""Signs that stand for nothing else than an item; those from U+F06F on are of symbol fonts."""
_BULLET = rf"(?:[-*+·{BULLETS}]|–(?!.*\s–\s))"
_COUNTED = r"\d{1,3}[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=[ \t]+[^\W\d_a-z])"
_LETTERED = r"\(?[A-Za-z]\)|(?:[a-h]|i{2,3}|i|iv|vi{0,3}|ix)\.(?![ \t]?[A-Za-z]\.)|\((?:\d{1,3}|[ivx]{1,5})\)"
_BOX = r"\[[ xX]?\]"
ITEM_MARK = rf"(?:{_BULLET}(?:[ \t]+{_BOX})?|{_BOX}|{_COUNTED}|{_LETTERED})"
"""What stands before an item of a list."""
_LIST_ITEM = re.compile(rf"[ \t]*{ITEM_MARK}[ \t]")
_RULE = frozenset("|-:=+ \t")
_TABLE_RULE = re.compile(r"[\r\n][ \t>]*(?=[^\r\n]*-)(?=[^\r\n]*\|)[|:\- \t]+\Z")
_NON_BLANK = re.compile(r"\S")


class _Kind(Enum):
    PROSE = auto()
    ITEM = auto()
    HEADING = auto()
    ROW = auto()
    RULE = auto()
    OPENING = auto()
    CODE = auto()
    CLOSING = auto()


_JOINS = {
    (_Kind.PROSE, _Kind.PROSE),
    (_Kind.ITEM, _Kind.PROSE),
    (_Kind.OPENING, _Kind.CODE),
    (_Kind.OPENING, _Kind.CLOSING),
    (_Kind.CODE, _Kind.CLOSING),
    *((kind, _Kind.RULE) for kind in (_Kind.PROSE, _Kind.ITEM, _Kind.HEADING, _Kind.ROW)),
}
"""(last line of a unit, next line) that belong together; the |---| row goes with its header, a fence with its code."""


Span = tuple[int, int]


class Unit(NamedTuple):
    """The characters `text[start:end]`, without blanks around them; only prose is split into sentences."""

    start: int
    end: int
    is_prose: bool


def units(text: str) -> Iterator[Unit]:
    """The units of a text in order; together they hold every character that is not blank."""
    start = end = -1
    first = last = _Kind.RULE
    for kind, line_start, line_end in _kinds(text):
        if start >= 0 and kind is not None and (last, kind) in _JOINS:
            end, last = line_end, first if kind is _Kind.PROSE else kind
            continue
        if start >= 0:
            yield Unit(start, end, first in (_Kind.PROSE, _Kind.ITEM))
        start, end = (line_start, line_end) if kind is not None else (-1, -1)
        first = last = kind or _Kind.RULE
    if start >= 0:
        yield Unit(start, end, first in (_Kind.PROSE, _Kind.ITEM))


def is_marked_heading(unit: str) -> bool:
    """Whether this is a heading by its marks, as in Markdown."""
    return bool(HEADING_MARKS.match(unit))


def tells_when(heading: str) -> bool:
    """Whether a heading says itself what was when, as in a CV: "Engineer, Acme, 2019", and not "Results 2019"."""
    return bool(_WHEN.search(heading))


def is_list_item(unit: str) -> bool:
    """Whether this opens with a bullet, or with a number or letter as items do."""
    return bool(_LIST_ITEM.match(unit))


def is_table_head(unit: str) -> bool:
    """Whether this is the head of a Markdown table: dashes without a bar may stand below any text."""
    return bool(_TABLE_RULE.search(unit))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the blanks at both ends; (end, end) where all of it is blank."""
    first = _NON_BLANK.search(text, start, end)
    if first is None:
        return end, end
    while text[end - 1].isspace():
        end -= 1
    return first.start(), end


def _kinds(text: str) -> Iterator[tuple[_Kind | None, int, int]]:
    """(kind, start, end) of each line, trimmed; kind is None for a blank line."""
    is_code = is_table = False
    for match in _LINE.finditer(text):
        start, end = trim(text, match.start(), match.end())
        if start == end:
            is_table = False
            yield None, start, end
            continue
        line = text[match.start() : end]
        if _FENCE.match(line):
            is_code = not is_code
            yield _Kind.OPENING if is_code else _Kind.CLOSING, start, end
            continue
        kind = _Kind.CODE if is_code else _kind(line, is_table)
        is_table = kind is _Kind.ROW or (kind is _Kind.RULE and "|" in line)
        yield kind, start, end


def _kind(line: str, is_table: bool) -> _Kind:
    if _RULE.issuperset(line) and ("-" in line or "=" in line):
        return _Kind.RULE
    if "|" in line and (is_table or (line.lstrip().startswith("|") and line.count("|") > 1)):
        return _Kind.ROW
    if _HEADING.match(line):
        return _Kind.HEADING
    return _Kind.ITEM if _LIST_ITEM.match(line) else _Kind.PROSE
