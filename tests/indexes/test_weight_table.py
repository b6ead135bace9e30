from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexes.catalogue import Catalogue
from indexes.library import Library
from indexes.records import FileStat, NewChunk, NewDocument
from indexes.weight_table import joint_weight
from rag.settings import Settings
from rag.types import Document, Scope
from rag.weights import DEFAULT_WEIGHT

BOTH, OLD = Scope(collections=("big", "small")), Scope(collections=("small",))


def put(catalogue: Catalogue, collection: str, n: int, embedder: str = "one") -> int:
    number = catalogue.embedders.register(embedder, embedder, 2, np.eye(2, dtype=np.float32))
    chunks = [NewChunk(at, at + 1, "", "", None, None) for at in range(n)]
    document = Document("x" * n, "", "text/plain")
    new = NewDocument(collection, f"/{collection}", collection, FileStat(n), "", document)
    return catalogue.put(new, chunks, np.tile(np.array([1, 0], np.float32), (n, 1)), number)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(Settings(home=tmp_path))
    put(library.catalogue, "big", 3)
    put(library.catalogue, "small", 1)
    return library


def test_every_collection_has_the_default_before_it_is_tuned(library: Library):
    assert {one.collection: one.weight for one in library.catalogue.weights.all()} == dict.fromkeys(
        ("big", "small"), DEFAULT_WEIGHT
    )
    assert library.weight(Scope()) == DEFAULT_WEIGHT
    assert library.weights()["big"].told == f"{DEFAULT_WEIGHT:.2f}, not tuned yet"


def test_several_collections_count_by_their_passages(library: Library):
    table = library.catalogue.weights
    table.tune("big", 0.6, 240, 3, "one")
    table.tune("small", 0.2, 240, 1, "one")
    assert library.weight(Scope()) == library.weight(BOTH) == pytest.approx(0.5)
    assert library.weight(OLD) == 0.2
    (record,) = library.catalogue.documents("small")
    assert library.weight(Scope(documents=(record.id,))) == 0.2
    assert library.weight(Scope(collections=("big",), documents=(record.id,))) == DEFAULT_WEIGHT == joint_weight([])


def test_what_a_person_sets_goes_first_and_the_settings_before_it(library: Library):
    table = library.catalogue.weights
    table.tune("small", 0.2, 240, 1, "one")
    table.fix("small", 0.9)
    assert (library.weight(OLD), library.weights()["small"].told) == (0.9, "0.90, set by hand")
    table.fix("small", None)
    assert library.weight(OLD) == 0.2
    assert library.weights()["small"].told.startswith("0.20, tuned on 240 questions made from its passages, 20")
    fixed = Library(Settings(home=library.settings.home, dense_weight=0.7))
    assert (fixed.weight(OLD), fixed.weights()["small"].told) == (0.7, "0.70, as FOOTNOTE_DENSE_WEIGHT says")


def test_another_embedder_has_to_be_tuned_for_again(library: Library):
    table, embedders = library.catalogue.weights, library.catalogue.embedders
    table.tune("small", 0.2, 240, 1, "one")
    number = embedders.register("two", "two", 2, np.eye(2, dtype=np.float32))
    ids = library.catalogue.chunk_ids(Scope())
    embedders.add_vectors(number, ids, np.tile(np.array([1, 0], np.float32), (len(ids), 1)))
    assert embedders.activate(number)
    assert library.weight(OLD) == DEFAULT_WEIGHT
