"""How many letters two words differ by, and what a slip of the finger makes of one."""

from itertools import pairwise

import pytest
from rapidfuzz.distance import OSA

from rag.query.edits import edits, is_exchanged, is_usual_slip, slips

WORDS = ("temperature", "temprature", "tempreature", "hte", "the", "abcd", "badc", "castle", "casle", "", "x")


@pytest.mark.parametrize("one", WORDS)
@pytest.mark.parametrize("other", WORDS)
def test_the_same_as_the_library(one: str, other: str):
    for most in (1, 2):
        assert edits(one, other, most) == min(OSA.distance(one, other), most + 1)


@pytest.mark.parametrize("word", ["prking", "teh", "aab", "größe"])
def test_slips_are_all_words_that_one_edit_makes(word: str):
    found = slips(word)
    assert all(OSA.distance(word, one) == 1 for one in found)
    n, letters = len(word), len({*"abcdefghijklmnopqrstuvwxyz", *word})
    pairs = sum(one != other for one, other in pairwise(word))
    repeats = n - 1 - pairs  # the same word comes of leaving out either of two equal letters
    assert len([one for one in found if len(one) == n - 1]) == n - repeats
    assert len([one for one in found if len(one) == n + 1]) == (n + 1) * (letters - 1) + 1
    assert {word[1] + word[0] + word[2:]} - {word} <= found


def test_a_usual_slip_exchanges_or_repeats():
    assert is_usual_slip("teh", "the")
    assert is_usual_slip("celll", "cell")
    assert is_usual_slip("diner", "dinner")
    assert not is_usual_slip("tha", "the")
    assert not is_usual_slip("te", "the")
    assert is_exchanged("teh", "the")
    assert not is_exchanged("celll", "cell")
