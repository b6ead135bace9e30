"""What may not be seen is found by no way of searching, whatever else is chosen: over a real library."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from pathlib import Path

import pytest

from indexes.chunk_places import ChunkPlaces
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.protocols import Searcher
from rag.query.feedback import Feedback
from rag.query.nouns import Query
from rag.retriever import Retriever
from rag.settings import Settings
from rag.types import Ranking, Scope

TEXTS = {
    "open": {
        "harbour.txt": "The harbour of Portwenn has a temperature of 12 degrees.",
        "tide.txt": "The tide at the harbour turns twice a day.",
    },
    "mine": {"diary.txt": "My harbour is called Quillhaven. The Quick Local Ferry (QLF) leaves it at six."},
    "theirs": {
        "merger.txt": "The merger with Zephyrcorp closes at the harbour. Quarterly Lending Facility (QLF) pays.",
        "harbour.txt": "The harbour of Zephyrcorp has a temperature of 99 degrees.",
    },
}
NAMES = tuple(TEXTS)
SOME = [frozenset(part) for part in chain.from_iterable(combinations(NAMES, n) for n in range(len(NAMES) + 1))]
QUESTIONS = ("harbour", "What is the temperature of the harbour?", "Who closes the merger with Zephyrcorp?")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("texts")
    library = Library(Settings(home=folder / "home", reranker="none"))
    for collection, texts in TEXTS.items():
        (folder / collection).mkdir()
        for name, text in texts.items():
            (folder / collection / name).write_text(text)
        outcomes = Pipeline(library, collection).add(File(folder / collection / name, name) for name in texts)
        assert [one.state for one in outcomes] == ["ready"] * len(texts)
    yield library
    library.close()


def places(library: Library, ids: list[int]) -> set[str]:
    chunks = library.catalogue.chunks(ids)
    assert len(chunks) == len(set(ids))
    return {chunk.collection for chunk in chunks.values()}


@pytest.mark.parametrize("allowed", SOME, ids=lambda some: "+".join(sorted(some)) or "nothing")
def test_every_search_stays_within_what_is_allowed_and_finds_all_of_it(library: Library, allowed: frozenset[str]):
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(library.embedder), library.embedder.dim)
    for chosen in ((), *((name,) for name in NAMES), NAMES):
        scope = Scope(chosen, allowed=allowed)
        expected = {name for name in allowed if not chosen or name in chosen}
        for question in QUESTIONS:
            assert places(library, library.dense.search(question, 9, scope).ids.tolist()) == expected
            assert places(library, library.keyword.search(question, 9, scope).ids.tolist()) <= expected
            assert places(library, library.retriever.rank(question, scope).ids.tolist()) == expected
            assert {hit.chunk.collection for hit in library.retriever.retrieve(question, 9, scope).hits} == expected
        assert places(library, library.keyword.search("harbour", 9, scope).ids.tolist()) == expected
        assert places(library, shelf.passages(scope).tolist()) == expected
        assert places(library, library.catalogue.chunk_ids(scope).tolist()) == expected
        assert len(shelf.documents(scope)) == sum(len(TEXTS[name]) for name in expected)
        assert {one.collection for one in library.catalogue.weights.of(scope)} == expected


def test_a_document_that_is_named_by_its_number_is_found_only_where_it_is_allowed(library: Library):
    for record in library.catalogue.documents():
        for allowed in SOME:
            scope = Scope(documents=(record.id,), allowed=allowed)
            found = library.retriever.retrieve("harbour", 9, scope).hits
            assert bool(found) == (record.collection in allowed)
            everything = library.catalogue.chunk_ids(Scope(documents=(record.id,))).tolist()
            assert bool(library.retriever.passages(everything, scope)) == (record.collection in allowed)


def test_no_word_of_a_closed_collection_gets_into_a_query(library: Library):
    closed, opened = Scope(allowed=frozenset({"open", "mine"})), Scope(allowed=frozenset(NAMES))
    assert library.retriever.applied(Query("Who owns Zephyrcrop?"), opened).text == "Who owns Zephyrcorp?"
    assert library.retriever.applied(Query("Who owns Zephyrcrop?"), closed).text == "Who owns Zephyrcrop?"
    assert library.retriever.applied(Query("What is the QLF?"), closed).words == ("Quick Local Ferry",)
    alone = Scope(allowed=frozenset({"theirs"}))
    assert library.retriever.applied(Query("What is the QLF?"), alone).words == ("Quarterly Lending Facility",)
    assert not library.vocabulary.has("Zephyrcorp", closed)
    assert not library.vocabulary.near("Zephyrcrop", 2, closed, "Zephyrcrop")
    assert library.vocabulary.count("Zephyrcorp", closed.allowed) == 0
    assert library.vocabulary.count("Zephyrcorp", opened.allowed) == library.vocabulary.count("Zephyrcorp", None) == 2
    hits = library.retriever.retrieve("harbour", 9, closed).hits
    assert "zephyrcorp" not in " ".join(Feedback(library.vocabulary).expanded(Query("harbour"), hits).words).lower()


def test_how_often_a_word_stands_there_counts_what_is_allowed_alone(library: Library):
    chunk = next(hit.chunk for hit in library.retriever.retrieve("tide", 1, Scope(("open",))).hits)
    all_of, some = (library.keyword.shares("harbour", chunk, allowed)[0] for allowed in (None, frozenset({"open"})))
    assert (all_of.n_chunks, some.n_chunks) == (5, 2)
    assert all_of.score == some.score


class Blind:
    """A Searcher that takes no notice of a scope, as an index that is wrong would."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def search(self, query: str, k: int, scope: Scope) -> Ranking:  # noqa: ARG002 - that is what is wrong with it
        return self._searcher.search(query, k, Scope())


