"""Documents that are replaced after the indexes have named their passages, and before these are looked up."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from indexes.catalogue import Catalogue
from indexes.library import Library
from rag.retriever import Retriever
from rag.settings import Settings
from rag.types import Chunk
from tests.indexes.test_library import TEXTS, take_in

MARKER = "The marker word zz99q3 stands here, in version {}."


class JustReplaced:
    """The catalogue's passages; before each of the first `n` lookups every document is replaced by another version."""

    def __init__(self, library: Library, n: int) -> None:
        self.catalogue: Catalogue = library.catalogue
        self._library = library
        self._n = n
        self.n_looks = 0

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        if self.n_looks < self._n:
            version = self.n_looks + 1
            take_in(self._library, {name: f"{text} Version {version}." for name, text in TEXTS.items()})
            take_in(self._library, {"marked": MARKER.format(version)})
        self.n_looks += 1
        return self.catalogue.chunks(ids)


@pytest.mark.parametrize("n", [0, 1, 9])
def test_what_replaced_a_passage_is_found_however_many_looks_it_takes(tmp_path: Path, n: int):
    library = Library(Settings(home=tmp_path, reranker="none"))
    take_in(library, {**TEXTS, "marked": MARKER.format(0)})
    passages = JustReplaced(library, n)
    retriever = Retriever(library.dense, library.keyword, passages, weight=lambda _scope: 0.4)
    found = retriever.retrieve("What is zz99q3?", 3)
    assert found.hits[0].chunk.text == MARKER.format(n)
    assert len(found.hits) == 3
    assert passages.n_looks == n + 1
    assert found.notice == ""


def test_a_search_ends_where_replacing_does_not_and_says_so(tmp_path: Path):
    library = Library(Settings(home=tmp_path, reranker="none"))
    take_in(library, {**TEXTS, "marked": MARKER.format(0)})
    passages = JustReplaced(library, 1000)
    retriever = Retriever(library.dense, library.keyword, passages, weight=lambda _scope: 0.4)
    found = retriever.retrieve("What is zz99q3?", 3)
    assert found.hits == ()
    assert "while documents are replaced: ask once more" in found.notice
    assert passages.n_looks == 10
