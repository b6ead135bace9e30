"""Which documents there are: their names, each with where its text begins, so that every line can be opened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from rag.protocols import Shelf
from rag.sentences import sentence_spans
from rag.types import Chunk, Citation, Scope, Sentence, counted
from rag.whole.nouns import DocumentName, Outline, Section

MOST_TOLD = 100
_FILES = re.compile(r"\b(?:file|datei|archivo|fichero)", re.IGNORECASE)


def names_told(
    question: str, documents: Sequence[DocumentName], shelf: Shelf, scope: Scope
) -> tuple[Outline, list[Citation], str]:
    """The names of all documents, or of the newest ones of very many, under their number; where each begins; and what a
    person should know of what is left out. Where the question asks for files, these are named."""
    told = documents[-MOST_TOLD:]
    firsts = _firsts(told, shelf, scope)
    there = [one for one in told if one.id in firsts]
    citations = [_beginning(n, firsts[one.id]) for n, one in enumerate(there, start=1)]
    names = _names(documents, are_files=_FILES.search(question) is not None)
    lines = tuple(Sentence(names[one.id], (n,)) for n, one in enumerate(there, start=1))
    outline = Outline((Section(counted(len(documents), "document"), (lines,)),), is_list=True, is_of_names=True)
    return outline, citations, _left_out(len(lines), len(documents))


def _left_out(n_told: int, n_documents: int) -> str:
    if n_told == n_documents:
        return ""
    if n_documents > MOST_TOLD:
        return f"Named are the {n_told:,} newest of {n_documents:,} documents; the page Documents shows all of them."
    return f"Named are {n_told:,} of {n_documents:,} documents."


def _names(documents: Sequence[DocumentName], *, are_files: bool) -> Mapping[int, str]:
    """What each is called, by its number, on one line; with its file where others have the same title."""
    called = {one.id: one.file if are_files else one.shown for one in documents}
    n_called = Counter(called.values())
    return {
        one.id: " ".join((name if n_called[name] == 1 or name == one.file else f"{name} ({one.file})").split())
        for one, name in zip(documents, called.values(), strict=True)
    }


def _firsts(documents: Sequence[DocumentName], shelf: Shelf, scope: Scope) -> Mapping[int, Chunk]:
    """The first passage of each document, by its number; without one that has changed since its name was read."""
    ids = shelf.passages(replace(scope, documents=tuple(one.id for one in documents)))
    starts = [0, *accumulate(one.n_passages for one in documents)]
    found = shelf.chunks([int(ids[at]) for at in starts if at < len(ids)])
    return {chunk.document_id: chunk for chunk in found.values() if chunk.ordinal == 0}


def _beginning(n: int, chunk: Chunk) -> Citation:
    """The first sentence, in a passage cut to it: a hundred whole ones would be kept with the answer for their first
    words."""
    first, last = next(iter(sentence_spans(chunk.text)), (0, len(chunk.text)))
    start, end = chunk.start + first, chunk.start + last
    page, last_page = chunk.pages_of(start, end)
    breaks = tuple(one for one in chunk.page_breaks if start < one[1] < end)
    cut = replace(chunk, start=start, end=end, text=chunk.text[first:last], page=page, last_page=last_page)
    return Citation(n, replace(cut, context="", page_breaks=breaks), start, end)
