"""Every way in which an endpoint fails is one sentence with the cure, and none of them tells a secret."""

from __future__ import annotations

import logging
import socket
import traceback
from base64 import b64encode

import pytest

from app.chat_model import OpenAIChatModel
from rag.errors import ConfigError, ModelError
from tests.app.chatting import KEY, QUESTION, failure
from tests.fake_endpoint import DONE, FakeEndpoint, Reply, answers, event, streams


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answers(401, {"error": {"message": "Incorrect API key"}}), ["refused the key (Incorrect", "OPENAI_API_KEY"]),
        (answers(403, {"error": "no"}), ["denies access to 'tiny'", "OPENAI_API_KEY"]),
        (answers(404, {"error": {"message": "no"}}), ["knows no model 'tiny'", "FOOTNOTE_CHAT_MODEL", "/v1"]),
        (answers(413), ["too long for 'tiny'", "FOOTNOTE_TOP_K"]),
        (answers(400, {"error": {"message": "maximum context length is 8"}}), ["too long", "FOOTNOTE_TOP_K"]),
        (answers(500, {"error": {"message": "exceeds the available context size"}}), ["too long", "FOOTNOTE_TOP_K"]),
        (answers(429, {"error": "quota"}), ["too many requests", "quota"]),
        (answers(500, {"error": {"message": "boom"}}), ["failed with status 500 (boom)", "ask again"]),
        (answers(503, "<html><body>busy</body></html>"), ["failed with status 503:", "ask again"]),
        (answers(418, {"detail": "teapot"}), ["refused the request with status 418 (teapot)"]),
        (answers(405, "<!doctype html><p>no"), ["web page", "OPENAI_BASE_URL"]),
        (answers(200, "<html>hello</html>"), ["web page", "OPENAI_BASE_URL"]),
        (answers(307, location="http://user:pw@other.example/v1"), ["redirects", "http://other.example/v1"]),
        (answers(200, {"data": []}), ["empty answer"]),
        (answers(200, "[1, 2]", content_type="application/json"), ["no chat completion"]),
        (streams(b"data: {not json\n\n"), ["no chat completion", "OpenAI-compatible"]),
        (streams(b"data: [1]\n\n"), ["no chat completion"]),
        (streams(b"hello there\n"), ["no chat completion"]),
        (streams(b"data: " + b"[" * 100_000 + b"\n\n"), ["no chat completion"]),
        (streams(b"data: " + b"x" * 5_000_000), ["no chat completion"]),
        (streams(event(finish_reason="stop"), DONE), ["empty answer"]),
        (streams(event(choices=[]), event(choices=None), event(choices="x"), event(choices=[3]), DONE), ["empty"]),
        (streams(event(delta=None, finish_reason="length"), DONE), ["length limit", "FOOTNOTE_MAX_ANSWER_TOKENS"]),
        (streams(event(delta={}, finish_reason="content_filter"), DONE), ["content filter"]),
        (streams(event(delta={"tool_calls": [{"id": "x"}]}, finish_reason="tool_calls"), DONE), ["asked for a tool"]),
        (streams(event(error={"message": "out of memory"})), ["reported an error (out of memory)"]),
        (streams(b": wait\n\n", ends=False), ["broke off"]),
    ],
)
def test_one_sentence_with_the_cure(reply: Reply, words: list[str]):
    text, sentence = failure(reply)
    assert text == ""
    assert [word for word in words if word not in sentence] == []
    assert sentence.startswith("the chat model at http://127.0.0.1:")
    assert "\n" not in sentence
    assert len(sentence) < 500


def test_the_models_that_there_are():
    _, sentence = failure(answers(404, {"error": "?"}), models=("small", "large"))
    assert sentence.endswith("does not know the model 'tiny': set FOOTNOTE_CHAT_MODEL to one of small, large")


def test_nobody_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    waits: list[float] = []
    model = OpenAIChatModel(base_url=f"http://me:pw@127.0.0.1:{port}/v1", model="tiny", sleep=waits.append)
    with pytest.raises(ModelError) as error:
        next(model.stream(QUESTION))
    model.close()
    assert str(error.value) == (
        f"cannot reach the chat model at http://127.0.0.1:{port}/v1 (nobody listens there): "
        "start it there, or correct OPENAI_BASE_URL"
    )
    assert len(waits) == 2


def test_no_such_host(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    model = OpenAIChatModel(base_url="http://no-such-host.invalid/v1", model="tiny", retries=0)
    with pytest.raises(ModelError, match=r"no-such-host\.invalid/v1 \(no such host\)"):
        next(model.stream(QUESTION))
    model.close()


def test_neither_key_nor_prompt_gets_out(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    echo = {"error": {"message": f"Incorrect key {KEY} in Bearer {KEY} at http://u:p4ssw@h/ and sk-other-1234567890"}}
    with FakeEndpoint(answers(401, echo)) as endpoint:
        model = OpenAIChatModel(base_url=endpoint.url.replace("//", "//user:hidden@"), model="tiny", api_key=KEY)
        with pytest.raises(ModelError) as error:
            next(model.stream(QUESTION))
        model.close()
    shown = "".join(traceback.format_exception(error.value)) + caplog.text + str(error.value)
    assert endpoint.headers[0]["authorization"] == f"Basic {b64encode(b'user:hidden').decode()}"
    for secret in (KEY, "hidden", "p4ssw", "sk-other", "SECRET-QUESTION"):
        assert secret not in shown


SECRETS = {
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow-HIDDEN\n-----END RSA PRIVATE KEY-----",
    "half of one": "-----BEGIN PRIVATE KEY-----\nMIIEow-HIDDEN",
    "an address": "http://me:HIDDEN-pw@host.example/v1",
    "OpenAI": "sk-proj-HIDDEN1234567890",
    "Stripe": "rk_live_HIDDEN1234567890",
    "Amazon": "AKIAHIDDEN7EXAMPLE12",
    "GitHub": "ghp_HIDDENabcdefghijklmnop0123",
    "GitLab": "glpat-HIDDEN-abcdefghijk",
    "Hugging Face": "hf_HIDDENabcdefghijklmno",
    "Slack": "xoxb-HIDDEN-1234567890",
    "Google": "AIzaHIDDENabcdefghijklmnopqrstuvwxyz012",
    "a web token": "eyJHIDDEN0123.eyJzdWIiOiIx.c2lnbmF0dXJl",
    "a header": "Basic HIDDENdXNlcjpwYXNz",
    "a short header": "Bearer HIDDEN",
    "a parameter": "https://host.example/v1?api_key=HIDDEN",
}


@pytest.mark.parametrize("status", [400, 429, 500])
@pytest.mark.parametrize("name", SECRETS)
def test_what_looks_like_a_secret_does_not_get_out_of_an_error(status: int, name: str):
    _, sentence = failure(answers(status, {"error": {"message": f"bad token {SECRETS[name]}"}}))
    assert "(bad token" in sentence
    assert "HIDDEN" not in sentence


def test_words_that_are_no_secrets_stay():
    _, sentence = failure(answers(418, {"error": {"message": "the task hf_small of sk- and AKIA, basic plan"}}))
    assert "(the task hf_small of sk- and AKIA, basic plan)" in sentence


def test_control_characters_of_an_endpoint_do_not_reach_a_terminal():
    _, sentence = failure(answers(418, {"error": {"message": "a\x1b[31m\nb\u202e" + "c" * 999}}))
    assert "(a[31m bccc" in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://x:99999/v1", "http://x:abc"])
def test_an_address_that_is_none(url: str):
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        OpenAIChatModel(base_url=url, model="tiny")
