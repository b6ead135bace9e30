"""The recipe of retrieval: dense and keyword search, fused, reranked, and the few passages worth reading chosen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from rag.errors import InputError, ModelError, as_notice
from rag.fusion import fuse, summed
from rag.inert import visible
from rag.joiners import unjoined
from rag.protocols import ChunkSource, QueryRule, Reranker, Searcher
from rag.query.nouns import Query
from rag.selection import SAME, select, selected
from rag.types import Chunk, Hit, Ranking, Retrieval, Scope, Stage, Trace
from rag.versions.choosing import Chosen, VersionChoice, is_version

MAX_QUESTION = 4000
"""Characters; far beyond any question, and short enough that nobody waits for a pasted book."""

CANDIDATES = 200
"""What the app takes: `python -m evals run` measures other depths."""

_LOOKS = 10
"""Searches for one question at most, where documents are replaced between ranking and reading: with every further one
it is less likely that the very passage that was asked for has just gone."""
LOOKED_UP = 60
"""Hits whose texts are looked up at least; a reranker gets no more."""

_WORDS_BESIDE = 0.3
"""What keyword search finds by phrases beside the question, against 1 for the question itself."""

_AS_FOUND = "The order of the passages is that of the search."
_GONE = (
    "Some of the passages found were gone when they were to be read, as happens while documents are replaced: ask once "
    "more, and if this stays, see what `python -m ingest doctor` finds."
)


Seen = Callable[[str, Ranking], None]
"""Is shown what a stage of one search hands on: the stage's name, and all of its passages, best first."""


def _unseen(_name: str, _ranking: Ranking) -> None: ...


def checked_question(text: str) -> str:
    """The question without surrounding blanks and what nobody sees within words, such as the soft hyphens of what was
    copied; raises InputError when it is empty or too long."""
    question = unjoined(visible(text.encode("utf-8", "replace").decode())).strip()
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
        self.stages.append(Stage(name, (time.perf_counter() - start) * 1000, sum(counts), start))

    def trace(self) -> Trace:
        return Trace(tuple(self.stages))


