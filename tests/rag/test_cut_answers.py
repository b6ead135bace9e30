"""An answer that ends before it is finished says so, and half a sentence at its end claims nothing."""

from __future__ import annotations

import pytest

from rag.writing import Draft
from tests.rag.hits import a_hit
from tests.rag.scripted import Says, drafted

HITS = [a_hit(1, "The bridge of Varn opened in 1868. It is 41 metres long and made of iron. The toll is 2 euros.")]
WHOLE = "The bridge opened in 1868. [1] It is 41 metres long. [1]"


def states(draft: Draft) -> list[tuple[str, bool]]:
    return [(one.check.state, bool(one.citations)) for one in draft.sentences if one.check is not None]


@pytest.mark.parametrize(
    ("half", "state"),
    [
        (" It is made of iron and the toll is 2 eu", ("no claim", False)),
        (" It is made of iron [", ("no claim", False)),
        ("\n- It is made of ir", ("no claim", False)),
        (" It is made of iron.", ("supported", True)),
        (" It is made of iron [1]", ("supported", True)),
    ],
)
@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_half_a_sentence_at_the_end_claims_nothing(half: str, state: tuple[str, bool], reason: str):
    _, draft = drafted(Says(WHOLE + half, finish_reason=reason), HITS)
    assert states(draft) == [("supported", True), ("supported", True), state]
    assert draft.is_cut
    assert draft.text[: draft.sentences[-1].end].endswith(draft.sentences[-1].text) or state[1]


def test_an_answer_of_half_a_sentence_is_kept_and_has_no_source():
    _, draft = drafted(Says("The bridge opened in 18", finish_reason="length"), HITS)
    assert (draft.text, draft.refused, draft.citations, draft.is_cut) == ("The bridge opened in 18", False, (), True)
    assert "length limit" in draft.notice


def test_the_end_of_one_that_is_finished_is_a_claim_with_or_without_a_full_stop():
    _, draft = drafted(Says(WHOLE + " It is made of iron"), HITS)
    assert (states(draft)[-1], draft.is_cut) == (("supported", True), False)


def test_markers_that_are_found_for_others_move_the_end_of_half_a_sentence():
    _, draft = drafted(Says("The bridge opened in 1868. It is 41 metres lo", finish_reason="length"), HITS)
    assert draft.text == "The bridge opened in 1868. [1] It is 41 metres lo"
    assert draft.sentences[-1].end == len(draft.text)
