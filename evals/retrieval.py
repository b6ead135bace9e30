"""Runs a judged question set through the app's own pipeline and retrieval: how good and how fast is each way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from evals.datasets import Dataset, Passage
from evals.metrics import retrieval_metrics
from indexes.library import Library
from indexes.records import FileStat
from ingest.pipeline import File, Loaded, Pipeline
from rag.settings import Settings
from rag.types import Block, Document, Ranking, Scope

DEPTH = 100
"""Passages ranked for each question."""

_CHUNKS = 200
Way = Callable[[str], Ranking]


def index_corpus(dataset: Dataset, settings: Settings, told: Callable[[int], None]) -> Library:
    """Take every passage in as one document of a library in `settings.home`; `told` hears how many are done."""
    library = Library(settings)
    pipeline = Pipeline(library, "eval")
    for n, _ in enumerate(pipeline.take_in(documents_of(dataset.corpus())), start=1):
        told(n)
    return library


def documents_of(corpus: Iterable[Passage]) -> Iterator[Loaded]:
    """Every passage as a document on its way in."""
    for passage in corpus:
        text = as_document(passage)
        content = f"{passage.id}\n{text.text}"  # two passages of the same words are two things to find
        file = File(Path(passage.id), passage.id)
        yield Loaded(file, sha256(content.encode()).hexdigest(), FileStat(len(content)), text)


def as_document(passage: Passage) -> Document:
    """A passage with its title as the heading above its text, as in a file."""
    title, text = passage.title.strip(), passage.text.strip()
    if not title:
        return Document(text, "", "text/plain", blocks=(Block("paragraph", 0, len(text)),))
    whole = f"{title}\n\n{text}"
    blocks = [Block("heading", 0, len(title), 1), Block("paragraph", len(title) + 2, len(whole))]
    return Document(whole, title, "text/plain", blocks=tuple(block for block in blocks if block.start < block.end))


def evaluate(dataset: Dataset, library: Library) -> dict[str, dict[str, float]]:
    """Way of searching -> metrics and mean milliseconds a question."""
    ways = _ways(library)
    for way in ways.values():
        way(dataset.queries[0].text)  # models load and indexes catch up before anything is timed
    sources = {record.id: record.source for record in library.catalogue.documents()}
    documents = library.catalogue.chunk_documents()
    return {name: _measure(dataset, way, sources, documents) for name, way in ways.items()}


def _ways(library: Library) -> dict[str, Way]:
    def dense(question: str) -> Ranking:
        return library.dense.search(question, _CHUNKS, Scope())

    def keyword(question: str) -> Ranking:
        return library.keyword.search(question, _CHUNKS, Scope())

    def fused(question: str) -> Ranking:
        return library.retriever.rank(question)

    return {"dense": dense, "keyword": keyword, "fused": fused}


def _measure(dataset: Dataset, way: Way, sources: Mapping[int, str], documents: Mapping[int, int]) -> dict[str, float]:
    run: dict[str, list[str]] = {}
    start = time.perf_counter()
    for query in dataset.queries:
        run[query.id] = _by_document(way(query.text), sources, documents)
    ms = (time.perf_counter() - start) * 1000 / len(dataset.queries)
    return retrieval_metrics(dataset.qrels, run) | {"ms": ms}


def _by_document(ranking: Ranking, sources: Mapping[int, str], documents: Mapping[int, int]) -> list[str]:
    """A document stands where its best chunk stands."""
    return list(dict.fromkeys(sources[documents[chunk_id]] for chunk_id in ranking.ids.tolist()))[:DEPTH]
