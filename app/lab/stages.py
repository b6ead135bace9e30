"""Every stage of one search, by the product's own retriever under settings of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.words import msgid
from indexes.library import Library
from rag.late_interaction import DEPTH
from rag.query.nouns import Query
from rag.retriever import CANDIDATES, checked_question
from rag.types import Chunk, Hit, Origin, Ranking, Scope, Trace

SHOWN = 20
"""Passages of each stage that are looked up."""

MEANING, WORDS, FUSED, RERANKED = msgid("By meaning"), msgid("By words"), msgid("Fused"), msgid("Reranked")
_NAMES: Mapping[str, tuple[str, Origin]] = {
    "dense": (MEANING, "dense"),
    "keyword": (WORDS, "keyword"),
    "fuse": (FUSED, "fused"),
    "rerank": (RERANKED, "reranked"),
}
"""Stage of the retriever -> what people call it, and where its scores come from; in this order."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What may be changed of a search."""

    weight: float
    """Share of meaning against words, 0 to 1."""
    candidates: int
    is_reranked: bool
    k: int
    """Passages that are kept."""
    depth: int = DEPTH
    """Passages that are reranked, where they are."""


@dataclass(frozen=True, slots=True)
class StageHits:
    """What one stage handed on."""

    name: str
    """In English, as in `_NAMES`."""
    ms: float | None
    """None for a choice that is no step of its own."""
    n: int
    """Passages in all."""
    hits: tuple[Hit, ...]
    """The first of them."""
    left_out: frozenset[int] = frozenset()
    """Ids among the hits that the next stage does not get: near-duplicates, and older versions."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A search, stage by stage; the last stage is what was kept."""

    stages: tuple[StageHits, ...]
    trace: Trace
    searched: str
    """The query as it was changed by the words of the documents; the question's own text where it was not."""
    query: Query | None = None
    """What was searched for; None where nothing was changed of the question."""
    notice: str = ""

    @property
    def kept(self) -> tuple[Hit, ...]:
        """The hits that an answer would be read from."""
        return self.stages[-1].hits


def usual_settings(library: Library, scope: Scope) -> SearchSettings:
    """Those that a question within the scope is searched by."""
    reranker, weight = library.reranker, library.weight(scope)
    depth = DEPTH if reranker is None else reranker.depth
    return SearchSettings(weight, CANDIDATES, reranker is not None, library.settings.top_k, depth)


def look(library: Library, question: str, scope: Scope, settings: SearchSettings) -> Looked:
    """Search and keep every stage; raises InputError for a question that cannot be searched for."""
    retriever = library.retriever.varied(
        weight=settings.weight,
        candidates=settings.candidates,
        is_reranked=settings.is_reranked,
        depth=settings.depth,
    )
    seen: dict[str, Ranking] = {}
    query = Query(checked_question(question))
    found = retriever.search(query, settings.k, scope, seen=seen.__setitem__)
    chunks = library.catalogue.chunks(
        list({i: None for ranking in seen.values() for i in ranking.ids[:SHOWN].tolist()})
    )
    times = found.trace.milliseconds()
    stages = [
        StageHits(name, times.get(stage), len(seen[stage].ids), _hits(seen[stage], chunks, origin))
        for stage, (name, origin) in _NAMES.items()
        if stage in seen
    ]
    stages = [_without(one, seen["select"], settings.k) if one.name == FUSED else one for one in stages]
    kept = StageHits(msgid("Kept"), None, len(found.hits), found.hits)
    searched = query.text if found.query is None else found.query.text
    return Looked((*stages, kept), found.trace, searched, found.query, found.notice)


def _hits(ranking: Ranking, chunks: Mapping[int, Chunk], origin: Origin) -> tuple[Hit, ...]:
    first = zip(ranking.ids[:SHOWN].tolist(), ranking.scores[:SHOWN].tolist(), strict=True)
    return tuple(Hit(chunks[i], score, origin) for i, score in first if i in chunks)


def _without(fused: StageHits, selected: Ranking, k: int) -> StageHits:
    """With the marks of what was left out before the last hit that was selected, or at all where fewer than k were."""
    ids = [hit.chunk.id for hit in fused.hits]
    taken = set(selected.ids.tolist())
    last = (
        len(ids) - 1
        if len(taken) < k
        else max((place for place, number in enumerate(ids) if number in taken), default=-1)
    )
    left_out = frozenset(ids[: last + 1]) - taken
    return StageHits(fused.name, fused.ms, fused.n, fused.hits, left_out)


def moves(before: Sequence[Hit], after: Sequence[Hit]) -> list[tuple[Hit, int | None, int | None]]:
    """(hit, place before, place after), places from 1, None where it is not among them; in the order of after, then
    of those that have gone."""
    places = [{hit.chunk.id: n for n, hit in enumerate(hits, start=1)} for hits in (before, after)]
    hits = {hit.chunk.id: hit for hit in (*after, *before)}
    return [(hits[i], places[0].get(i), places[1].get(i)) for i in hits]
