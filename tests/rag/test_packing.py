"""What is sent to a chat model: in an order that it reads well, and never more than its context holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest

from rag.errors import ModelError
from rag.packing import Window
from rag.prompt import PASSAGE_BUDGET, messages, messages_from_notes, note_messages
from rag.tokens import estimated
from rag.types import Answer, Delta, Hit, Message, Trace, Turn
from rag.writing import Writer
from tests.rag.hits import a_hit

SENTENCE = "The harbour master of place {n} counts the boats at noon, and again at six."
QUESTION = "How many boats are there?"


def passages(n: int, n_sentences: int = 30) -> list[Hit]:
    return [a_hit(number, " ".join([SENTENCE.format(n=number)] * n_sentences)) for number in range(1, n + 1)]


def turns(n: int, length: int = 40) -> list[Turn]:
    said = [(f"What of pier {i}? ", "There are boats. " * length) for i in range(n)]
    return [Turn(asked * length, Answer(asked, told, (), (), (), Trace())) for asked, told in said]


def numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"^\[(\d+)\] Doc", text, re.MULTILINE)]


def test_the_best_passages_stand_first_and_last():
    request = messages(QUESTION, passages(7, 1), (), marker="5eed5eed")
    assert numbers(request.messages[-1].content) == [1, 3, 5, 7, 6, 4, 2]
    for n in range(1, 8):
        assert f"[{n}] Doc {n}, page 1\n{SENTENCE.format(n=n)}" in request.messages[-1].content


def test_passages_of_a_whole_document_keep_their_order():
    read = [Hit(hit.chunk, 1.0, "read") for hit in passages(5, 1)]
    assert numbers(messages(QUESTION, read, (), marker="5eed5eed").messages[-1].content) == [1, 2, 3, 4, 5]


def test_what_comes_before_the_passages_stays_the_same_from_one_request_to_the_next():
    history = turns(2, 3)
    first = messages(QUESTION, passages(2), history[:1], marker="a1a1")
    second = messages("And now?", passages(3), history, marker="b2b2")
    assert second.messages[:3] == first.messages[:3]
    assert "a1a1" not in "".join(message.content for message in first.messages[:-1])


@pytest.mark.parametrize("context", [1200, 2048, 4096, 8192])
@pytest.mark.parametrize("count", [estimated, len, lambda text: len(text) // 5], ids=["estimate", "letters", "long"])
@pytest.mark.parametrize("n_turns", [0, 3])
def test_a_request_never_overflows_and_wastes_little(context: int, count, n_turns: int):  # noqa: ANN001
    window = Window(context, 256, count)
    if count is len:
        window = Window(4 * context, 256, count)
    request = messages(QUESTION, passages(8), turns(n_turns), marker="5eed5eed", window=window)
    used, room = window.tokens(request.messages), window.room
    assert room is not None
    assert used <= room
    if request.messages != messages(QUESTION, passages(8), turns(n_turns), marker="5eed5eed").messages:
        assert used > 0.6 * room
    shown = numbers(request.messages[-1].content)
    assert sorted(shown) == list(range(1, request.n_passages + 1))


def test_passages_end_with_a_sentence_and_the_last_ones_go_first():
    request = messages(QUESTION, passages(8), (), marker="5eed5eed", window=Window(1100, 256))
    assert 1 <= request.n_passages < 8
    bodies = [line for line in request.messages[-1].content.splitlines() if line.startswith("The harbour master")]
    assert len(bodies) == request.n_passages
    assert all(line.endswith("at six. …") for line in bodies)


def test_earlier_turns_give_way_before_the_passages():
    small = messages(QUESTION, passages(4), turns(3, 80), marker="5eed5eed", window=Window(2200, 256))
    large = messages(QUESTION, passages(4), turns(3, 80), marker="5eed5eed")
    spoken = [sum(len(message.content) for message in one.messages[1:-1]) for one in (small, large)]
    read = [len(one.messages[-1].content) for one in (small, large)]
    assert spoken[0] / spoken[1] < read[0] / read[1]
    tiny = messages(QUESTION, passages(4), turns(3, 80), marker="5eed5eed", window=Window(1000, 256))
    assert len(tiny.messages) == 2


def test_an_unknown_or_long_context_changes_nothing():
    plain = messages(QUESTION, passages(8), turns(3), marker="5eed5eed")
    assert messages(QUESTION, passages(8), turns(3), marker="5eed5eed", window=Window(128_000, 512)) == plain
    assert sum(len(hit.chunk.text) for hit in passages(8)) > PASSAGE_BUDGET
    assert plain.n_passages == 8


def test_a_question_that_does_not_fit_at_all_is_told():
    with pytest.raises(ModelError, match="context of 600 tokens.*FOOTNOTE_MAX_ANSWER_TOKENS"):
        messages("why " * 900, passages(2), (), marker="5eed5eed", window=Window(600, 512))


def test_an_answer_takes_half_of_the_context_at_most():
    assert (Window(4096, 512).room, Window(4096, 100_000).room, Window(None, 512).room) == (3584, 2048, None)


def test_notes_fit_too():
    window = Window(1500, 256)
    notes = [f"Boat {n} is in the harbour. [{n}]" for n in range(1, 400)]
    written = messages_from_notes(QUESTION, notes, marker="5eed5eed", window=window)
    assert window.holds(written)
    assert "Boat 1 is" in written[-1].content
    taken = note_messages(QUESTION, passages(8), marker="5eed5eed", budget=12_000, most=12, window=window)
    assert window.holds(taken.messages)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The harbour opens at six in the morning.", 9, 14),
        ("1,204.50", 8, 8),
        ("港口早上六点开放。", 13, 13),
        ("", 0, 0),
    ],
)
def test_an_estimate_is_rather_too_high(text: str, low: int, high: int):
    assert low <= estimated(text) <= high


class Citing:
    """A ChatModel that cites what it was shown and what it was not."""

    name = "citing"

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        assert "[8] Doc 8" not in messages[-1].content
        yield Delta("Boats are counted at noon. [1] And at night. [8]")
        yield Delta(finish_reason="stop")


def test_a_passage_that_did_not_fit_cannot_be_cited():
    writing = Writer(Citing(), window=lambda: Window(1100, 256)).write(QUESTION, passages(8))
    while True:
        try:
            next(writing)
        except StopIteration as end:
            draft = end.value
            break
    assert [citation.chunk.id for citation in draft.citations] == [1]
    assert "[8]" not in draft.text
