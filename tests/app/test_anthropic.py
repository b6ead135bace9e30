"""What is Anthropic's own: its request, its usage, its errors, its models, and parameters that newer ones refuse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.anthropic_events import MessageReply
from app.anthropic_model import AnthropicChatModel
from app.chat_doctor import examined
from app.chat_profiles import profile_of
from app.fallback import fallback_settings
from app.opening import open_model
from rag.errors import ModelError
from rag.settings import Settings
from rag.types import Message
from rag.usage import Usage
from rag.writing import Draft, Writer
from tests.app.chatting import KEY, QUESTION
from tests.fake_endpoint import FakeEndpoint, Reply, answers, streams
from tests.fake_messages import begins, ends, event, refuses, says, thought, word, wrong
from tests.rag.hits import a_hit

OTHER_KEY = "sk-other-0123456789abcdef"
OVERLOADED = streams(
    begins(), event("error", **{k: v for k, v in wrong("overloaded_error", "Overloaded").items() if k != "type"})
)


@pytest.fixture(autouse=True)
def _library() -> None:
    pytest.importorskip("anthropic")


def settings(endpoint: FakeEndpoint, **given: Any) -> Settings:  # noqa: ANN401
    return Settings(
        **{
            "chat_model": "claude-opus-5-5",
            "chat_profile": "anthropic",
            "base_url": endpoint.url,
            "anthropic_key": KEY,
            "api_key": OTHER_KEY,
            "timeout": 5.0,
            **given,
        }
    )


@contextmanager
def asking(
    *replies: Reply,
    pages: dict[str, Reply] | None = None,
    **given: Any,  # noqa: ANN401
) -> Iterator[tuple[AnthropicChatModel, FakeEndpoint]]:
    with FakeEndpoint(*replies, pages=pages) as endpoint:
        model = open_model(settings(endpoint, **given), retries=0)
        assert isinstance(model, AnthropicChatModel)
        try:
            yield model, endpoint
        finally:
            model.close()


def drafted(model: AnthropicChatModel) -> Draft:
    writing = Writer(model, window=model.window).write("How high is it?", [a_hit(1, "It is 41 metres high.")])
    while True:
        try:
            next(writing)
        except StopIteration as end:
            draft: Draft = end.value
            return draft


def test_the_request():
    with asking(says("x"), temperature=0.3, max_answer_tokens=9) as (model, endpoint):
        list(model.stream([*QUESTION, Message("assistant", "a"), Message("user", "b")]))
    request, headers = endpoint.requests[0], endpoint.headers[0]
    assert request["system"] == "Rules."
    assert [one["role"] for one in request["messages"]] == ["user", "assistant", "user"]
    assert (request["temperature"], request["max_tokens"], request["stream"]) == (0.3, 9, True)
    assert request["thinking"] == {"type": "disabled"}
    assert "top_p" not in request
    assert headers["anthropic-version"]
    assert headers["authorization"] == f"Bearer {KEY}", "and not the key of another endpoint"
    assert OTHER_KEY not in str(headers)


def test_usage_and_cost_of_an_answer():
    reply = streams(
        begins(input_tokens=100, cache_read_input_tokens=900), word("It is 41 metres high [1]."), ends(written=50)
    )
    with asking(reply) as (model, _):
        draft = drafted(model)
    assert draft.text == "It is 41 metres high [1]."
    assert [citation.chunk.id for citation in draft.citations] == [1]
    assert isinstance(draft.usage, Usage)
    assert (draft.usage.prompt_tokens, draft.usage.completion_tokens) == (1000, 50)
    assert not draft.usage.is_estimated
    assert draft.usage.cost == pytest.approx((1000 * 4 + 50 * 20) / 1e6)
    assert draft.usage.reported_model == "tiny-20260101"


def test_what_is_cut_off_is_noticed():
    with asking(says("It is 41 metres [1]. And", reason="max_tokens")) as (model, _):
        assert "FOOTNOTE_MAX_ANSWER_TOKENS" in drafted(model).notice
    with asking(streams(begins(), word("It is 41 metres high [1]."), ends=False)) as (model, _):
        assert "broke off" in drafted(model).notice


@pytest.mark.parametrize(
    ("reason", "known"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("something_new", "something_new"),
    ],
)
def test_reasons_to_stop(reason: str, known: str):
    with asking(says("a", reason=reason)) as (model, _):
        assert list(model.stream(QUESTION))[-1].finish_reason == known


def test_a_tool_that_is_asked_for():
    with asking(streams(begins(), ends("tool_use"))) as (model, _), pytest.raises(ModelError, match="asked for a tool"):
        list(model.stream(QUESTION))


def test_thoughts_are_not_text():
    with asking(streams(begins(), thought("hm"), word("a"), ends())) as (model, _):
        assert "".join(delta.text for delta in model.stream(QUESTION)) == "a"


def test_a_message_that_is_not_streamed():
    whole = {
        "type": "message",
        "model": "m",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "whole"}],
    }
    whole |= {"stop_reason": "max_tokens", "usage": {"input_tokens": 3, "output_tokens": 2}}
    with asking(answers(200, whole)) as (model, _):
        text, last = list(model.stream(QUESTION))
        assert model.streams is False
    assert (text.text, last.finish_reason, last.prompt_tokens, last.completion_tokens) == ("whole", "length", 3, 2)


def test_an_overload_within_the_stream_is_tried_again_before_the_first_word():
    with FakeEndpoint(OVERLOADED, says("at last")) as endpoint:
        model = AnthropicChatModel(base_url=endpoint.url, model="m", sleep=lambda _: None)
        assert "".join(delta.text for delta in model.stream(QUESTION)) == "at last"
        model.close()
    with asking(OVERLOADED) as (model, _), pytest.raises(ModelError, match=r"reported an error \(Overloaded\)"):
        list(model.stream(QUESTION))


def test_what_a_newer_model_refuses_is_left_out_and_told():
    refusals = [
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        "temperature: this parameter is not supported for this model",
        '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and '
        '"output_config.effort" to control thinking behavior.',
    ]
    refused = [refuses(400, "invalid_request_error", text) for text in refusals]
    with asking(*refused, says("ok"), temperature=0.5, top_p=0.9, seed=7) as (model, endpoint):
        list(model.stream(QUESTION))
        list(model.stream(QUESTION))
        assert model.refused == ["seed", "temperature", "top_p"]
    assert len(endpoint.requests) == 5, "what was refused is not tried again"
    last = endpoint.requests[-1]
    assert not last.keys() & {"temperature", "top_p", "thinking", "seed"}
    assert last["output_config"] == {"effort": "low"}


def test_a_refusal_that_names_nothing_is_told():
    with asking(refuses(400, "invalid_request_error", "Your credit balance is too low")) as (model, endpoint):
        with pytest.raises(ModelError, match="Your credit balance is too low"):
            list(model.stream(QUESTION))
        assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (refuses(401, "authentication_error", f"invalid key {KEY}"), "(invalid key [key]): set ANTHROPIC_API_KEY"),
        (refuses(404, "not_found_error"), "set FOOTNOTE_CHAT_MODEL to one of claude-x, claude-y"),
        (streams(b"nonsense\n"), "is no message: check that it speaks Anthropic's Messages protocol"),
    ],
)
def test_what_is_wrong_is_told_in_its_own_words(reply: Reply, words: str):
    listed = {"/v1/models": answers(200, {"data": [{"id": "claude-x"}, {"id": "claude-y"}]})}
    with asking(reply, pages=listed, chat_model="gone") as (model, _), pytest.raises(ModelError) as error:
        list(model.stream(QUESTION))
    assert words in str(error.value)


def test_the_doctor_and_the_context_that_is_told():
    pages = {
        "/v1/models": answers(200, {"data": [{"id": "claude-new"}]}),
        "/v1/models/claude-new": answers(200, {"id": "claude-new", "max_input_tokens": 500_000}),
    }
    with FakeEndpoint(says("yes"), pages=pages) as endpoint:
        (found,) = examined(settings(endpoint, chat_model="claude-new"))
    assert found.is_well, found.said
    assert "Anthropic" in found.said
    assert (found.facts["profile"], found.facts["context_tokens"]) == ("anthropic", 500_000)
    assert found.facts["models"] == ["claude-new"]
    assert {headers["authorization"] for _, headers in endpoint.looks} == {f"Bearer {KEY}"}
    assert all(headers["anthropic-version"] for _, headers in endpoint.looks)


def test_it_is_chosen_by_profile_or_address():
    assert profile_of(Settings(base_url="https://api.anthropic.com", chat_model="x")).name == "anthropic"
    assert isinstance(open_model(Settings(chat_profile="anthropic", chat_model="x")), AnthropicChatModel)
    opened = open_model(Settings(chat_profile="anthropic", chat_model="claude-haiku-4-5"))
    assert opened is not None
    assert opened.address == "https://api.anthropic.com/v1"
    assert opened.facts._found.context_tokens == 200_000


def test_as_a_fallback_it_gets_the_fallback_key_alone():
    first = Settings(chat_model="large", anthropic_key=KEY, api_key=OTHER_KEY)
    second = fallback_settings(
        Settings(
            chat_model="large",
            anthropic_key=KEY,
            fallback_model="claude",
            fallback_url="https://api.anthropic.com/v1",
            fallback_key=OTHER_KEY,
        )
    )
    assert second is not None
    assert (profile_of(second).name, second.anthropic_key) == ("anthropic", OTHER_KEY)
    assert KEY not in repr(first)


def test_without_the_library_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "anthropic", None)
    with asking(says("x")) as (model, endpoint), pytest.raises(ModelError, match="-r requirements-anthropic.txt"):
        list(model.stream(QUESTION))
    assert endpoint.requests == []


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"type": 3},
        {"type": "message_start", "message": 3},
        {"type": "content_block_delta", "delta": [1]},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": 7}},
        {"type": "message", "content": "text"},
        {"type": "message", "content": [3, {"type": "text"}]},
        {"type": "message_delta", "delta": {"stop_reason": {}}, "usage": {"output_tokens": "many"}},
        {"type": "error", "error": "x"},
    ],
)
def test_odd_events_are_no_text(odd: dict[str, Any]):
    assert MessageReply().read(odd) == ""
