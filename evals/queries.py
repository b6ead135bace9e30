"""What the query side does to a set: typos, acronyms, follow-ups, questions to be left alone, a second search."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evals.datasets import Dataset, Query
from evals.follow_ups import FollowUp, follow_ups, turn_of
from evals.metrics import per_query_metrics
from evals.relevance import Relevance, relevance_of
from evals.runner import chosen
from evals.significance import Difference, difference
from evals.typos import is_function, misspelt
from indexes.late_weights import token_encoder
from indexes.library import Library
from rag.errors import InputError
from rag.protocols import QueryRule, Searcher
from rag.query.condensing import RuleCondenser
from rag.query.feedback import Feedback
from rag.query.finder import Finder
from rag.query.words import is_content
from rag.retriever import Retriever
from rag.types import Ranking, Retrieval, Turn

_KEPT = 8_000
"""Passages whose states stay in memory: the questions of a set meet the same ones."""
_DEPTH = 20
"""Passages ranked: twice what is judged, since two may be of one text."""
METRIC = "ndcg@10"
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One way of asking: how good it is, and how it differs from another way that it is compared with."""

    group: str
    name: str
    n: int
    value: float
    change: Difference | None = None
    changed: float | None = None
    """Share of the questions that were searched for in other words than they were typed."""
    ms: float | None = None
    """Milliseconds for that on average."""


class _Remembered:
    """A Searcher that is asked once for what is searched for in several ways."""

    def __init__(self, searcher: Searcher) -> None:
        self.search = lru_cache(maxsize=None)(searcher.search)


class Asking:
    """Finds passages as the app does, with any of the rules of the query side."""

    def __init__(self, library: Library, relevance: Relevance) -> None:
        token_encoder().keep(_KEPT)
        self._library, self._relevance = library, relevance
        self._dense, self._keyword = _Remembered(library.dense), _Remembered(library.keyword)

    def with_rules(self, *rules: QueryRule, feedback: Feedback | None = None) -> Finder:
        """Finds by these rules, and completes follow-ups; with `feedback` it searches twice."""
        library = self._library
        retriever = Retriever(
            self._dense,
            self._keyword,
            library.catalogue,
            weight=library.weight,
            reranker=library.reranker,
            reads=library.embedder.reads,
            rules=rules,
        )
        return Finder(retriever, condenser=RuleCondenser(), feedback=feedback)

    def measured(self, finder: Finder, asked: Sequence[tuple[Query, str, tuple[Turn, ...]]]) -> Measured:
        """Every question as it is typed here, judged as the set judges it."""
        qrels = {str(n): self._relevance.qrels[query.id] for n, (query, _, _) in enumerate(asked)}
        found = [finder.find(text, _DEPTH, history=history) for _, text, history in asked]
        run = {str(n): self._relevance.ranked(_ranking(one)) for n, one in enumerate(found)}
        values = per_query_metrics(qrels, run)
        return Measured(np.array([values[id][METRIC] for id in qrels]), found)


@dataclass(frozen=True, slots=True)
class Measured:
    """One value for every question, and what was found for it."""

    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    found: Sequence[Retrieval]

    def row(self, group: str, name: str, against: Measured | None = None) -> Row:
        changed = [one.query is not None for one in self.found]
        times = [
            ms for one in self.found for stage, ms in one.trace.milliseconds().items() if stage in ("words", "condense")
        ]
        change = None if against is None else difference(against.values, self.values)
        ms = sum(times) / len(self.found) if times else None
        return Row(group, name, len(self.values), float(self.values.mean()), change, float(np.mean(changed)), ms)


