"""The chat adapter against real sockets: what is sent, and that nothing hangs or stays open."""

from __future__ import annotations

import threading
import time

import pytest

from app.chat_model import OpenAIChatModel, open_chat_model
from indexes import connection
from rag.errors import ConfigError, ModelError
from rag.settings import Settings
from rag.types import Delta
from tests.app.chatting import KEY, QUESTION, chat, failure, said
from tests.fake_endpoint import FakeEndpoint, Reply, event, says, stays_silent, streams
from tests.ingest.working import until


def test_a_stream_in_good_order():
    with chat(says("Hello", " wörld", " 👍")) as (model, endpoint):
        assert said(model) == ("Hello wörld 👍", Delta("", "stop", 11, 3))
    request = endpoint.requests[0]
    assert request["messages"][1] == {"role": "user", "content": QUESTION[1].content}
    assert (request["model"], request["temperature"], request["max_tokens"]) == ("tiny", 0.0, 512)
    assert request["stream_options"] == {"include_usage": True}
    assert "top_p" not in request
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"


def test_the_connection_is_used_again():
    with chat(says("x")) as (model, endpoint):
        assert said(model) == said(model)
    assert len(endpoint.requests) == 2


def test_a_connection_that_servers_may_just_be_closing_is_not_used_again(monkeypatch: pytest.MonkeyPatch):
    assert connection.KEPT_SECONDS < 5, "uvicorn and llama.cpp close one after five seconds"
    monkeypatch.setattr(connection, "KEPT_SECONDS", 0.2)
    with chat(says("x")) as (model, _):
        said(model)
        (used,) = model._client._client._transport._pool.connections
        until(used.has_expired)
        said(model)
        assert model._client._client._transport._pool.connections != [used]


@pytest.mark.parametrize(
    "reply",
    [
        stays_silent(60.0),
        streams(60.0, event("late")),
        streams(*[part for _ in range(1200) for part in (b": still here\n\n", 0.05)]),
        streams(*[part for _ in range(1200) for part in (event(delta={"reasoning": "hm"}), 0.05)]),
    ],
    ids=["silent", "slow first word", "only signs of life", "only thoughts"],
)
def test_a_slow_endpoint_is_given_up(reply: Reply):
    start = time.monotonic()
    text, sentence = failure(reply, timeout=0.3)
    assert time.monotonic() - start < 30, "it would go on for a minute"
    assert text == ""
    assert "sent nothing for 0.3 seconds" in sentence
    assert "FOOTNOTE_TIMEOUT" in sentence


def test_slow_between_words():
    text, sentence = failure(streams(event("one "), event("two"), 60.0, event("three")), timeout=3.0)
    assert text == "one two"
    assert "sent nothing for 3 seconds" in sentence


def test_a_slow_reader_is_not_taken_for_a_slow_endpoint():
    with chat(says("a", "b"), timeout=2) as (model, _):
        for _ in model.stream(QUESTION):
            time.sleep(2.1)


def test_closing_the_iterator_closes_the_connection():
    endless = streams(*[part for _ in range(3000) for part in (event("x"), 0.02)])
    threads = threading.active_count()
    with chat(endless) as (model, endpoint):
        stream = model.stream(QUESTION)
        assert next(stream).text == "x"
        start = time.monotonic()
        stream.close()
        assert endpoint.hung_up.wait(30)
        assert time.monotonic() - start < 30, "it would go on for a minute"
    until(lambda: threading.active_count() <= threads + 1)


@pytest.mark.parametrize("key", ["a\nb", "a b", "schlüssel", "\x00"])
def test_a_key_that_cannot_be_sent(key: str):
    with pytest.raises(ConfigError, match="OPENAI_API_KEY") as error:
        OpenAIChatModel(base_url="http://127.0.0.1/v1", model="tiny", api_key=key)
    assert key not in str(error.value)


def test_an_endpoint_on_this_machine_gets_no_proxy(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with chat(says("direct")) as (model, _):
        assert said(model)[0] == "direct"
    model = OpenAIChatModel(base_url="http://far.example/v1", model="tiny", retries=0)
    with pytest.raises(ModelError, match="nobody listens there"):  # the proxy of the environment
        next(model.stream(QUESTION))
    model.close()


def test_the_settings_open_a_model():
    with FakeEndpoint(says("x")) as endpoint:
        model = open_chat_model(
            Settings(chat_model="tiny", base_url=endpoint.url, api_key=KEY, temperature=0.3, max_answer_tokens=9)
        )
        assert model is not None
        assert said(model)[0] == "x"
        model.close()
    assert [endpoint.requests[0][name] for name in ("model", "temperature", "max_tokens")] == ["tiny", 0.3, 9]


def test_without_a_model_in_the_settings_there_is_none():
    assert open_chat_model(Settings()) is None
