"""What parts below the app name for people has words of its own on the page: English is the same as there."""

from __future__ import annotations

import pytest

from app.components import answer_card, query_text, sampling_choice, thumbs
from app.words import speaking
from indexes.feedback import REASONS
from rag.instructions import _RULES
from rag.query.nouns import Correction, Query, told
from rag.settings import SAMPLING


def test_every_setting_of_the_writing_has_its_name():
    assert sampling_choice.NAMES == SAMPLING


def test_every_reason_for_a_thumb_down_has_its_words():
    assert thumbs.NAMES == REASONS


def test_every_kind_of_order_has_its_words():
    assert set(answer_card.WHYS) == {why for why, _, _ in _RULES}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query("tides", is_completed=True), "Gesucht nach: tides"),
        (Query("tides", corrections=(Correction("tieds", "tides"),)), "Gesucht nach „tides“ statt „tieds“."),
        (Query("tides", within=("Looe", "Fowey")), "Gesucht in „Looe“, „Fowey“, zuvor als Quelle genannt."),
        (Query("tides", words=("neap",), wordings=("ebb",)), "Auch gesucht nach: neap; ebb"),
        (Query("tides"), ""),
        (None, ""),
    ],
)
def test_what_was_searched_for_is_told_in_each_language(query: Query | None, words: str):
    assert query_text.searched(query) == told(query)
    with speaking("de"):
        assert query_text.searched(query) == words
