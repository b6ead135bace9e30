"""What parts below the app name for people has words of its own on the page: English is the same as there."""

from __future__ import annotations

from app.components import answer_card, sampling_choice, thumbs
from indexes.feedback import REASONS
from rag.instructions import _RULES
from rag.settings import SAMPLING


def test_every_setting_of_the_writing_has_its_name():
    assert sampling_choice.NAMES == SAMPLING


def test_every_reason_for_a_thumb_down_has_its_words():
    assert thumbs.NAMES == REASONS


def test_every_kind_of_order_has_its_words():
    assert set(answer_card.WHYS) == {why for why, _, _ in _RULES}