def measure(dataset: Dataset, library: Library, limit: int, seed: int, told: Told) -> list[Row]:
    """All rows of one set; raises InputError for one of files, whose passages have no names of their own."""
    if dataset.files is not None:
        raise InputError(f"{dataset.folder} is about files: name a set that consists of passages")
    asking = Asking(library, relevance_of(dataset, library))
    queries = chosen(dataset.answerable(), limit, seed)
    told("as typed")
    plain = asking.with_rules()
    as_typed = asking.measured(plain, [(query, query.text, ()) for query in queries])
    rows = [as_typed.row("as typed", "")]
    told("typos")
    rows += _rewritten(asking, library, queries, as_typed, seed)
    told("follow-ups")
    made = follow_ups(dataset)
    for name, is_same in (("of the same passage", True), ("of the next passage", False)):
        rows += _follow_ups(asking, name, chosen([one for one in made if one.is_same_passage is is_same], limit, seed))
    told("questions after another subject")
    return rows + _unrelated(asking, dataset, queries, as_typed, seed)


def _rewritten(asking: Asking, library: Library, queries: Sequence[Query], as_typed: Measured, seed: int) -> list[Row]:
    spelling, acronyms, _ = library.query_rules
    dice = random.Random(seed)  # noqa: S311
    clean = [(query, query.text, ()) for query in queries]
    plain, speller = asking.with_rules(), asking.with_rules(spelling)
    typos = []
    for group, is_hit in (("with a typo", is_content), ("with a typo in a word that says nothing", is_function)):
        wrong = [(query, misspelt(query.text, dice, is_hit), ()) for query in queries]
        misread = asking.measured(plain, wrong)
        typos.append(misread.row(group, "", as_typed))
        typos.append(asking.measured(speller, wrong).row(group, "spelled as the documents", misread))
    twice = asking.with_rules(feedback=Feedback(library.vocabulary))
    return [
        asking.measured(speller, clean).row("as typed", "spelled as the documents", as_typed),
        asking.measured(asking.with_rules(acronyms), clean).row("as typed", "acronyms written out", as_typed),
        asking.measured(twice, clean).row("as typed", "with words of the best passages", as_typed),
        *typos,
    ]


def _follow_ups(asking: Asking, name: str, made: Sequence[FollowUp]) -> list[Row]:
    if not made:
        return []
    finder = asking.with_rules()
    raw = asking.measured(finder, [(one.query, one.text, ()) for one in made])
    completed = asking.measured(finder, [(one.query, one.text, one.history) for one in made])
    original = asking.measured(finder, [(one.query, one.query.text, ()) for one in made])
    return [
        raw.row(name, "with a pronoun"),
        completed.row(name, "completed", raw),
        original.row(name, "as it stood", raw),
    ]


def _unrelated(asking: Asking, dataset: Dataset, queries: Sequence[Query], as_typed: Measured, seed: int) -> list[Row]:
    """Every question after one about another passage, which has nothing to do with it."""
    passages = {passage.id: passage for passage in dataset.corpus()}
    gold = ((id, next(iter(grades))) for id, grades in dataset.qrels.items())
    others = [(id, passages[passage]) for id, passage in gold if passage in passages]
    if not others:
        return []
    dice = random.Random(seed)  # noqa: S311
    by_id = {query.id: query for query in dataset.queries}
    asked = []
    for query in queries:
        id, passage = dice.choice(others)
        asked.append((query, query.text, (turn_of(by_id[id], passage),)))
    return [asking.measured(asking.with_rules(), asked).row("after another subject", "completed", as_typed)]


def _ranking(found: Retrieval) -> Ranking:
    return Ranking(
        np.array([hit.chunk.id for hit in found.hits], np.int64),
        np.array([hit.score for hit in found.hits], np.float32),
    )


def table(rows: Sequence[Row]) -> str:
    """A line for every row."""
    lines = [f"{'':66}{'n':>6}{METRIC:>9}{'change':>9}{'p':>8}{'reworded':>10}{'ms':>7}"]
    for row in rows:
        change = "" if row.change is None else f"{row.change.mean:+.4f}"
        p = "" if row.change is None else f"{row.change.p:.4f}"
        ms = "" if row.ms is None else f"{row.ms:.2f}"
        name = f"{row.group}: {row.name}" if row.name else row.group
        lines.append(f"{name:66}{row.n:6}{row.value:9.4f}{change:>9}{p:>8}{row.changed:10.3f}{ms:>7}")
    return "\n".join(lines)
