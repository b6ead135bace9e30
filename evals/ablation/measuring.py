"""Measures a config on a set by what the app hands to its reader, question by question, and keeps that on disk."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np

from evals.ablation.changes import Change
from evals.answer_words import contains_answer
from evals.asking import Asker
from evals.config import Config
from evals.corpora import Told, code_hash, content_of, open_corpus
from evals.datasets import Dataset, Query
from evals.metrics import per_query_metrics
from evals.relevance import relevance_of
from evals.runner import chosen
from indexes.library import Library
from rag.late_interaction import N_READ
from rag.protocols import Reader
from rag.selection import diverse
from rag.types import Chunk, Hit

METRICS = ("ndcg@10", "recall@10", "contained")
"""`contained`: the quoted sentences hold a gold answer, where the set has any; nothing is refused."""
Values = Mapping[str, Mapping[str, float]]
"""Metric -> question id -> value."""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sample:
    """What of a set is used: so many answerable questions, and so many passages, theirs among them; None: all."""

    questions: int | None
    passages: int | None
    seed: int = 0

    def of(self, dataset: Dataset) -> Dataset:
        """The set with these alone; the same ones for the same seed."""
        queries = chosen(dataset.answerable(), self.questions, self.seed)
        small = replace(dataset, queries=tuple(queries), qrels={query.id: dataset.qrels[query.id] for query in queries})
        if self.passages is None or dataset.files is not None:
            return small
        kept = self._kept(small)
        return replace(small, passages=lambda: (one for one in dataset.corpus() if one.id in kept))

    def _kept(self, dataset: Dataset) -> frozenset[str]:
        gold = {id for grades in dataset.qrels.values() for id, grade in grades.items() if grade > 0}
        others = [passage.id for passage in dataset.corpus() if passage.id not in gold]
        random.Random(self.seed).shuffle(others)  # noqa: S311
        return frozenset(gold | set(islice(others, max(0, (self.passages or 0) - len(gold)))))


class Measured:
    """Values of changes on one set. What is on disk from the same code, weights, set and config is not made anew."""

    def __init__(self, dataset: Dataset, base: Config, cache: Path, told: Told) -> None:
        self._dataset, self._base, self._cache, self._told = dataset, base, cache, told
        self._content = content_of(dataset)
        self._code = code_hash()

    def values(self, change: Change) -> Values:
        """Those of one change, worked out where they are not kept."""
        path = self._path(change)
        if path.is_file():
            kept: Values = json.loads(path.read_text("utf-8"))
            return kept
        found = self._worked_out(change)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(found), "utf-8")
        draft.rename(path)
        return found

    def is_kept(self, change: Change) -> bool:
        """Whether its values are on disk."""
        return self._path(change).is_file()

    def _path(self, change: Change) -> Path:
        questions = [query.id for query in self._dataset.queries]
        config = change.config(self._base)
        values, files = sorted(config.values().items()), sorted(config.fingerprints().items())
        told = (self._content, questions, values, files, change.has_headings, self._code, _VERSION)
        return self._cache / "ablation" / f"{sha256(repr(told).encode()).hexdigest()[:24]}.json"

    def _worked_out(self, change: Change) -> Values:
        config = change.config(self._base)
        dataset = change.dataset(self._dataset)
        library = open_corpus(dataset, config.settings, self._cache, self._told).library
        try:
            return _measured(
                dataset, config, library, lambda text: self._told(f"{dataset.name}, {change.name}: {text}")
            )
        finally:
            library.close()


def _measured(dataset: Dataset, config: Config, library: Library, told: Told) -> Values:
    relevance = relevance_of(dataset, library)
    asker, reader = Asker(library, config, relevance), config.reader()
    runs, contained = {}, {}
    for n, query in enumerate(dataset.queries, start=1):
        hits = asker.handed(query)
        if config.tuning.variety < 1:
            hits = _diverse(hits, library, config.tuning.variety)
        runs[query.id] = list(dict.fromkeys(relevance.units[hit.chunk.id] for hit in hits))
        if query.answers:
            contained[query.id] = _contained(query, _read(hits, config, library), reader)
        if n % 25 == 0 or n == len(dataset.queries):
            told(f"{n:,} of {len(dataset.queries):,} questions")
    ranked = per_query_metrics(relevance.qrels, runs)
    found = {name: {id: row[name] for id, row in ranked.items()} for name in METRICS[:2]}
    return found | ({"contained": contained} if contained else {})


def _contained(query: Query, hits: Sequence[Hit], reader: Reader) -> float:
    spans = reader.read(query.text, hits).spans
    quoted = [_cut(hits[span.hit].chunk, span.start, span.end) for span in spans]
    return float(contains_answer(" ".join(quoted), query.answers))


def _cut(chunk: Chunk, start: int, end: int) -> str:
    return chunk.text[start - chunk.start : end - chunk.start]


def _read(hits: Sequence[Hit], config: Config, library: Library) -> list[Hit]:
    """What the reader gets: its passages, and after them the chunks before and after each where the config says so."""
    handed = list(hits[: config.settings.top_k])
    if not config.tuning.neighbours:
        return handed
    handed = handed[:N_READ]
    known = {hit.chunk.id for hit in handed}
    for hit in tuple(handed):
        for chunk in library.catalogue.chunks_of(hit.chunk.document_id):
            if abs(chunk.ordinal - hit.chunk.ordinal) == 1 and chunk.id not in known:
                known.add(chunk.id)
                handed.append(Hit(chunk, hit.score, hit.origin))
    return handed


def _diverse(hits: Sequence[Hit], library: Library, weight: float) -> list[Hit]:
    ids = np.array(sorted(hit.chunk.id for hit in hits), dtype=np.int64)
    found, rows = library.catalogue.vectors(library.embedder_number(library.embedder), ids)
    places = {id: place for place, id in enumerate(found.tolist())}
    return diverse(hits, rows[[places[hit.chunk.id] for hit in hits]], weight)
