"""What a model writes on its sources behind an answer, though its markers tell them: it is no part of what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from rag.code_spans import split_text

_WORD = (
    r"(?:sources?|references?|citations?|footnotes?|quellen?|quellenangaben?|quellenverzeichnis|références?|"
    r"fuentes?|referencias?)"
)
_MARKERS = r"\[\d{1,3}\](?:[ \t,;&]*\[\d{1,3}\])*"
_ITEM = r"[ \t]*(?:[-*•][ \t]+|\d{1,3}[.)][ \t]+)?"
_PLACE = (
    r"(?:\.(?:pdf|docx?|xlsx?|pptx?|txt|md|html?|csv|eml|odt)\b|https?:"
    r"|\b(?:pages?|pp?\.|seiten?|s\.|p[áa]ginas?)[ \t]*\d)"
)
_HEADING = re.compile(rf"[#*_ \t]*{_WORD}[*_ \t]*:?[*_ \t]*", re.IGNORECASE)
_OPENING = re.compile(rf"[*_ \t]*{_WORD}[*_ \t]*:[*_ \t]*(?P<entry>\S.*)", re.IGNORECASE)
_LISTED = re.compile(rf"{_ITEM}(?:{_MARKERS}.*|(?=.*{_PLACE}).*)", re.IGNORECASE)
"""Below a heading."""
_NAMED = re.compile(rf"{_ITEM}{_MARKERS}[ \t]*(?::.*|(?=.*{_PLACE})(?:[ \t]*\S+){{1,10}}(?<!\.))", re.IGNORECASE)
"""Without one: a definition of a footnote, or a few words with the name of a file or a page."""
_RULE = re.compile(r"[ \t]*(?:-{3,}|\*{3,}|_{3,})?[ \t]*")
_BEHIND = re.compile(
    rf"(?:(?<=[.!?…])[ \t]+|(?<=\S)[ \t]*\n[ \t]*)[*_(]*{_WORD}[*_]*:[*_ \t]*(?P<markers>{_MARKERS})[*_)]*\.?"
    r"(?=[ \t]*(?:\n|\Z)|[ \t]+(?-i:[A-Z]))",
    re.IGNORECASE,
)


def without_sources(text: str) -> str:
    """An answer whose markers read `[n]` without a list of sources at its end, and without the word before a marker
    that stands as a sentence of its own: the marker is one of the sentence before it then."""
    parts = groupby(split_text(text), lambda one: one.is_code)
    joined = ((is_code, "".join(one.text for one in pieces)) for is_code, pieces in parts)
    text = "".join(part if is_code else _BEHIND.sub(r" \g<markers>", part) for is_code, part in joined)
    lines = text.split("\n")
    n = _headed(lines) or _named(lines)
    while n and _RULE.fullmatch(lines[n - 1]):
        n -= 1
    return "\n".join(lines[:n]).rstrip() if n else text


def _headed(lines: Sequence[str]) -> int:
    """The line at which a list with a heading begins that all that follows belongs to; 0 without one."""
    is_empty = True
    for n in range(len(lines) - 1, -1, -1):
        if not is_empty and _HEADING.fullmatch(lines[n]):
            return n
        opening = _OPENING.fullmatch(lines[n])
        if opening and _LISTED.fullmatch(opening["entry"]):
            return n
        if lines[n].strip() and not _LISTED.fullmatch(lines[n]):
            return 0
        is_empty = is_empty and not lines[n].strip()
    return 0


def _named(lines: Sequence[str]) -> int:
    """The same without a heading, behind a blank line."""
    n = len(lines)
    while n and (not lines[n - 1].strip() or _NAMED.fullmatch(lines[n - 1])):
        n -= 1
    if (
        not 0 < n < len(lines) or lines[n].strip() or lines[n - 1].rstrip("*_ ").endswith((":", "："))
    ):  # then they are what is asked for
        return 0
    return n + 1 if any(map(str.strip, lines[n:])) else 0
