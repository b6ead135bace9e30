"""What a follow-up refers to among the sources of an answer before it: "[2]", "in the second source", "that document".

Only the places are carried on, never their texts: those are read anew from the index, within the scope of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.page_kinds import page_kind
from rag.query.dependence import is_elliptic
from rag.query.words import content_of
from rag.types import Answer, Chunk, Citation, Turn
from rag.whole.nouns import names_documents

LOOKED_BACK = 3
"""Turns in which sources are looked for."""
MOST = 4
"""Passages that are candidates again."""
_LEADING = r"(?:\b(?:according\s+to|in|of|from|by|aus|im|laut|gemäß|nach|von)\s+)?(?:\b(?:the|der|die|das|dem|den)\s+)?"
_MARKER = re.compile(r"\[(\d{1,2})\]")
_SOURCE = r"(?:sources?|citations?|references?|footnotes?|quellen?|belege?s?|fundstellen?|fußnoten?)"
_DOCUMENT = r"(?:documents?|files?|pdfs?|dokumente?n?s?|dateien?)"
_PASSAGE = r"(?:passages?|stellen?|textstellen?|absatz|abschnitte?)"
_NUMBER = re.compile(rf"\b{_SOURCE}\s+(?:no\.?\s*|nr\.?\s*|number\s+|nummer\s+)?(\d{{1,2}})\b", re.IGNORECASE)
_ORDINALS = (
    ("first", "erste"),
    ("second", "zweite"),
    ("third", "dritte"),
    ("fourth", "vierte"),
    ("fifth", "fünfte"),
)
_LAST = ("last", "letzte")
_ORDINAL = re.compile(
    rf"\b(?P<which>{'|'.join(word for pair in (*_ORDINALS, _LAST) for word in pair)})[nrsm]?\s+"
    rf"(?:(?:cited|quoted|named|zitierten?|genannten?)\s+)?(?P<kind>{_SOURCE}|{_DOCUMENT}|{_PASSAGE})\b",
    re.IGNORECASE,
)
_THAT = re.compile(
    rf"\b(?:that|this|the\s+same|those|these|diese[mnrs]?|jene[mnrs]?|d(?:er|em|as)\s*selben?|derselben?|demselben|"
    rf"dasselbe)\s+(?P<kind>{_SOURCE}|{_DOCUMENT}|{_PASSAGE})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Citations of an earlier answer that a question refers to."""

    citations: tuple[Citation, ...]
    is_whole: bool = False
    """Whether their documents are meant, which were named, and not the passages, with which these only begin."""

    @property
    def chunks(self) -> tuple[int, ...]:
        """The ids of their passages, each once."""
        return tuple(dict.fromkeys(one.chunk.id for one in self.citations))[:MOST]


def referred(question: str, history: Sequence[Turn]) -> Reference | None:
    """What it refers to in the last answer that has sources; None where that is none, or one that is not there. "These
    documents" are none where that answer named all that there are."""
    answer = _last_cited(history)
    if answer is None:
        return None
    cited, is_whole = answer.citations, names_documents(answer)
    numbers = {int(found[1]) for pattern in (_MARKER, _NUMBER) for found in pattern.finditer(question)}
    found = [one for one in cited if one.n in numbers]
    for ordinal in _ORDINAL.finditer(question):
        found += _at(cited, ordinal["which"], is_document=re.fullmatch(_DOCUMENT, ordinal["kind"], re.I) is not None)
    is_told_by_it = len(cited) == 1 or not is_whole
    if not found and not numbers and is_told_by_it and _THAT.search(question):
        found = list(cited)
    return Reference(tuple(found), is_whole) if found else None


def without_reference(question: str) -> str:
    """The rest of a question, which is then asked of what it refers to alone; empty where it asks nothing by itself, as
    in "And in the second source?"."""
    rest = question
    for pattern in (_MARKER, _NUMBER, _ORDINAL, _THAT):
        rest = re.sub(_LEADING + pattern.pattern, " ", rest, flags=re.IGNORECASE)
    rest = re.sub(r"[\s,]+(?=[?.!,;]|\Z)", "", " ".join(rest.split()))
    return rest if content_of(rest) and not is_elliptic(rest) else ""


def spelled_out(question: str, history: Sequence[Turn]) -> str:
    """The question with the places that its `[n]` meant in the answer before, since numbers mean other passages now."""
    answer = _last_cited(history)
    by_number = {} if answer is None else {one.n: one for one in answer.citations}

    def place(found: re.Match[str]) -> str:
        known = by_number.get(int(found[1]))
        return found[0] if known is None else f"“{place_of(known)}”"

    return _MARKER.sub(place, question)


def place_of(citation: Citation) -> str:
    """Document and page as a reference names them."""
    page = "" if citation.page is None else f", {page_kind(citation.chunk.source)} {citation.page}"
    return f"{_name(citation.chunk)}{page}"


def places_of(citations: Sequence[Citation]) -> Iterator[str]:
    """Of all of them, each once."""
    return iter(dict.fromkeys(map(place_of, citations)))


def _name(chunk: Chunk) -> str:
    return chunk.source.rstrip("/").rsplit("/", 1)[-1]


def _last_cited(history: Sequence[Turn]) -> Answer | None:
    return next((turn.answer for turn in reversed(history[-LOOKED_BACK:]) if turn.answer.citations), None)


def _at(cited: Sequence[Citation], which: str, *, is_document: bool) -> list[Citation]:
    """The citations at a place in their order; of a document all that are of it."""
    groups = list(dict.fromkeys(one.chunk.document_id if is_document else one.n for one in cited))
    word = which.casefold()
    at = -1 if word in _LAST else next(n for n, pair in enumerate(_ORDINALS) if word in pair)
    if at >= len(groups):
        return []
    return [one for one in cited if (one.chunk.document_id if is_document else one.n) == groups[at]]
