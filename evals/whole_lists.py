"""How much of what there is a list finds: the passages that hold a term, read and listed.

A term is a pair of words that stands side by side in the titles of a set, or a title, and in 8 to 60 of its passages.
These passages are what "list everything about" it should find.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from evals.datasets import Dataset
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from rag.types import Answer, Chunk, Scope
from rag.whole.answering import WholeAnswerer
from rag.whole.terms import is_telling

_FEWEST, _MOST = 8, 60
_WORD = re.compile(r"[A-Za-z][A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Lists:
    """Means over the terms."""

    n: int
    gold: float
    """Passages that hold the term."""
    read: float
    """Share of these that was read."""
    listed: float
    """Share of these that was cited."""
    precision: float
    """Share of the cited passages that hold the term."""
    seconds_per_100: float


def measure_lists(dataset: Dataset, library: Library, limit: int) -> Lists:
    """Asks for everything about each term, without a chat model."""
    _, whole = opened(library)
    rows = [_asked(term, gold, whole, library) for term, gold in _terms(dataset, library, limit)]
    n_read, seconds = sum(row[4] for row in rows), sum(row[5] for row in rows)
    gold, read, cited, precision = (fmean(float(row[i]) for row in rows) if rows else 0.0 for i in range(4))
    return Lists(len(rows), gold, read, cited, precision, 100 * seconds / max(1, n_read))


def opened(library: Library) -> tuple[CatalogueShelf, WholeAnswerer]:
    """As the app wires them, without a chat model."""
    embedder = library.embedder
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
    return shelf, WholeAnswerer(library.retriever, shelf, embedder)


def _asked(
    term: str, gold: set[int], whole: WholeAnswerer, library: Library
) -> tuple[int, float, float, float, int, float]:
    question = f"List everything about {term}"
    start = time.perf_counter()
    events = list(whole.stream(question, Scope()) or ())
    seconds = time.perf_counter() - start
    answer = events[-1] if events else None
    cited = {citation.chunk.id for citation in answer.citations} if isinstance(answer, Answer) else set()
    n_read = answer.coverage.n_read if isinstance(answer, Answer) and answer.coverage else 0
    near = set(library.retriever.rank(term, depth=max(1, n_read)).ids[:n_read].tolist())
    precision = len(cited & gold) / len(cited) if cited else 0.0
    return len(gold), len(near & gold) / len(gold), len(cited & gold) / len(gold), precision, n_read, seconds


def _terms(dataset: Dataset, library: Library, limit: int) -> Iterator[tuple[str, set[int]]]:
    """Always the same ones of a set."""
    titles = list(dict.fromkeys(passage.title for passage in dataset.corpus() if passage.title))
    texts = {chunk.id: f" {' '.join(_WORD.findall(chunk.text.lower()))} " for chunk in _chunks(library)}
    pairs = Counter(pair for title in titles for pair in set(_pairs(title)))
    terms = sorted(pair for pair, n in pairs.items() if n > 1 or len(titles) < 500)
    random.Random(0).shuffle(terms)  # noqa: S311 - the same terms each time
    found = 0
    for term in terms:
        gold = {id for id, text in texts.items() if f" {term} " in text}
        if _FEWEST <= len(gold) <= _MOST:
            yield term, gold
            found += 1
            if found == limit:
                return


def _chunks(library: Library) -> Iterator[Chunk]:
    for record in library.catalogue.documents():
        yield from library.catalogue.chunks_of(record.id)


def _pairs(title: str) -> Iterator[str]:
    words = [word.lower() for word in _WORD.findall(title)]
    for one, other in zip(words, words[1:], strict=False):
        if is_telling(one) and is_telling(other) and len(one) > 3 and len(other) > 3:
            yield f"{one} {other}"
