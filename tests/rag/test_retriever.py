"""What the retriever hands to its reranker, and what it hands on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from rag.query.nouns import Query
from rag.reranking import reordered
from rag.retriever import Retriever
from rag.types import Chunk, Hit, Ranking, Scope
from tests.rag.hits import a_hit

N = 40


class Ranked:
    """Finds every passage, the first one best."""

    def search(self, _query: str, k: int, _scope: Scope) -> Ranking:
        ids = np.arange(N, dtype=np.int64)[:k]
        return Ranking(ids, np.linspace(1, 0, N, dtype=np.float32)[:k])


class Passages:
    """Every fourth passage says the same as the one before it."""

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        return {i: a_hit(i, f"passage number {i - (i % 4 == 3)} of the same few words").chunk for i in ids}


class Reversing:
    """Turns the first `depth` hits round."""

    fingerprint = "reversing"

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.given: list[Hit] = []

    def open(self) -> None: ...

    def rerank(self, _query: str, hits: Sequence[Hit], depth: int | None = None) -> list[Hit]:
        self.given = list(hits)
        return reordered(hits, np.arange(min(depth or self.depth, len(hits)), dtype=np.float32), 1.0)


@pytest.mark.parametrize(("depth", "k"), [(6, 3), (6, 6), (3, 9), (50, 9)])
def test_no_more_passages_are_held_against_each_other_than_are_reranked_or_handed_on(depth: int, k: int):
    reranker = Reversing(depth)
    retriever = Retriever(Ranked(), Ranked(), Passages(), weight=lambda _scope: 0.5, reranker=reranker)
    retrieval = retriever.retrieve("words", k)
    found = retrieval.hits
    distinct = [i for i in range(N) if i % 4 != 3]
    assert [hit.chunk.id for hit in reranker.given] == distinct[: max(depth + 1, k)]
    assert len(found) == retrieval.trace.stages[-1].n == k
    all_hits = [replace(hit, score=1 - hit.chunk.id / (N - 1)) for hit in (a_hit(i, "") for i in distinct)]
    whole = reordered(all_hits, np.arange(min(depth, len(distinct)), dtype=np.float32), 1.0)
    assert [hit.chunk.id for hit in found] == [hit.chunk.id for hit in whole[:k]]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in whole[:k]], abs=1e-6)


def test_every_stage_is_shown_and_the_hits_are_those_of_a_search_that_nobody_watches():
    retriever = Retriever(Ranked(), Ranked(), Passages(), weight=lambda _scope: 0.5, reranker=Reversing(6))
    seen: dict[str, Ranking] = {}
    found = retriever.search(Query("words"), 4, seen=seen.__setitem__)
    assert found.hits == retriever.search(Query("words"), 4).hits
    assert list(seen) == ["dense", "keyword", "fuse", "select", "rerank"]
    assert seen["fuse"].ids.tolist() == list(range(N))
    assert seen["select"].ids.tolist() == [0, 1, 2, 4, 5, 6, 8]
    assert seen["rerank"].ids.tolist() == [6, 5, 4, 2, 1, 0, 8]
    assert [hit.chunk.id for hit in found.hits] == [6, 5, 4, 2]
    assert seen["rerank"].scores.tolist()[:4] == pytest.approx([hit.score for hit in found.hits])


def test_another_number_of_hits_is_reranked_where_it_is_wished():
    retriever = Retriever(Ranked(), Ranked(), Passages(), weight=lambda _scope: 0.5, reranker=Reversing(6))
    for depth, wanted in ((3, [2, 1, 0, 4]), (8, [9, 8, 6, 5])):
        varied = retriever.varied(weight=0.5, candidates=N, is_reranked=True, depth=depth)
        assert [hit.chunk.id for hit in varied.retrieve("words", 4).hits] == wanted


def test_other_settings_leave_the_retriever_as_it_is():
    class Turned(Ranked):
        def search(self, _query: str, k: int, _scope: Scope) -> Ranking:
            return Ranking(np.arange(N, dtype=np.int64)[::-1][:k], np.linspace(1, 0, N, dtype=np.float32)[:k])

    retriever = Retriever(Ranked(), Turned(), Passages(), weight=lambda _scope: 1.0, reranker=Reversing(6))
    varied = retriever.varied(weight=0.0, candidates=12, is_reranked=False, depth=6)
    seen: dict[str, Ranking] = {}
    found = varied.search(Query("words"), 3, seen=seen.__setitem__)
    assert [hit.chunk.id for hit in found.hits] == [39, 37, 36]
    assert "rerank" not in seen
    assert len(seen["dense"].ids) == 12
    assert [hit.chunk.id for hit in retriever.search(Query("words"), 3).hits] == [6, 5, 4]
