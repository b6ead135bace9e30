"""The recipe of retrieval: dense and keyword search, fused, reranked, and the few passages worth reading chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from rag.errors import InputError, ModelError, as_notice
from rag.fusion import fuse
from rag.protocols import ChunkSource, Reranker, Searcher
from rag.selection import select
from rag.types import Hit, Origin, Ranking, Retrieval, Scope, Stage, Trace

MAX_QUESTION = 4000
"""Characters; far beyond any question, and short enough that nobody waits for a pasted book."""

CANDIDATES = 200
"""What the app takes: `python -m evals run` measures other depths."""

_LOOKS = 4
"""Searches for one question at most, where documents are replaced between ranking and reading."""
LOOKED_UP = 60
"""Hits whose texts are looked up at least; a reranker gets no more."""

_AS_FOUND = "The order of the passages is that of the search."


def checked_question(text: str) -> str:
    """The question without surrounding blanks; raises InputError when it is empty or too long."""
    question = text.encode("utf-8", "replace").decode().strip()
    if not question:
        raise InputError("the question is empty: type what you want to know")
    if len(question) > MAX_QUESTION:
        raise InputError(f"the question has {len(question):,} characters; at most {MAX_QUESTION:,} can be searched for")
    return question


@dataclass
class Stopwatch:
    """Collects the stages of one question."""

    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[list[int]]:
        """Time a step; the step appends how many items came out."""
        counts: list[int] = []
        start = time.perf_counter()
        yield counts
        self.stages.append(Stage(name, (time.perf_counter() - start) * 1000, sum(counts)))

    def trace(self) -> Trace:
        return Trace(tuple(self.stages))


class Retriever:
    """Question -> the k hits to read. `weight` is the share of dense search in the fusion, 0 to 1.

    `candidates`: hits that each searcher gives to the fusion; their scores are scaled over this many. `reads`: whether
    dense search knows the language of a question; else it only fills up what keyword search leaves empty.
    """

    def __init__(
        self,
        dense: Searcher,
        keyword: Searcher,
        chunks: ChunkSource,
        *,
        weight: float,
        candidates: int = CANDIDATES,
        reranker: Reranker | None = None,
        reads: Callable[[str], bool] = bool,
    ) -> None:
        self._dense = dense
        self._keyword = keyword
        self._chunks = chunks
        self._weight = weight
        self._candidates = candidates
        self._reranker = reranker
        self._reads = reads
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="keyword")

    def retrieve(
        self, question: str, k: int, scope: Scope | None = None, *, per_document: int | None = None
    ) -> Retrieval:
        """The best k hits with their trace; raises InputError for a question that cannot be searched for."""
        query = checked_question(question)
        for _ in range(_LOOKS):
            watch = Stopwatch()
            fused = self._search(query, scope or Scope(), max(self._candidates, k), watch)
            hits, n_gone = self._hits(fused, max(LOOKED_UP, 3 * k), "fused")
            if not n_gone:
                break
        with watch.stage("select") as counts:
            hits = select(hits, k if self._reranker is None else len(hits), per_document=per_document)
            counts.append(len(hits))
        hits, notice = self._reranked(query, hits, watch)
        return Retrieval(tuple(hits[:k]), watch.trace(), notice)

    def rank(self, question: str, scope: Scope | None = None, *, depth: int = 0) -> Ranking:
        """The fused ranking of chunk ids alone, before any text is looked up; `depth`: hits of each search at least."""
        n = max(self._candidates, depth)
        return self._search(checked_question(question), scope or Scope(), n, Stopwatch())

    def _search(self, query: str, scope: Scope, n: int, watch: Stopwatch) -> Ranking:
        """Both searches side by side: neither holds the interpreter while it works."""
        keyword_watch = Stopwatch()
        pending = self._pool.submit(self._timed, "keyword", self._keyword, query, n, scope, keyword_watch)
        dense = self._timed("dense", self._dense, query, n, scope, watch)
        keyword = pending.result()
        watch.stages += keyword_watch.stages
        with watch.stage("fuse") as counts:
            fused = fuse(dense, keyword, self._weight if self._reads(query) else 0.0)
            counts.append(len(fused.ids))
        return fused

    @staticmethod
    def _timed(name: str, searcher: Searcher, query: str, n: int, scope: Scope, watch: Stopwatch) -> Ranking:  # noqa: PLR0917
        with watch.stage(name) as counts:
            ranking = searcher.search(query, n, scope)
            counts.append(len(ranking.ids))
        return ranking

    def _reranked(self, query: str, hits: list[Hit], watch: Stopwatch) -> tuple[list[Hit], str]:
        """The hits in their new order; where the reranker cannot be used as they are, with a notice that says so."""
        if self._reranker is None:
            return hits, ""
        try:
            with watch.stage("rerank") as counts:
                found = self._reranker.rerank(query, hits)
                counts.append(len(found))
        except ModelError as error:
            return hits, as_notice(error, _AS_FOUND)
        return found, ""

    def _hits(self, ranking: Ranking, n: int, origin: Origin) -> tuple[Sequence[Hit], int]:
        """The first n that still exist, and how many were removed a moment ago: what replaced them is worth a look."""
        ids = ranking.ids[:n].tolist()
        chunks = self._chunks.chunks(ids)
        scored = zip(ids, ranking.scores[:n].tolist(), strict=True)
        return [Hit(chunks[i], score, origin) for i, score in scored if i in chunks], len(ids) - len(chunks)
