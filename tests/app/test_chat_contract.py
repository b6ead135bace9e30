"""What every adapter of a chat endpoint does alike, whatever protocol it speaks; against real sockets."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from app.anthropic_model import AnthropicChatModel
from app.chat_facts import ChatFacts
from app.chat_model import OpenAIChatModel
from app.detection import Found
from app.opening import OpenedModel
from rag.errors import ConfigError, ModelError
from rag.types import Delta
from tests import fake_endpoint, fake_messages
from tests.app.chatting import KEY, QUESTION
from tests.fake_endpoint import FakeEndpoint, Reply, answers, hangs_up, stays_silent, streams
from tests.ingest.working import until


@dataclass(frozen=True)
class Protocol:
    """How the same things are said in each protocol."""

    opened: Callable[..., OpenedModel]
    says: Callable[..., Reply]
    word: Callable[[str], bytes]
    start: bytes
    alive: bytes
    thought: bytes
    length: bytes
    filtered: bytes
    failed: bytes
    """An error within the stream."""
    library: str


OPENAI = Protocol(
    OpenAIChatModel,
    fake_endpoint.says,
    fake_endpoint.event,
    b": hello\n\n",
    b": still here\n\n",
    fake_endpoint.event(delta={"reasoning": "hm"}),
    fake_endpoint.event(finish_reason="length") + fake_endpoint.DONE,
    fake_endpoint.event(finish_reason="content_filter") + fake_endpoint.DONE,
    fake_endpoint.event(error={"message": "out of memory"}),
    "openai",
)
ANTHROPIC = Protocol(
    AnthropicChatModel,
    fake_messages.says,
    fake_messages.word,
    fake_messages.begins(),
    fake_messages.PING,
    fake_messages.thought("hm"),
    fake_messages.ends("max_tokens"),
    fake_messages.ends("refusal"),
    fake_messages.event("error", error={"type": "invalid_request_error", "message": "out of memory"}),
    "anthropic",
)


@pytest.fixture(params=[OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def spoken(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    pytest.importorskip(found.library)
    return found


@contextmanager
def chat(
    spoken: Protocol,
    *replies: Reply,
    models: tuple[str, ...] = (),
    **options: Any,  # noqa: ANN401
) -> Iterator[tuple[OpenedModel, FakeEndpoint]]:
    given = {"api_key": KEY, "timeout": 5.0, "sleep": lambda _: None, **options}
    with FakeEndpoint(*replies, models=models) as endpoint:
        model = spoken.opened(base_url=endpoint.url, model="tiny", **given)
        try:
            yield model, endpoint
        finally:
            model.close()


def said(model: OpenedModel) -> tuple[str, Delta]:
    deltas = list(model.stream(QUESTION))
    return "".join(delta.text for delta in deltas), deltas[-1]


def failure(spoken: Protocol, *replies: Reply, **options: Any) -> tuple[str, str]:  # noqa: ANN401
    """(text that came before it, the error's sentence)."""
    text = ""
    with chat(spoken, *replies, **options) as (model, _), pytest.raises(ModelError) as error:
        for delta in model.stream(QUESTION):
            text += delta.text
    return text, str(error.value)


def test_a_stream_in_good_order(spoken: Protocol):
    with chat(spoken, spoken.says("Hello", " wörld", " 👍")) as (model, endpoint):
        text, last = said(model)
        assert said(model)[0] == text == "Hello wörld 👍"
    assert (last.finish_reason, last.prompt_tokens, last.completion_tokens) == ("stop", 11, 3)
    assert model.streams is True
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"
    assert (endpoint.requests[0]["model"], endpoint.requests[0]["max_tokens"]) == ("tiny", 512)
    assert endpoint.requests[0]["messages"][-1] == {"role": "user", "content": QUESTION[1].content}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refused the key (no): set OPENAI_API_KEY"),
        (403, "denies access to 'tiny'"),
        (404, "knows no model 'tiny'"),
        (413, "too long for 'tiny': lower FOOTNOTE_TOP_K"),
        (418, "refused the request with status 418 (no)"),
        (429, "has had too many requests"),
        (500, "failed with status 500 (no)"),
        (529, "failed with status 529 (no)"),
    ],
)
def test_a_refusal_is_one_sentence_with_the_cure(spoken: Protocol, status: int, words: str):
    text, sentence = failure(spoken, fake_messages.refuses(status, "some_error"))
    assert text == ""
    assert words in sentence
    assert sentence.startswith("the chat model at http://127.0.0.1:")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answers(400, {"error": {"message": "prompt is too long: 9 tokens > 8 maximum"}}), "too long for 'tiny'"),
        (answers(405, "<!doctype html><p>no"), "web page"),
        (answers(200, "<html>hello</html>"), "web page"),
        (answers(307, location="http://user:pw@other.example/v1"), "redirects to another address"),
        (answers(200, {"data": []}), "empty answer"),
        (answers(200, "[1, 2]", content_type="application/json"), "is no chat completion"),
        (streams(b"data: {not json\n\n"), "is no chat completion"),
        (streams(b"data: [1]\n\n"), "is no chat completion"),
        (streams(b"data: " + b"[" * 100_000 + b"\n\n"), "is no chat completion"),
        (streams(b"data: " + b"x" * 5_000_000), "is no chat completion"),
        (streams(b"hello there\n"), "is no chat completion"),
    ],
)
def test_what_is_no_answer_is_told(spoken: Protocol, reply: Reply, words: str):
    text, sentence = failure(spoken, reply)
    assert (text, words in sentence) == ("", True), sentence


def test_an_error_in_the_stream_comes_after_its_text(spoken: Protocol):
    text, sentence = failure(spoken, streams(spoken.start, spoken.word("half"), spoken.failed))
    assert text == "half"
    assert "reported an error (out of memory)" in sentence


