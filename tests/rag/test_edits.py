"""How many letters two words differ by."""

import pytest
from rapidfuzz.distance import OSA

from rag.query.edits import edits

WORDS = ("temperature", "temprature", "tempreature", "hte", "the", "abcd", "badc", "castle", "casle", "", "x")


@pytest.mark.parametrize("one", WORDS)
@pytest.mark.parametrize("other", WORDS)
def test_the_same_as_the_library(one: str, other: str):
    for most in (1, 2):
        assert edits(one, other, most) == min(OSA.distance(one, other), most + 1)
