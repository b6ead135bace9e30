"""Hard claims made by rule: each is what its kind says."""

import random
from collections.abc import Iterable

from evals.hard.contradictions import agreeing, contradicting
from evals.hard.exchanges import exchanges
from evals.hard.forms import forms
from evals.hard.sums import sums
from evals.made_claims import Claim, Source

SENTENCES = (
    "The old mill was bought by Hanna Voss.",
    "The trust lent 340 books to readers and 156 books to schools.",
    "The archive holds 4,973 maps of the whole coast.",
    "The ferry across the bay runs from Tarn to Skell.",
    "Of 62 boats in the bay 17 lie on land.",
)
SOURCE = Source(" ".join(SENTENCES), "", SENTENCES)


def made(claims: Iterable[Claim]) -> dict[tuple[str, bool], list[str]]:
    found: dict[tuple[str, bool], list[str]] = {}
    for claim in claims:
        found.setdefault((claim.kind, claim.holds), []).append(claim.text)
    return found


def test_roles_are_exchanged_and_said_in_the_other_voice():
    found = made(exchanges(SOURCE, [], random.Random(1)))
    assert found["passive exchanged", False] == ["Hanna Voss was bought by the old mill."]
    assert found["passive as active", True] == ["Hanna Voss bought the old mill."]
    assert found["from and to exchanged", False] == ["The ferry across the bay runs from Skell to Tarn."]
    assert found["numbers exchanged", False] == ["Of 17 boats in the bay 62 lie on land."]


def test_sums_are_right_or_wrong():
    found = made(sums(SOURCE, random.Random(1)))
    assert "a total of 496 books." in found["total, right", True][0]
    assert "a total of 496 books." not in found["total, wrong", False][0]
    assert len(found["table, total, right", True]) == 2


def test_bounds_hold_or_do_not():
    found = made(forms(SOURCE, random.Random(1)))
    right, wrong = (
        [text for text in found[kind] if "archive" in text] for kind in (("bound", True), ("bound, wrong", False))
    )
    over = ("more than", "over", "at least")
    assert (
        [any(word in text for word in over) for text in right] == ["4,900" in text for text in right] == [True, False]
    )
    assert (
        [any(word in text for word in over) for text in wrong] == ["5,000" in text for text in wrong] == [True, False]
    )


def test_what_contradicts_has_an_error_and_what_agrees_has_none():
    wrong = list(contradicting(SOURCE, random.Random(1)))
    assert wrong
    assert all(
        "4,973" not in other and "4973" not in other for kind, text, other in wrong if "4,973" in text and "num" in kind
    )
    assert all(text != other for _, text, other in agreeing(SOURCE, random.Random(1)))
