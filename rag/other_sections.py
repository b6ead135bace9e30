"""Sections of a document that are about somebody or something else than the one whose name a question has."""

from __future__ import annotations

import re

from rag.candidates import Candidates
from rag.query.words import names_in
from rag.types import Hit
from rag.whole.terms import stem, stems

_DETERMINED = re.compile(
    r"\b(?:the|an?|this|that|our|my|your|their|each|every|any|der|die|das|den|dem|el|la|los|las) (\w+)", re.IGNORECASE
)
"""Nobody's own name: "the Tenant" of a contract, "the Board" of a club."""


def of_other_sections(among: Candidates) -> list[bool]:
    """Whether each sentence stands in a passage that has a name nowhere which the question asks for, and which is in
    the heading of another passage of its document."""
    determined = set(_DETERMINED.findall(among.question))
    asked = frozenset(stem(name.casefold()) for name in names_in(among.question) if name not in determined)
    headed: dict[int, frozenset[str]] = {}
    for hit in among.hits if asked else ():
        document = hit.chunk.document_id
        headed[document] = headed.get(document, frozenset()) | (asked & stems(hit.chunk.heading))
    are_others = [bool(headed and headed[hit.chunk.document_id] - _all_words(hit)) for hit in among.hits]
    return [are_others[n] for n, _ in among.places]


def _all_words(hit: Hit) -> frozenset[str]:
    chunk = hit.chunk
    return stems(f"{chunk.title} {chunk.heading} {chunk.context} {chunk.text}")