def test_an_index_that_hands_out_too_much_is_not_relied_on(library: Library):
    blind = Retriever(Blind(library.dense), Blind(library.keyword), library.catalogue, weight=lambda _scope: 0.5)
    for allowed in SOME:
        hits = blind.retrieve("harbour", 9, Scope(allowed=allowed)).hits
        assert {hit.chunk.collection for hit in hits} == allowed


def test_a_moved_document_leaves_at_once(tmp_path: Path):
    library = Library(Settings(home=tmp_path / "home", reranker="none"))
    (tmp_path / "memo.txt").write_text("The memo says that Zephyrcorp is for sale.")
    assert len(list(Pipeline(library, "open").add([File(tmp_path / "memo.txt", "memo.txt")]))) == 1
    scope = Scope(allowed=frozenset({"open"}))
    assert library.retriever.retrieve("Zephyrcorp", 3, scope).hits
    library.catalogue.shelving.move(library.catalogue.documents()[0].id, "theirs")
    assert not library.retriever.retrieve("Zephyrcorp", 3, scope).hits
    assert not library.vocabulary.has("Zephyrcorp", scope)
    library.close()


def test_what_a_scope_has_is_followed_through_every_change(tmp_path: Path):
    """Adding, replacing, moving, renaming and removing: as the catalogue itself tells it."""
    library = Library(Settings(home=tmp_path / "home", reranker="none"))
    catalogue, places = library.catalogue, ChunkPlaces(library.catalogue)

    def add(name: str, text: str, collection: str) -> None:
        (tmp_path / name).write_text(text)
        assert [one.state for one in Pipeline(library, collection).add([File(tmp_path / name, name)])] == ["ready"]

    def check() -> None:
        for allowed in (None, frozenset[str](), frozenset({"a"}), frozenset({"a", "b", "c"})):
            for chosen in ((), ("a",), ("b", "c")):
                scope = Scope(chosen, allowed=allowed)
                assert places.within(scope).tolist() == catalogue.chunk_ids(scope).tolist()

    check()
    for name in ("one.md", "two.md", "three.md"):
        add(name, f"The lamp of {name} is lit.", "a" if name == "one.md" else "b")
        check()
    add("two.md", "The lamp is out.", "b")
    check()
    catalogue.shelving.move(catalogue.documents("b")[0].id, "c")
    check()
    catalogue.shelving.rename("a", "d")
    check()
    catalogue.remove(catalogue.documents("d")[0].id)
    check()
    assert len(catalogue.chunk_ids(Scope())) == 2
    library.close()
