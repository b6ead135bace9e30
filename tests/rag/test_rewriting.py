"""A chat model that is shown what its sources do not bear out, and writes again."""

from collections.abc import Iterator, Sequence

from indexes.support_weights import support
from rag.errors import ModelError
from rag.packing import Window
from rag.prompt import ANY
from rag.types import Delta, Hit, Message
from rag.verification.verifier import Verifier
from rag.writing import Draft, Writer
from tests.rag.hits import a_hit

HITS = [a_hit(1, "The pier of Varn is 41 metres long and was built in 1868."), a_hit(2, "The kiosk sells tea at noon.")]
WRONG = "The pier of Varn is 41 metres long. [1] It was built in 1886. [1]"
RIGHT = "The pier of Varn is 41 metres long. [1] It was built in 1868. [1]"


class Says:
    """Gives its replies in turn; None fails."""

    name = "scripted"

    def __init__(self, *replies: str | None) -> None:
        self.replies = list(replies)
        self.requests: list[list[Message]] = []

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        self.requests.append(list(messages))
        reply = self.replies.pop(0)
        if reply is None:
            raise ModelError("the endpoint is down")
        yield Delta(reply)
        yield Delta(finish_reason="stop", prompt_tokens=100, completion_tokens=20)


def drafted(
    model: Says, *, is_rewriting: bool = True, window: Window = ANY, hits: Sequence[Hit] = HITS
) -> tuple[str, Draft]:
    """(what was shown as it came, the draft)."""
    shown: list[str] = []
    writer = Writer(model, verifier=Verifier(support), is_rewriting=is_rewriting, window=lambda: window)
    writing = writer.write("How long is the pier, and when was it built?", hits)
    while True:
        try:
            event = next(writing)
            shown += [event] if isinstance(event, str) else []
        except StopIteration as end:
            return "".join(shown), end.value


def test_what_was_wrong_is_written_again():
    model = Says(WRONG, RIGHT)
    shown, draft = drafted(model)
    assert draft.text == RIGHT
    assert draft.notice == "Rewritten after 1 sentence had not been borne out."
    assert shown == WRONG  # the second answer comes as a whole
    assert (draft.usage.prompt_tokens, draft.usage.completion_tokens) == (200, 40)
    first, second = model.requests
    assert second[: len(first)] == first
    assert second[len(first)].content == WRONG
    assert "“It was built in 1886.”: “1886” is not in the source, which says “1868”" in second[-1].content


def test_the_first_answer_stays_where_the_second_is_no_better_or_fails():
    assert drafted(Says(WRONG, WRONG))[1].text == WRONG
    assert drafted(Says(WRONG, "The documents do not contain the answer."))[1].text == WRONG
    worse = drafted(Says(WRONG, "The pier is 14 metres long. [1] It was built in 1777. [1]"))[1]
    assert worse.text == WRONG
    assert worse.usage.prompt_tokens == 200
    failed = drafted(Says(WRONG, None))[1]
    assert failed.text == WRONG
    assert failed.usage.prompt_tokens == 100


def test_what_would_be_withheld_may_be_mended():
    model = Says("The pier was bought by a rich family from abroad. [1]", RIGHT)
    assert drafted(model)[1].text == RIGHT


def test_what_is_right_and_what_is_not_to_be_rewritten_take_one_request():
    assert len((model := Says(RIGHT)).requests) == 0
    assert drafted(model)[1].text == RIGHT
    off = Says(WRONG)
    draft = drafted(off, is_rewriting=False)[1]
    assert draft.notice == "1 of 2 sentences is not wholly borne out by its source."
    assert len(off.requests) == len(model.requests) == 1


def test_a_request_to_write_again_fits_by_fewer_words_of_the_passages():
    model, window = Says(WRONG, RIGHT), Window(1_400, 200)
    draft = drafted(model, window=window, hits=[*HITS, a_hit(3, "The kiosk sells tea at noon. " * 400)])[1]
    assert draft.text == RIGHT
    assert [window.holds(request) for request in model.requests] == [True, True]
    assert model.requests[1][-2].content == WRONG


def test_where_it_fits_in_no_way_the_answer_says_so():
    model, window = Says(WRONG + " The kiosk sells tea at noon. [2]" * 100), Window(1_400, 200)
    draft = drafted(model, window=window)[1]
    assert draft.text.startswith(WRONG)
    assert draft.notice.endswith(
        "It was not written anew, since a request with all of it does not fit into the chat model's context."
    )
    assert len(model.requests) == 1