class Retriever:
    """Question -> the k hits to read. `weight` tells the share of dense search in the fusion, 0 to 1, within a scope.

    `candidates`: hits that each searcher gives to the fusion; their scores are scaled over this many. `reads`: whether
    dense search knows the language of a question; else it only fills up what keyword search leaves empty. `depth`: hits
    that are reranked, None for as many as the reranker reads by itself. `rules`: what changes the query by what the
    documents have. `versions`: what chooses between versions of a document.
    """

    def __init__(
        self,
        dense: Searcher,
        keyword: Searcher,
        chunks: ChunkSource,
        *,
        weight: Callable[[Scope], float],
        candidates: int = CANDIDATES,
        reranker: Reranker | None = None,
        depth: int | None = None,
        reads: Callable[[str], bool] = bool,
        rules: Sequence[QueryRule] = (),
        same: float = SAME,
        versions: VersionChoice | None = None,
    ) -> None:
        self._dense = dense
        self._keyword = keyword
        self._chunks = chunks
        self._weight = weight
        self._candidates = candidates
        self._reranker = reranker
        self._depth = depth
        self._reads = reads
        self._rules = rules
        self._same = same
        self._versions = versions
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="keyword")

    def retrieve(
        self, question: str, k: int, scope: Scope | None = None, *, per_document: int | None = None
    ) -> Retrieval:
        """The best k hits with their trace; raises InputError for a question that cannot be searched for."""
        return self.search(Query(checked_question(question)), k, scope, per_document=per_document)

    def varied(self, *, weight: float, candidates: int, is_reranked: bool, depth: int) -> Retriever:
        """One over the same searches by other settings; without a reranker there is none to be had."""
        return Retriever(
            self._dense,
            self._keyword,
            self._chunks,
            weight=lambda _scope: weight,
            candidates=candidates,
            reranker=self._reranker if is_reranked else None,
            depth=depth,
            reads=self._reads,
            rules=self._rules,
            same=self._same,
            versions=self._versions,
        )

    def search(
        self,
        query: Query,
        k: int,
        scope: Scope | None = None,
        *,
        per_document: int | None = None,
        seen: Seen = _unseen,
    ) -> Retrieval:
        """The same for a query that has been made from a question. `seen` is shown what each stage hands on; where
        passages are replaced meanwhile, the stages of every new attempt."""
        before, scope = Stopwatch(), scope or Scope()
        with before.stage("words") as counts:
            applied = self.applied(query, scope)
            counts.append(len(applied.corrections) + len(applied.words) - len(query.words))
        for _ in range(_LOOKS):
            watch = Stopwatch(list(before.stages))
            fused = self._search(applied, scope, max(self._candidates, k), watch, seen)
            hits, n_gone = self._hits(fused, max(LOOKED_UP, 3 * k), scope)
            if not n_gone:
                break
        with watch.stage("select") as counts:
            # one more than is read: its score is where those that are read begin
            n = k if self._reranker is None else max(k, (self._depth or self._reranker.depth) + 1)
            chosen = self._selected(applied.text, hits, n, per_document)
            counts.append(len(chosen.hits))
        seen("select", _ranking(chosen.hits))
        hits, notice = self._reranked(applied.text, chosen.hits, k, watch, seen)
        notice = " ".join(filter(None, (notice, _GONE if n_gone else "")))
        changed = None if applied == Query(query.text) else applied
        return Retrieval(tuple(hits), watch.trace(), notice, changed, twins=chosen.twins, asked=chosen.asked)

    def passages(self, ids: Sequence[int], scope: Scope) -> list[Chunk]:
        """Those of these passages that are still there and within the scope, read anew."""
        found = self._chunks.chunks(ids)
        return [found[i] for i in ids if i in found and scope.has(found[i])]

    def rank(self, question: str, scope: Scope | None = None, *, depth: int = 0) -> Ranking:
        """The fused ranking of chunk ids alone, before any text is looked up; `depth`: hits of each search at least."""
        scope, n = scope or Scope(), max(self._candidates, depth)
        return self._search(self.applied(Query(checked_question(question)), scope), scope, n, Stopwatch())

    def applied(self, query: Query, scope: Scope) -> Query:
        """The query as the rules change it."""
        for rule in self._rules:
            query = rule.applied(query, scope)
        return query

    def _search(self, query: Query, scope: Scope, n: int, watch: Stopwatch, seen: Seen = _unseen) -> Ranking:
        """Both searches side by side: neither holds the interpreter while it works."""
        keyword_watch = Stopwatch()
        texts = [(text, 1.0) for text in (query.text, *query.wordings)]
        by_words = [*texts, *((phrase, _WORDS_BESIDE) for phrase in query.words)]
        by_meaning = [*texts, *((passage, 1.0) for passage in query.passages)]
        pending = self._pool.submit(self._timed, "keyword", self._keyword, by_words, n, scope, keyword_watch)
        dense = self._timed("dense", self._dense, by_meaning, n, scope, watch)
        keyword = pending.result()
        watch.stages += keyword_watch.stages
        with watch.stage("fuse") as counts:
            fused = fuse(dense, keyword, self._weight(scope) if self._reads(query.text) else 0.0)
            counts.append(len(fused.ids))
        for name, ranking in (("dense", dense), ("keyword", keyword), ("fuse", fused)):
            seen(name, ranking)
        return fused

    @staticmethod
    def _timed(  # noqa: PLR0917
        name: str, searcher: Searcher, texts: Sequence[tuple[str, float]], n: int, scope: Scope, watch: Stopwatch
    ) -> Ranking:
        with watch.stage(name) as counts:
            ranking = summed([(searcher.search(text, n, scope), weight) for text, weight in texts])
            counts.append(len(ranking.ids))
        return ranking

    def _selected(self, question: str, hits: Sequence[Hit], n: int, per_document: int | None) -> Chosen:
        """The hits to read; of versions of one document those of the newest."""
        if self._versions is None:
            return Chosen(select(hits, n, per_document=per_document, same=self._same))
        by_name = self._versions.by_name(question, hits)
        found = selected(by_name.hits, n, per_document=per_document, same=self._same, apart=is_version)
        by_text = self._versions.by_text(question, found.hits, found.dropped)
        return replace(by_text, twins=(*by_name.twins, *by_text.twins), asked=by_name.asked)

    def _reranked(self, query: str, hits: list[Hit], k: int, watch: Stopwatch, seen: Seen) -> tuple[list[Hit], str]:
        """The first k in their new order; where the reranker cannot be used as they are, with a notice that says so."""
        if self._reranker is None:
            return hits[:k], ""
        try:
            with watch.stage("rerank") as counts:
                ordered = self._reranker.rerank(query, hits, self._depth)
                found = ordered[:k]
                counts.append(len(found))
        except ModelError as error:
            return hits[:k], as_notice(error, _AS_FOUND)
        seen("rerank", _ranking(ordered))
        return found, ""

    def _hits(self, ranking: Ranking, n: int, scope: Scope) -> tuple[Sequence[Hit], int]:
        """The first n that still exist within the scope, and how many do not, as those that were removed or moved a
        moment ago: what replaced them is worth a look. What an index says of a scope is not relied on."""
        ids = ranking.ids[:n].tolist()
        chunks = {i: chunk for i, chunk in self._chunks.chunks(ids).items() if scope.has(chunk)}
        scored = zip(ids, ranking.scores[:n].tolist(), strict=True)
        return [Hit(chunks[i], score, "fused") for i, score in scored if i in chunks], len(ids) - len(chunks)


def _ranking(hits: Sequence[Hit]) -> Ranking:
    ids = np.array([hit.chunk.id for hit in hits], dtype=np.int64)
    return Ranking(ids, np.array([hit.score for hit in hits], dtype=np.float32))
