"""Runs one config over one set: take the corpus in, rank, answer, measure, and write the record."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from evals.asking import Asked, Asker
from evals.bert_score import BertScore
from evals.clock import Clock
from evals.config import Config
from evals.corpora import CACHE, Corpus, Told, code_hash, indexed_corpus, open_corpus
from evals.datasets import Dataset, Query
from evals.metrics import per_query_metrics
from evals.record import RunRecord, estimates, now, versions
from evals.relevance import Relevance, relevance_of
from evals.telling import Step
from indexes.library import Library
from indexes.minilm import WEIGHTS_SHA256
from rag.types import Scope

T = TypeVar("T")
_TIMED = 100
"""Questions of which the time is taken, at most."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A measure that asks another model; its values join the question's own."""

    what: str
    """What becomes of the questions, and what the model is called in the record."""
    model: str
    """Its name, and where it answers."""
    measure: Callable[[Asked], dict[str, float]]
    note: Callable[[], str] = str
    """What there is to say when all were measured; empty where there is nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a set is run, whatever the config."""

    limit: int | None = None
    """So many of its questions, chosen by `seed`."""
    seed: int = 0
    answers: bool | None = None
    """Whether questions are answered, too; None: where the set says what would be right."""
    cache: Path = CACHE
    collection: str | None = None
    """The set's documents are those of this collection of the home, as they are indexed; None: they are taken in."""
    is_timed: bool = False
    """Nothing is looked up that the app would have to work out, so that the times are the app's, and no more is judged
    than whether answers are right."""
    extras: Sequence[Extra] = ()
    told: Told = field(default=lambda _text: None)

    def is_answered(self, queries: Sequence[Query]) -> bool:
        """Whether these questions are answered, and not only ranked."""
        if self.answers is not None:
            return self.answers
        return any(query.answers or not query.is_answerable for query in queries)


def run(dataset: Dataset, config: Config, options: Options | None = None) -> RunRecord:
    """The record of one run."""
    options, clock = options or Options(), Clock()
    queries = chosen(dataset.queries, options.limit, options.seed)
    scope = Scope((options.collection,)) if options.collection else Scope()
    corpus = _corpus(dataset, config, options)
    clock.lap("corpus")
    try:
        relevance = relevance_of(dataset, corpus.library, options.collection)
        milliseconds: list[float] = []
        if options.collection and options.is_answered(queries) and not config.settings.chat_model:
            timed = Asker(corpus.library, config, relevance, is_timed=True, scope=scope)
            milliseconds = _timed(queries[:_TIMED], timed, options.told)
            clock.lap("times")
        asker = Asker(corpus.library, config, relevance, is_timed=options.is_timed, scope=scope)
        asked = ranked(queries, asker, relevance, options.told)
        clock.lap("ranking")
        if options.is_answered(queries):
            asked = _answered(queries, asked, asker, options.told)
            asked = asked if options.is_timed else _bert_scored(asked)
            clock.lap("answers")
        for extra in options.extras:
            asked = _measured(asked, extra, options.told)
            clock.lap(extra.what)
        if config.settings.chat_model:  # beside which it counts for little that the passages were found before
            milliseconds = [one.said.ms for one in asked if one.said]
        record = replace(_record(dataset, config, options, corpus, asked), milliseconds=tuple(milliseconds))
    finally:
        corpus.library.close()
    measured = replace(record, metrics=estimates(record))
    clock.lap("statistics")
    return replace(measured, seconds={stage: round(seconds, 2) for stage, seconds in clock.seconds.items()})


def _corpus(dataset: Dataset, config: Config, options: Options) -> Corpus:
    if options.collection:
        return indexed_corpus(options.collection, config.settings)
    return open_corpus(dataset, config.settings, options.cache, options.told, is_timed=options.is_timed)


def _timed(queries: Sequence[Query], asker: Asker, told: Told) -> list[float]:
    """Milliseconds of each answer, before anything about these questions is kept."""
    asker.say(queries[0])  # models load and indexes catch up
    return [asker.say(query)[0].ms for query in _counted(queries, "timed", told)]