def test_empty_answers_say_why(spoken: Protocol):
    assert "FOOTNOTE_MAX_ANSWER_TOKENS" in failure(spoken, streams(spoken.start, spoken.length))[1]
    assert "content filter" in failure(spoken, streams(spoken.start, spoken.filtered))[1]
    assert "empty answer" in failure(spoken, spoken.says())[1]


def test_the_length_limit_and_a_filter_are_told(spoken: Protocol):
    for end, reason in ((spoken.length, "length"), (spoken.filtered, "content_filter")):
        with chat(spoken, streams(spoken.start, spoken.word("a"), end)) as (model, _):
            assert said(model)[1].finish_reason == reason


def test_the_last_event_ends_a_stream_that_stays_open(spoken: Protocol):
    with chat(spoken, streams(spoken.start, spoken.word("a"), spoken.length, 60.0), timeout=1.0) as (model, _):
        assert said(model)[0] == "a"


def test_an_endless_stream_is_ended(spoken: Protocol):
    endless = streams(spoken.start, *[spoken.word("x" * 1000)] * 50)
    with chat(spoken, endless, max_tokens=10) as (model, _):
        text, last = said(model)
    assert (len(text), last.finish_reason) == (1000, "length")


@pytest.mark.parametrize("silence", ["silent", "slow first word", "only signs of life", "only thoughts"])
def test_a_silent_endpoint_is_given_up(spoken: Protocol, silence: str):
    replies = {
        "silent": stays_silent(60.0),
        "slow first word": streams(60.0, spoken.word("late")),
        "only signs of life": streams(*[part for _ in range(1200) for part in (spoken.alive, 0.05)]),
        "only thoughts": streams(*[part for _ in range(1200) for part in (spoken.thought, 0.05)]),
    }
    start = time.monotonic()
    text, sentence = failure(spoken, replies[silence], timeout=0.3)
    assert time.monotonic() - start < 30, "it would go on for a minute"
    assert text == ""
    assert "sent nothing for 0.3 seconds" in sentence


def test_slow_between_words(spoken: Protocol):
    text, sentence = failure(spoken, streams(spoken.word("one "), spoken.word("two"), 60.0), timeout=1.0)
    assert text == "one two"
    assert "sent nothing for 1 second" in sentence


def test_a_cut_stream_keeps_what_came_and_is_not_repeated(spoken: Protocol):
    cut = streams(spoken.start, *[spoken.word(f"w{n} ") for n in range(5)], ends=False)
    text = ""
    with chat(spoken, cut) as (model, endpoint), pytest.raises(ModelError, match="broke off in the middle"):
        for delta in model.stream(QUESTION):
            text += delta.text
    assert (text, len(endpoint.requests)) == ("w0 w1 w2 w3 w4 ", 1)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 529])
def test_what_may_pass_is_tried_again(spoken: Protocol, status: int):
    waits: list[float] = []
    refused = fake_messages.refuses(status, "overloaded_error", retry_after="2")
    with chat(spoken, refused, spoken.says("at last"), sleep=waits.append) as (model, endpoint):
        assert said(model)[0] == "at last"
    assert (len(endpoint.requests), waits) == (2, [2.0])


def test_a_connection_that_ends_before_the_first_word_is_tried_again(spoken: Protocol):
    for first in (hangs_up, streams(spoken.start, ends=False)):
        with chat(spoken, first, spoken.says("at last")) as (model, _):
            assert said(model)[0] == "at last"


def test_closing_the_iterator_closes_the_connection(spoken: Protocol):
    endless = streams(*[part for _ in range(3000) for part in (spoken.word("x"), 0.02)])
    with chat(spoken, endless) as (model, endpoint):
        stream = model.stream(QUESTION)
        assert next(stream).text == "x"
        stream.close()
        until(endpoint.hung_up.is_set)


def test_bytes_split_inside_a_letter(spoken: Protocol):
    whole = spoken.word("naïve 👍 \u2028 \x85 end")
    parts = [whole[i : i + 1] for i in range(len(whole))]
    with chat(spoken, streams(spoken.start, *parts, spoken.length)) as (model, _):
        assert said(model)[0] == "naïve 👍 \u2028 \x85 end"


def test_neither_key_nor_prompt_gets_out(spoken: Protocol, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    echo = {"error": {"message": f"invalid key {KEY} in Bearer {KEY} at http://u:p4ssw@h/ and sk-ant-1234567890"}}
    with FakeEndpoint(answers(401, echo)) as endpoint:
        model = spoken.opened(base_url=endpoint.url.replace("//", "//user:hidden@"), model="tiny", api_key=KEY)
        with pytest.raises(ModelError) as error:
            next(model.stream(QUESTION))
        model.close()
    shown = "".join(traceback.format_exception(error.value)) + caplog.text + str(error.value) + repr(model)
    for secret in (KEY, "hidden", "p4ssw", "sk-ant", "SECRET-QUESTION"):
        assert secret not in shown


def test_keys_and_addresses_that_cannot_be_used(spoken: Protocol):
    for wrong in ({"api_key": "a\nb"}, {"api_key": "schlüssel"}, {"base_url": "http://x:99999/v1"}):
        with pytest.raises(ConfigError):
            spoken.opened(**{"base_url": "http://127.0.0.1/v1", "model": "tiny", **wrong})


def test_an_answer_takes_half_of_a_known_context_at_most(spoken: Protocol):
    with chat(spoken, spoken.says("x"), facts=lambda _: ChatFacts(Found(context_tokens=300))) as (model, endpoint):
        said(model)
        window = model.window()
    assert endpoint.requests[0]["max_tokens"] == 150
    assert (window.context_tokens, window.room) == (300, 150)
