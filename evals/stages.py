"""Every stage of a warm question beside its raw library, in turns: what a stage costs, and how much of that is ours."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from typing import Any

from app.wiring import Workspace
from evals.corpora import Told
from evals.stages_alone import Alone
from indexes import minilm
from indexes.late_weights import forget, late_reader, late_reranker
from indexes.library import Library
from rag.errors import InputError
from rag.late_interaction import DEPTH, N_READ, LateReranker
from rag.retriever import CANDIDATES, LOOKED_UP
from rag.types import Hit, Scope

DEPTHS = (0, 8, 12, 16, 20, 24, 32)
"""Hits reranked, for the milliseconds that each depth takes."""
K = 8
_WARM_UP = 3
FEWEST = _WARM_UP + 2
"""Questions that it takes: those that warm up, and two for a quantile."""


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Medians in milliseconds of the same questions."""

    chunks: int
    questions: int
    ours: Mapping[str, float]
    """By stage."""
    alone: Mapping[str, float]
    """The raw library's share of it, where a stage has one."""
    p50: float
    """Of whole questions, reranking and reading included."""
    p95: float
    by_depth: Mapping[str, float]
    """Hits reranked -> median of whole questions."""


class _Stages:
    """The parts of one open library, each ready to be called alone."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.reranker, self.reader = late_reranker(), late_reader()
        self.alone = Alone(library, n_threads=os.cpu_count() or 1)
        self._best: Sequence[Hit] = ()

    def of(self, question: str) -> list[tuple[str, Callable[[], object], Callable[[], object] | None]]:
        """Name, ours, and the raw library on the same work, prepared before."""
        library, k = self.library, CANDIDATES
        library.dense.search(question, k, Scope())  # its vector is known from here on
        ids = library.retriever.rank(question).ids[:LOOKED_UP].tolist()
        chunks = library.catalogue.chunks(ids)
        hits = [Hit(chunks[id], 1 - n / 100, "fused") for n, id in enumerate(ids)]
        return [
            ("embed the question", lambda: library.embedder.embed_query(question), self.alone.embedding(question)),
            ("search by meaning", lambda: library.dense.search(question, k, Scope()), self.alone.vectors(question, k)),
            ("search by words", lambda: library.keyword.search(question, k, Scope()), self.alone.words(question, k)),
            (f"look {len(ids)} passages up", lambda: library.catalogue.chunks(ids), self.alone.rows(ids)),
            (
                f"rerank {DEPTH}, {N_READ} by reading them with the question",
                lambda: self._reranked(question, hits),
                self.alone.reranking(question, hits[:DEPTH], N_READ),
            ),
            ("read what was reranked", lambda: self.reader.read(question, self._best), None),
        ]

    def _reranked(self, question: str, hits: Sequence[Hit]) -> None:
        forget()
        self._best = self.reranker.rerank(question, hits)[:K]


def measure(workspace: Workspace, questions: Sequence[str], told: Told) -> StageTimes:
    """Ours and alone in turns, question by question; then whole questions at each depth, in turns as well."""
    library = workspace.library
    ours: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    stages = _Stages(library)
    for n, question in enumerate(questions):
        for name, mine, raw in stages.of(question):
            times = [(ours, _ms(mine))] + ([] if raw is None else [(alone, _ms(raw))])
            for found, ms in times if n >= _WARM_UP else ():
                found.setdefault(name, []).append(ms)
        told(f"{n + 1:,} of {len(questions):,} questions stage by stage")
    by_depth = _by_depth(workspace, questions, told)
    whole = by_depth[DEPTH]
    return StageTimes(
        chunks=library.catalogue.n_chunks(),
        questions=len(questions) - _WARM_UP,
        ours={name: median(times) for name, times in ours.items()},
        alone={name: median(times) for name, times in alone.items()},
        p50=median(whole),
        p95=quantiles(whole, n=20)[-1],
        by_depth={str(depth): median(times) for depth, times in by_depth.items()},
    )


def _by_depth(workspace: Workspace, questions: Sequence[str], told: Told) -> dict[int, list[float]]:
    """Milliseconds of whole questions as the app answers them, each with nothing known of it before."""
    reranker = workspace.library.reranker
    if not isinstance(reranker, LateReranker):
        raise InputError("only late interaction has depths that can be timed: set FOOTNOTE_RERANKER=late")
    answerer = workspace.answerer
    found: dict[int, list[float]] = {depth: [] for depth in DEPTHS}
    for n, question in enumerate(questions):
        first = n % len(DEPTHS)  # what else stays known of a question is in favour of none of them
        for depth in (*DEPTHS[first:], *DEPTHS[:first]):
            reranker.depth = depth
            _forget(workspace.library)
            ms = _ms(partial(answerer.ask, question))
            if n >= _WARM_UP:
                found[depth].append(ms)
        told(f"{n + 1:,} of {len(questions):,} questions at {len(DEPTHS)} depths")
    return found


def _forget(library: Library) -> None:
    """What was worked out for this question a moment ago: its vector, states, comparisons and joint readings."""
    library.dense.forget()
    minilm.forget()
    forget()


def _ms(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000
