"""Optional parameters reach the endpoint, and those that it refuses are left out from then on."""

from __future__ import annotations

import pytest

from app.chat_model import open_chat_model
from app.chat_profiles import PROFILES
from rag.errors import ConfigError
from rag.settings import Settings
from tests.app.chatting import chat, said
from tests.fake_endpoint import FakeEndpoint, answers, says

ALL = {
    "FOOTNOTE_SAMPLE_TOP_K": "40",
    "FOOTNOTE_FREQUENCY_PENALTY": "0.5",
    "FOOTNOTE_PRESENCE_PENALTY": "-1",
    "FOOTNOTE_REPETITION_PENALTY": "1.1",
    "FOOTNOTE_SEED": "0",
}
PLAIN = {"top_k": 40, "frequency_penalty": 0.5, "presence_penalty": -1.0, "seed": 0}


def sent(*replies: object, **settings: str) -> list[dict[str, object]]:
    """The requests of two questions, without what every request has."""
    with FakeEndpoint(*replies) as endpoint:  # type: ignore[arg-type]
        environment = {"FOOTNOTE_CHAT_MODEL": "tiny", "OPENAI_BASE_URL": endpoint.url, **settings}
        model = open_chat_model(Settings.from_env(environment))
        assert model is not None
        assert said(model)[0] == said(model)[0] == "ok"
        model.close()
    usual = {"model", "messages", "stream", "stream_options", "temperature", "max_tokens"}
    return [{name: value for name, value in request.items() if name not in usual} for request in endpoint.requests]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("auto", PLAIN | {"repetition_penalty": 1.1}),
        ("vllm", PLAIN | {"repetition_penalty": 1.1}),
        ("llama.cpp", PLAIN | {"repeat_penalty": 1.1}),
        ("lmstudio", PLAIN | {"repeat_penalty": 1.1}),
        ("openai", {name: value for name, value in PLAIN.items() if name != "top_k"}),
        ("ollama", {name: value for name, value in PLAIN.items() if name != "top_k"}),
    ],
)
def test_what_is_set_is_sent_by_the_names_of_the_endpoint(profile: str, expected: dict[str, object]):
    assert sent(says("ok"), **ALL, FOOTNOTE_CHAT_PROFILE=profile) == [expected] * 2


def test_what_is_not_set_is_not_sent():
    assert sent(says("ok")) == [{}, {}]


@pytest.mark.parametrize(
    ("detail", "left_out"),
    [
        ([{"loc": ["body", "top_k"], "msg": "Extra inputs are not permitted"}], {"top_k"}),
        ("Unsupported parameters: seed, repetition_penalty", {"seed", "repetition_penalty"}),
    ],
)
def test_of_what_is_set_only_what_is_refused_is_left_out(detail: object, left_out: set[str]):
    first, *later = sent(answers(422, {"detail": detail}), says("ok"), **ALL)
    assert set(first) - set(later[0]) == left_out
    assert later[0] == later[1]


def test_where_nothing_is_named_all_that_is_not_usual_is_left_out():
    refusal = answers(400, {"error": "bad request"})
    requests = sent(refusal, refusal, says("ok"), **ALL)
    assert [len(request) for request in requests] == [5, 5, 0, 0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FOOTNOTE_SEED", "-1", "whole number from 0 to 2147483647, or auto"),
        ("FOOTNOTE_SEED", "1.5", "or auto"),
        ("FOOTNOTE_FREQUENCY_PENALTY", "3", "from -2 to 2"),
        ("FOOTNOTE_PRESENCE_PENALTY", "nan", "from -2 to 2"),
        ("FOOTNOTE_REPETITION_PENALTY", "0", "from 0.1 to 10"),
        ("FOOTNOTE_SAMPLE_TOP_K", "-5", "from 0 to 100000"),
        ("FOOTNOTE_CONTEXT_TOKENS", "12", "from 256 to 100000000, or auto"),
        ("FOOTNOTE_CHAT_PROFILE", "chatgpt", f"auto, {', '.join(PROFILES)}"),
    ],
)
def test_values_out_of_range(name: str, value: str, words: str):
    with pytest.raises(ConfigError, match=name) as error:
        Settings.from_env({name: value})
    assert words in str(error.value)


def test_an_answer_is_asked_for_within_half_of_the_context():
    with FakeEndpoint(says("ok")) as endpoint:
        given = Settings(chat_model="tiny", base_url=endpoint.url, context_tokens=600)
        model = open_chat_model(given)
        assert model is not None
        said(model)
        model.close()
    assert endpoint.requests[0]["max_tokens"] == 300


def test_options_and_no_key():
    with chat(says("x"), api_key="", top_p=0.9, temperature=0.5, max_tokens=7) as (model, endpoint):
        said(model)
    assert [endpoint.requests[0][name] for name in ("top_p", "temperature", "max_tokens")] == [0.9, 0.5, 7]


@pytest.mark.parametrize(
    ("reason", "left_out", "added"),
    [
        ("Unknown parameter: 'stream_options'.", "stream_options", None),
        ("'max_tokens' is not supported with this model.", "max_tokens", "max_completion_tokens"),
        ("Unsupported value: 'temperature' does not support 0.", "temperature", None),
        ("bad request", "stream_options", None),
    ],
)
def test_an_option_that_is_refused_is_left_out_from_then_on(reason: str, left_out: str, added: str | None):
    waits: list[float] = []
    with chat(answers(400, {"error": {"message": reason}}), says("ok"), sleep=waits.append) as (model, endpoint):
        assert said(model)[0] == said(model)[0] == "ok"
    assert [left_out in request for request in endpoint.requests] == [True, False, False]
    assert added is None or endpoint.requests[1][added] == 512
    assert waits == []
