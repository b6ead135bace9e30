"""What an answer says of its sentences that were not checked is a sentence itself."""

from __future__ import annotations

import pytest

from rag.types import Sentence
from rag.verification.nouns import Check
from rag.writing import _weak


@pytest.mark.parametrize(("n", "said"), [(1, "the last sentence was not"), (149, "the last 149 sentences were not")])
def test_one_or_many_were_not_checked(n: int, said: str):
    first = Sentence("It is red.", (1,), check=Check("supported"))
    assert f"Of so long an answer {said} checked." in _weak([first, *[Sentence("It is.", (1,))] * n])
