"""Words are compared without their endings, and no word becomes another one."""

from __future__ import annotations

import pytest

from rag.whole.terms import share, stems, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [("pine", "pines"), ("lime", "limes"), ("note", "notes"), ("lease", "leasing"), ("car", "cars"), ("oil", "oily")],
)
def test_forms_of_a_word_are_the_same(one: str, other: str):
    assert terms(one) == terms(other)


@pytest.mark.parametrize(("one", "other"), [("pine", "pin"), ("care", "car"), ("note", "not"), ("site", "sit")])
def test_a_short_word_with_an_e_is_none_without(one: str, other: str):
    assert not stems(one) & stems(other)


def test_the_name_of_a_thing_is_not_in_a_text_in_another_language():
    assert share(terms("pine"), stems("Pin của xe máy điện được bảo hành ba năm kể từ ngày mua.")) == 0
