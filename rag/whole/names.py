"""Which documents there are: their names, each with where its text begins, so that every line can be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from rag.protocols import Shelf
from rag.sentences import sentence_spans
from rag.types import Chunk, Citation, Scope, Sentence, counted
from rag.whole.nouns import DocumentName, Outline, Section

MOST_TOLD = 100


def names_told(documents: Sequence[DocumentName], shelf: Shelf, scope: Scope) -> tuple[Outline, list[Citation], str]:
    """The names of all documents, or of the first ones of very many, under their number; where each begins; and what a
    person should know of what is left out."""
    told = documents[:MOST_TOLD]
    firsts = _firsts(told, shelf, scope)
    there = [one for one in told if one.id in firsts]
    citations = [_beginning(n, firsts[one.id]) for n, one in enumerate(there, start=1)]
    lines = tuple(Sentence(" ".join(one.shown.split()), (n,)) for n, one in enumerate(there, start=1))
    outline = Outline((Section(counted(len(documents), "document"), (lines,)),), is_list=True, is_of_names=True)
    is_cut = len(lines) < len(documents)
    return outline, citations, f"Named are {len(lines):,} of {len(documents):,} documents." if is_cut else ""


def _firsts(documents: Sequence[DocumentName], shelf: Shelf, scope: Scope) -> Mapping[int, Chunk]:
    """The first passage of each document, by its number; without one that has changed since its name was read."""
    ids = shelf.passages(replace(scope, documents=tuple(one.id for one in documents)))
    starts = [0, *accumulate(one.n_passages for one in documents)]
    found = shelf.chunks([int(ids[at]) for at in starts if at < len(ids)])
    return {chunk.document_id: chunk for chunk in found.values() if chunk.ordinal == 0}


def _beginning(n: int, chunk: Chunk) -> Citation:
    start, end = next(iter(sentence_spans(chunk.text)), (0, len(chunk.text)))
    return Citation(n, chunk, chunk.start + start, chunk.start + end)
