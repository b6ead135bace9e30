"""One document as Footnote has read it: its text, cut where the passages are cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import streamlit as st

from app.components import passage_text
from app.components.plain_text import label
from indexes.catalogue import Catalogue
from rag.types import Chunk, DocumentRecord

_AT_ONCE = 25


def show(catalogue: Catalogue, record: DocumentRecord) -> None:
    """Draw a document's facts, and its passages some at a time."""
    st.subheader(label(record.title or record.source, 200), anchor=False)
    pages = f"{record.n_pages:,} pages" if record.n_pages > 1 else ""
    author = record.metadata.get("author", "")
    facts = (
        record.source,
        record.collection,
        pages,
        record.extent,
        author,
        record.metadata.get("created", "")[:10],
    )
    st.caption(" · ".join(label(fact, 200) for fact in facts if fact))
    for warning in record.warnings:
        st.warning(label(warning, 500), icon=":material/warning:")
    chunks = catalogue.chunks_of(record.id)
    first = _first_shown(record, len(chunks))
    pieces = cut(catalogue.text(record.id), chunks[first : first + _AT_ONCE])
    passage_text.show([{"kind": "text", "pieces": pieces}], key=f"text-{record.id}-{first}")


def _first_shown(record: DocumentRecord, n_chunks: int) -> int:
    """The passage at which the part on the page begins, counted from 0."""
    n_parts = -(-n_chunks // _AT_ONCE)
    if n_parts <= 1:
        return 0
    part = st.number_input(
        f"Part (1 to {n_parts}, {_AT_ONCE} passages each)", 1, n_parts, key=f"part-{record.id}", width=260
    )
    return (int(part) - 1) * _AT_ONCE


def cut(text: str, chunks: Sequence[Chunk]) -> list[tuple[str, str]]:
    """(kind, words) over these chunks: a label before each, what lies between two of them, and what they share."""
    parts: list[tuple[str, str]] = []
    for chunk, following in zip_longest(chunks, chunks[1:]):
        page = f", page {chunk.page}" if chunk.page else ""
        next_start = chunk.end if following is None else following.start
        pieces = [
            ("label", f"Passage {chunk.ordinal + 1}{page}"),
            ("passage", text[chunk.start : min(chunk.end, next_start)]),
            ("quote", text[next_start : chunk.end]),
            ("around", text[chunk.end : next_start].strip()),
        ]
        parts += [(kind, words) for kind, words in pieces if words]
    return parts
