"""What counts as found: a judged passage, or a span of a file that holds the answer in the right document and page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evals.answer_words import holds, normalised
from evals.datasets import Dataset, Query
from evals.metrics import Qrels
from indexes.library import Library
from rag.types import Chunk, DocumentRecord, Ranking

DEPTH = 100
"""Units ranked for each question."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """Names the things that are ranked, and says which of them are right."""

    qrels: Qrels
    """Query id -> unit -> grade, for every answerable query; none where nothing in the corpus would be right."""
    units: Mapping[int, str]
    """Chunk id -> the unit it belongs to: its passage, or itself."""
    documents: Mapping[int, frozenset[str]]
    """Chunk id -> the names of its file; empty where the corpus consists of passages."""
    wanted: Qrels
    """Query id -> the names of the right files; empty where the corpus consists of passages."""
    called: Mapping[str, str] = field(default_factory=dict)
    """Unit -> what people call it; those of passages are called by their ids."""

    def ranked(self, ranking: Ranking) -> list[str]:
        """The units in the order of the ranking; one stands where its best chunk stands."""
        units = (self.units[id] for id in ranking.ids.tolist())
        return list(dict.fromkeys(units))[:DEPTH]

    def is_right(self, query: Query, chunk: Chunk) -> bool:
        """Whether a hit is what was asked for."""
        return self.qrels.get(query.id, {}).get(self.units[chunk.id], 0) > 0


def called(chunk: Chunk) -> str:
    """What people call a passage: its file, its page where it has one, and which of the file's passages it is."""
    page = "" if chunk.page is None else f", page {chunk.page}"
    return f"{chunk.source.rsplit('/', 1)[-1]}{page}, passage {chunk.ordinal + 1}"


def relevance_of(dataset: Dataset, library: Library, collection: str | None = None) -> Relevance:
    """How this set judges the chunks of this library, or of one of its collections."""
    records = library.catalogue.documents(collection)
    chunk_documents = library.catalogue.chunk_documents()
    if dataset.files is None:
        names = {record.id: record.source for record in records}
        return Relevance(dataset.qrels, {id: names[document] for id, document in chunk_documents.items()}, {}, {})
    return _of_files(dataset, library, records)


def _of_files(dataset: Dataset, library: Library, records: Sequence[DocumentRecord]) -> Relevance:
    sources = {record.id: frozenset((record.source, *record.also)) for record in records}
    spans = [
        _Span.of(chunk, sources[record.id]) for record in records for chunk in library.catalogue.chunks_of(record.id)
    ]
    qrels = {
        query.id: {str(span.chunk.id): 1 for span in spans if span.is_right(query, dataset.qrels[query.id])}
        for query in dataset.queries
        if query.is_answerable
    }
    units = {span.chunk.id: str(span.chunk.id) for span in spans}
    names = {span.chunk.id: span.names for span in spans}
    return Relevance(qrels, units, names, dataset.qrels, {str(span.chunk.id): called(span.chunk) for span in spans})


@dataclass(frozen=True, slots=True)
class _Span:
    chunk: Chunk
    names: frozenset[str]
    words: str

    @classmethod
    def of(cls, chunk: Chunk, names: frozenset[str]) -> _Span:
        return cls(chunk, names, normalised(chunk.text))

    def is_right(self, query: Query, documents: Mapping[str, int]) -> bool:
        """In one of the documents, on one of the pages and with one of the answers, as far as the set names any."""
        if documents and not self.names & documents.keys():
            return False
        if query.pages and not self._pages() & set(query.pages):
            return False
        return not query.answers or holds(self.words, query.answers)

    def _pages(self) -> set[int]:
        if self.chunk.page is None:
            return set()
        return set(range(self.chunk.page, (self.chunk.last_page or self.chunk.page) + 1))
