"""Answers that are checked while they are still being written."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.components.answer_text import remarked
from app.components.growing_text import growing
from indexes.support_weights import support, topic
from rag.errors import ModelError
from rag.inert import inert
from rag.types import Delta, Message, Sentence
from rag.verification.support import Support
from rag.verification.verified import Checked
from rag.verification.verifier import Verifier
from rag.writing import Draft, Writer
from tests.rag.hits import a_hit

QUESTION = "How high is the lighthouse of Varn, and when was it built?"
HITS = [
    a_hit(1, "The lighthouse of Varn is 41 metres high and was built in 1868 from grey granite."),
    a_hit(2, "Its lamp is visible for 23 nautical miles and turns once in twelve seconds. A ticket costs $5."),
    a_hit(3, "The keeper's house burned down in 1911 and was never rebuilt."),
]
ANSWER = (
    "The lighthouse of Varn is 41 metres high. [1] It was built in 1886 from granite. [1]\n\n"
    "- Its lamp turns once in twelve seconds [2, 3]\n- A ticket costs $7. [2]\n\n"
    "| part | fate |\n|---|---|\n| keeper's house | burned down in 1911 [3] |\n\n"
    "The keeper's house was never rebuilt. [3] Is that all? `x[1]` It says so.\n\n"
    "The lamp is visible for 23 nautical miles."
)


class Pieces:
    """A chat model whose reply comes in these pieces."""

    name = "pieces"

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = pieces
        self.n_sent = 0
        self.is_closed = False

    def stream(self, _messages: Sequence[Message]) -> Iterator[Delta]:
        try:
            for piece in self.pieces:
                self.n_sent += 1
                yield Delta(piece)
            yield Delta(finish_reason="stop", prompt_tokens=1, completion_tokens=1)
        finally:
            self.is_closed = True


def events_of(pieces: Sequence[str], verifier: Verifier | None = None) -> tuple[list[str | Checked], Draft]:
    verifier = Verifier(support, topic) if verifier is None else verifier
    writing = Writer(Pieces(pieces), verifier=verifier).write(QUESTION, HITS)
    events: list[str | Checked] = []
    while True:
        try:
            events.append(next(writing))
        except StopIteration as end:
            return events, end.value


WHOLE = events_of([ANSWER])[1]
assert not WHOLE.refused
CUTS = st.lists(st.integers(1, len(ANSWER) - 1), max_size=40).map(lambda cuts: sorted({0, *cuts, len(ANSWER)}))


@given(CUTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_however_an_answer_comes_in_the_end_it_is_checked_as_a_whole_one(cuts: list[int]):
    pieces = [ANSWER[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]
    events, draft = events_of(pieces)
    assert (draft.text, draft.citations, draft.notice) == (WHOLE.text, WHOLE.citations, WHOLE.notice)
    assert [_without_chance(one) for one in draft.sentences] == [_without_chance(one) for one in WHOLE.sentences]
    assert _chances(draft) == pytest.approx(_chances(WHOLE), abs=1e-3)  # other batches, other last digits
    assert inert("".join(event for event in events if isinstance(event, str))).strip() == inert(_text_of(WHOLE))
    for checked in (event for event in events if isinstance(event, Checked)):
        assert all(one.check is not None for one in checked.sentences)


def _without_chance(sentence: Sentence) -> Sentence:
    return replace(sentence, check=sentence.check and replace(sentence.check, chance=0.0))


def _chances(draft: Draft) -> list[float]:
    return [one.check.chance for one in draft.sentences if one.check]


def _text_of(draft: Draft) -> str:
    return "".join(event for event in events_of([draft.said])[0] if isinstance(event, str)).strip()


def test_a_wrong_sentence_is_told_of_before_the_next_one_ends():
    words = [f" {word}" for word in ANSWER.split(" ")]
    events, draft = events_of(words)
    found = [(n, one) for n, one in enumerate(events) if isinstance(one, Checked)]
    first_wrong = next(n for n, one in found if any(s.check and s.check.state == "unsupported" for s in one.sentences))
    written = "".join(event for event in events[:first_wrong] if isinstance(event, str))
    assert "1886" in written
    assert "twelve seconds" not in written
    said = {one.text: one.check.state for one in draft.sentences if one.check}
    last = found[-1][1]
    assert {one.text: one.check.state for one in last.sentences if one.check}.items() <= said.items()
    assert len(last.sentences) == len(draft.sentences) - 1


def test_remarks_stand_behind_their_sentences_while_the_answer_grows():
    events, _ = events_of([f" {word}" for word in ANSWER.split(" ")])
    checked = [event for event in events if isinstance(event, Checked)][-1]
    drawn = growing("".join(e for e in events if isinstance(e, str)), checked)
    assert "from granite. [1] *(not in the source)*\n" in drawn
    assert "A ticket costs \\$7. [2] *(not in the source)*\n" in drawn
    assert "metres high. [1] It was" in drawn


def test_a_remark_has_no_place_where_the_text_has_changed():
    events, _ = events_of([f" {word}" for word in ANSWER.split(" ")])
    checked = [event for event in events if isinstance(event, Checked)][-1]
    assert remarked("Something else. [1]", checked) == "Something else. [1]"
    assert remarked("Something else. [1]", None) == "Something else. [1]"


def test_leaving_in_the_middle_ends_the_request():
    model = Pieces([f" {word}" for word in ANSWER.split(" ")])
    writing: Generator[str | Checked, None, Draft] = Writer(model, verifier=Verifier(support, topic)).write(
        QUESTION, HITS
    )
    while not isinstance(next(writing), Checked):
        pass
    writing.close()
    assert model.is_closed
    assert model.n_sent < len(model.pieces)


def test_what_cannot_be_checked_is_told_once_and_at_the_end():
    def broken() -> Support:
        raise ModelError("the weights are gone")

    events, draft = events_of([f" {word}" for word in ANSWER.split(" ")], Verifier(broken))
    assert not any(isinstance(event, Checked) for event in events)
    assert draft.notice.count("The weights are gone") == 1


def test_nothing_is_worked_out_twice(monkeypatch: pytest.MonkeyPatch):
    from rag.verification import support as module

    judged: list[str] = []
    own = module.Beside.of
    monkeypatch.setattr(module.Beside, "of", lambda self, claims: [judged.extend(claims), own(self, claims)][1])
    events_of([f" {word}" for word in ANSWER.split(" ")])
    assert len(judged) == len(set(judged))