def chosen(queries: Sequence[T], limit: int | None, seed: int) -> list[T]:
    """All of them, or `limit` that are the same for the same seed."""
    if limit is None or limit >= len(queries):
        return list(queries)
    return random.Random(seed).sample(list(queries), limit)  # noqa: S311


def ranked(queries: Sequence[Query], asker: Asker, relevance: Relevance, told: Told) -> list[Asked]:
    """Every question with its ranking's metrics."""
    asker.rank(queries[0])  # models load and indexes catch up before anything is timed
    asked, run_of = [], {}
    for query in _counted(queries, "ranked", told):
        ranking = asker.rank(query)
        asked.append(asker.found(query, ranking))
        run_of[query.id] = relevance.ranked(ranking)
    judged = {query.id: relevance.qrels[query.id] for query in queries if query.id in relevance.qrels}
    measured = per_query_metrics(judged, run_of)
    return [replace(one, metrics={**measured.get(one.id, {}), **one.metrics}) for one in asked]


def _answered(queries: Sequence[Query], asked: Sequence[Asked], asker: Asker, told: Told) -> list[Asked]:
    found = []
    for query, one in zip(_counted(queries, "answered", told), asked, strict=True):
        said, metrics = asker.say(query)
        found.append(replace(one, said=said, metrics={**one.metrics, **metrics}))
    return found


def _measured(asked: Sequence[Asked], extra: Extra, told: Told) -> list[Asked]:
    return [replace(one, metrics={**one.metrics, **extra.measure(one)}) for one in _counted(asked, extra.what, told)]


def _bert_scored(asked: Sequence[Asked]) -> list[Asked]:
    """All together, since the model takes many texts at once."""
    with_gold = [one for one in asked if one.answers and one.said is not None]
    texts = [one.said.text if one.said else "" for one in with_gold]
    scores = BertScore().nearest(texts, [one.answers for one in with_gold]) if with_gold else []
    by_id = {one.id: score for one, score in zip(with_gold, scores, strict=True)}
    return [
        replace(one, metrics={**one.metrics, "bert_score": by_id[one.id]}) if one.id in by_id else one for one in asked
    ]


def _record(dataset: Dataset, config: Config, options: Options, corpus: Corpus, asked: Sequence[Asked]) -> RunRecord:
    notes = [f"{name} could not be read: {reason}" for name, reason in sorted(corpus.failed.items())]
    notes += [corpus.unknown] if corpus.unknown else []
    notes += [note for extra in options.extras if (note := extra.note())]
    counts = {"of": len(dataset.queries), "asked": len(asked), "seed": options.seed}
    return RunRecord(
        dataset.name,
        config.name,
        config.values(),
        _models(config, corpus.library, options.extras, has_answers=any(one.said for one in asked)),
        versions() | {"footnote code": code_hash(), "documents of the set": corpus.content[:16]},
        now(),
        {},
        counts,
        tuple(asked),
        tuple(notes),
    )


def _models(config: Config, library: Library, extras: Sequence[Extra], *, has_answers: bool) -> dict[str, str]:
    found = {"embedder": f"{library.embedder.name} {library.embedder.fingerprint}"}
    if config.settings.dense_weight == "auto":
        found["tuned dense weight"] = f"{library.weight(Scope()):.2f}"
    found |= config.fingerprints()
    if config.settings.chat_model:
        found["chat model"] = config.settings.chat_model
    if has_answers:
        found["bert_score"] = f"all-MiniLM-L6-v2 {WEIGHTS_SHA256[:16]}"
    return found | {f"{extra.what} by": extra.model for extra in extras}


def _counted(items: Sequence[T], what: str, told: Told) -> Iterator[T]:
    last = time.monotonic()
    for n, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - last > 1 or n == len(items):
            told(Step(n, len(items), f"questions {what}"))
            last = time.monotonic()
