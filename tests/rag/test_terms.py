"""Words are compared without their endings, and no word becomes another one."""

from __future__ import annotations

import pytest

from rag.whole.terms import share, side_stems, side_terms, stems, terms


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


@pytest.mark.parametrize(
    ("name", "other", "text"),
    [
        ("plan A", "plan B", "Plan A costs 10 euros."),
        ("phase one", "phase two", "Phase one ends in May."),
        ("the first phase", "the last phase", "The first phase ends in May."),
        ("the new lease", "the old lease", "A new lease was signed."),
    ],
)
def test_things_of_one_name_are_told_apart(name: str, other: str, text: str):
    assert share(side_terms(name), side_stems(text)) == 1
    assert share(side_terms(other), side_stems(text)) < 1


def test_a_letter_is_no_name_where_it_is_an_article():
    assert share(side_terms("plan A"), side_stems("The plan is a good one.")) < 1
    assert side_terms("a plan") == terms("a plan")
    assert side_terms("oak") == terms("oak")
