"""Entries of a list of references or links: they name where something is said, and say none of it themselves."""

from __future__ import annotations

import re

from rag.embedding_text import SEPARATOR
from rag.lines import Span, units
from rag.types import Chunk

_HEADING = re.compile(
    r"[#*_\W]*(?:\d+\.? +)?(?:references?(?: and notes| list)?|notes and references|bibliography|works cited|citations|"
    r"(?:for )?further reading|external links|literature(?: cited)?|literatur(?:verzeichnis)?|einzelnachweise|"
    r"weblinks|quellen(?:verzeichnis)?|referencias|bibliografía|enlaces externos|références|bibliographie)[*_:\W]*\Z",
    re.IGNORECASE,
)
_PAGES = r"\b(?!\d{1,2}:[0-5]\d ?[–-]|\d{1,3},\d{3}\b)\d+ ?[:,] ?\d+ ?[–-] ?\d+\b"
"""Behind a volume; 10:00–12:00 is of a day, and 1,200–1,500 may be money."""
_SIGNS = tuple(
    re.compile(sign)
    for sign in (
        r"(?i:\b(?:retrieved|accessed|archived|abgerufen|archiviert|consultado)\b)(?=.{0,60}\d{4})",
        r"\b(?:ISBN|ISSN|PMID|PMC|OCLC|S2CID|Bibcode|JSTOR)\b:? ?[\dA-Z]|\b(?:doi|arXiv):|doi\.org/",
        r"https?://|\bwww\.",
        rf"\bpp?\. ?\d|\bS\. ?\d+[–-]\d|\b\d+ ?\(\d+\) ?[:,] ?\d+|{_PAGES}|\b[Vv]ol\. ?\d",
        r"\A\W*(?:\d+[.)\]]* *)?[A-Z][\w’'-]+(?:,? [A-Z]\.[ ,;&]|, [A-Z][a-z]+ \()",
        r"\A\W*(?:\d+[.)\]]* *)?[A-Z][\w’'-]+,? (?:[\w’',.;&-]+ ){0,8}\(?(?:1[89]|20)\d\d[a-z]?[).,]",
        r"\A\W*(?:\d+[.)\]]* *)?[\"“][^\"”]{8,}[.,?!]?[\"”](?! (?:means?|shall|is|are|refers?|includes?)\b)",
    )
)
"""When it was looked at, its number in a catalogue, an address; pages, authors, authors with a year, a quoted title."""
_FEWEST = 2
_MOST_WORDS = 25
"""For each sign: prose that cites has more words between two."""
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]+\)|https?://\S+")
_WORD = re.compile(r"\w+")
_WHOLE = ("|", "```", "~~~")
"""Tables and code are none."""
_ASKED = re.compile(
    r"\b(?:who (?:wrote|published|edited)|written|authors?|publish\w*|publications?|papers?|articles?|books?|journals?|"
    r"titles?|titled|editions?|editors?|references?|sources?|cit(?:es?|ed|ations?)|bibliograph\w+|literature|isbn|doi|"
    r"urls?|links?|web ?(?:sites?|pages?)|address\w*|retrieved|accessed|pages?|read)\b",
    re.IGNORECASE,
)


def is_asked_for(question: str) -> bool:
    """Whether a question may be about where something is said."""
    return bool(_ASKED.search(question))


def entries(chunk: Chunk) -> list[Span]:
    """The paragraphs and list items of a passage that are such entries, as characters of its text; below a heading of
    such a list one sign is enough."""
    is_below = bool(_HEADING.match(chunk.heading.split(SEPARATOR)[-1]))
    found = []
    for start, end, _ in units(chunk.text):
        unit = chunk.text[start:end]
        if unit.lstrip().startswith("#") or _HEADING.match(unit):
            is_below = bool(_HEADING.match(unit))
        elif not unit.startswith(_WHOLE) and _is_entry(unit, 1 if is_below else _FEWEST):
            found.append((start, end))
    return found


def _is_entry(unit: str, fewest: int) -> bool:
    line = " ".join(unit.split())
    n = sum(bool(sign.search(line)) for sign in _SIGNS)
    is_named = n >= fewest and len(line.split()) <= _MOST_WORDS * n
    return is_named or (bool(_LINK.search(line)) and not _WORD.search(_LINK.sub("", line)))
