"""How good summaries are beside the first three sentences: the parts they touch, and how near they come to an author's.

An author's summary is what stands under "Abstract", which is then taken away from what is summarised; of a set of
abstracts it is their titles.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from evals.answer_metrics import rouge_l
from evals.whole_lists import opened
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from rag.protocols import Embedder
from rag.types import Chunk, Scope
from rag.whole.gathering import MOST_READ, Passages, read_all, spread
from rag.whole.parts import headings_of
from rag.whole.quotes import Quote, quotes_of
from rag.whole.summary import summarised

_ABSTRACT = re.compile(r"(?:^| > )\W*(?:abstract|summary|executive summary)\W*(?:$| > )", re.IGNORECASE)
_LEAD = 3
_FEWEST_HEADINGS = 3
_FEWEST_PASSAGES = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """Of the summaries, and of the first three sentences of the same documents; means."""

    n: int
    ours: float
    lead: float


@dataclass(frozen=True, slots=True)
class Summaries:
    """What was measured over a library."""

    parts: Compared
    """Share of a document's first-level headings that have at least one sentence."""
    rouge: Compared
    """ROUGE-L against the author's summary."""
    seconds_per_100: float
    n_passages: int


def measure_documents(library: Library) -> Summaries:
    """Every document with three headings or more, or with an abstract."""
    shelf, _ = opened(library)
    parts: list[tuple[float, float]] = []
    rouge: list[tuple[float, float]] = []
    n_passages, seconds = 0, 0.0
    for record in library.catalogue.documents():
        passages = _read(shelf, record.id)
        if len(passages.chunks) < _FEWEST_PASSAGES:
            continue
        gold = " ".join(chunk.text for chunk in passages.chunks if _ABSTRACT.search(chunk.heading))
        body = _without_abstract(passages) if gold else passages
        start = time.perf_counter()
        ours = _quotes(body, library.embedder)
        seconds += time.perf_counter() - start
        n_passages += len(body.chunks)
        lead = _lead(body.chunks)
        if gold:
            rouge.append((rouge_l(_text(ours), gold), rouge_l(_text(lead), gold)))
        headings = _first_headings(body.chunks)
        if len(set(headings.values())) >= _FEWEST_HEADINGS:
            parts.append((_touched(ours, headings), _touched(lead, headings)))
    return Summaries(_compared(parts), _compared(rouge), 100 * seconds / max(1, n_passages), n_passages)


def measure_titles(library: Library, limit: int) -> Compared:
    """Abstracts against their titles."""
    shelf, _ = opened(library)
    rouge: list[tuple[float, float]] = []
    for record in library.catalogue.documents()[:: max(1, len(library.catalogue.documents()) // limit)][:limit]:
        passages = _read(shelf, record.id)
        ours, lead = _quotes(passages, library.embedder), _lead(passages.chunks)
        if record.title and ours:
            rouge.append((rouge_l(_text(ours), record.title), rouge_l(_text(lead), record.title)))
    return _compared(rouge)


def _compared(rows: Sequence[tuple[float, float]]) -> Compared:
    if not rows:
        return Compared(0, 0.0, 0.0)
    return Compared(len(rows), fmean(ours for ours, _ in rows), fmean(lead for _, lead in rows))


def _read(shelf: CatalogueShelf, document: int) -> Passages:
    reading = read_all(shelf, spread(shelf.passages(Scope(documents=(document,))), MOST_READ))
    while True:
        try:
            next(reading)
        except StopIteration as stop:
            found: Passages = stop.value
            return found


def _without_abstract(passages: Passages) -> Passages:
    left = [i for i, chunk in enumerate(passages.chunks) if not _ABSTRACT.search(chunk.heading)]
    return Passages([passages.chunks[i] for i in left], [passages.rows[i] for i in left], len(left))


def _quotes(passages: Passages, embedder: Embedder) -> list[Quote]:
    if not passages.chunks:
        return []
    return [quote for part in summarised(passages, embedder).parts for quote in part.quotes]


def _lead(chunks: Sequence[Chunk]) -> list[Quote]:
    return [quote for quote, _ in zip(_sentences(chunks), range(_LEAD), strict=False)]


def _sentences(chunks: Sequence[Chunk]) -> Iterator[Quote]:
    for chunk in chunks:
        yield from quotes_of(chunk)


def _text(quotes: Sequence[Quote]) -> str:
    return " ".join(quote.text for quote in quotes)


def _first_headings(chunks: Sequence[Chunk]) -> dict[int, str]:
    """Chunk id -> the first heading above it."""
    paths = headings_of(chunks, 1)
    return {chunk.id: path[0] for chunk, path in zip(chunks, paths, strict=True) if path}


def _touched(quotes: Sequence[Quote], headings: dict[int, str]) -> float:
    touched = {headings[quote.chunk.id] for quote in quotes if quote.chunk.id in headings}
    return len(touched) / len(set(headings.values()))
