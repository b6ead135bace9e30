"""What each of the four values that tell how words are written for keyword search changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.config import Config, Tuning
from indexes.catalogue import Catalogue
from indexes.keyword_fields import Wording, analyzers, searched_text
from indexes.keyword_index import KeywordSearcher
from rag.settings import Settings
from tests.indexes.test_keyword_index import found, put
from tests.rag.hits import a_hit


@pytest.mark.parametrize(
    ("wording", "written"),
    [
        (Wording(), ["the", "old", "cat", "run"]),
        (Wording(stems=False), ["the", "old", "cats", "running"]),
        (Wording(stop_words=False), ["old", "cat", "run"]),
        (Wording(stems=False, stop_words=False), ["old", "cats", "running"]),
    ],
)
def test_words_are_stemmed_and_the_frequent_ones_kept_unless_told_otherwise(wording: Wording, written: list[str]):
    assert analyzers(wording)["text_en"].analyze("The old cats, running") == written


@pytest.mark.parametrize(
    ("wording", "read"),
    [
        (Wording(), "Ships\nHarbour\nBefore\nBoats"),
        (Wording(titles=2), "Ships\nShips\nHarbour\nBefore\nBoats"),
        (Wording(headings=3), "Ships\nHarbour\nHarbour\nHarbour\nBefore\nBoats"),
        (Wording(titles=0, headings=0), "Before\nBoats"),
    ],
)
def test_title_and_headings_are_read_as_often_as_told(wording: Wording, read: str):
    chunk = replace(a_hit(1, "Boats").chunk, title="Ships", heading="Harbour", context="Before")
    assert searched_text(chunk, wording) == read


def test_an_index_is_written_as_it_is_told(tmp_path: Path):
    catalogue = Catalogue(tmp_path)
    put(catalogue, "cats", "The cats were running home.")
    assert found(KeywordSearcher(catalogue), "the") == found(KeywordSearcher(catalogue), "run") == ["cats"]
    assert found(KeywordSearcher(catalogue, wording=Wording(stems=False)), "run") == []
    assert found(KeywordSearcher(catalogue, wording=Wording(stop_words=False)), "the") == []
    catalogue.close()


@pytest.mark.parametrize(
    ("tuning", "wording"),
    [
        (Tuning(), Wording()),
        (Tuning(stems=0), Wording(stems=False)),
        (Tuning(stop_words=0), Wording(stop_words=False)),
        (Tuning(titles=2), Wording(titles=2)),
        (Tuning(headings=0), Wording(headings=0)),
    ],
)
def test_a_config_sets_each_of_them(tuning: Tuning, wording: Wording):
    assert Config("one", Settings(), tuning).wording() == wording
