"""The rows of a table that a text has as HTML: where its cells stand, and what they say without their tags."""

from __future__ import annotations

import re
from html import unescape

from app.table_rows import Span

_PART = re.compile(r"<(/?)(table|caption|colgroup|col|thead|tbody|tfoot|tr|td|th)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BETWEEN = re.compile(r"</t[dh]>\s*<t[dh]\b[^<>]*>", re.IGNORECASE)
_ROW_END = re.compile(r"\s*(?:</t[dh]>)?\s*</tr>", re.IGNORECASE)


def has_cells(text: str) -> bool:
    """Whether a cell of such a table begins in it."""
    return _CELL.search(text) is not None


def html_rows(text: str) -> tuple[list[list[Span]], bool]:
    """Where the cells of each row stand, without the blanks around them, and whether the first row is the head. Words
    outside of cells, as of one that is cut off, are a cell, too."""
    rows: list[list[Span]] = [[]]
    names: set[str] = set()  # of the tags of the first row's cells
    at, opened = 0, ""
    for part in _PART.finditer(text):
        span, name = _without_blanks(text, at, part.start()), part[2].lower()
        if opened or span[0] < span[1]:
            rows[-1].append(span)
            names |= {opened or "td"} if len(rows) == 1 else set()
        at, opened = part.end(), name if name in ("td", "th") and not part[1] else ""
        if name == "tr" and rows[-1]:
            rows.append([])
    rest = _without_blanks(text, at, len(text))
    rows[-1] += [rest] if rest[0] < rest[1] else []
    return [row for row in rows if row], names == {"th"}


def html_words(text: str) -> str:
    """What a cell says, on one line."""
    return re.sub(r"\s+", " ", unescape(_TAG.sub("", text)))


def on_a_line(text: str) -> str:
    """The same text with such tables as their words: cells parted by dots, rows by semicolons."""
    if not has_cells(text):
        return text
    return html_words(_ROW_END.sub(";", _BETWEEN.sub(" · ", text)))


def _without_blanks(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    first = start + len(inner) - len(inner.lstrip())
    return first, max(first, start + len(inner.rstrip()))
