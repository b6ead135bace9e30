"""What never ends to arrive, or says nothing that can be used, is given up in time, and told for what it is."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest

from app import endpoint_model
from app.chat_model import OpenAIChatModel
from app.inquiry import Inquiry
from indexes.endpoint import Endpoint
from rag.errors import ModelError
from tests.app.chatting import QUESTION, chat, failure, said
from tests.fake_endpoint import FakeEndpoint, Reply, answers, event, says, streams

PATIENCE_S = 0.4
FAR_LESS_S = 10
"""Than the minute for which all of these go on."""


def on_and_on(head: bytes, part: bytes, every: float) -> Reply:
    """Bytes as they are, the last ones again and again for a minute."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(head)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            request.wfile.write(part)
            time.sleep(every)

    return reply


def chunked(status: str, media_type: str) -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n".encode()


CHUNK = b"1000\r\n%s\r\n" % (b"No. " * 0x400)
CRAWLING_HEADERS = on_and_on(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", 0.05)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (on_and_on(chunked("401 no", "text/plain"), CHUNK, 0), "refused the key (No. No."),
        (on_and_on(chunked("401 no", "text/plain"), b"4\r\nNo. \r\n", 0.05), "refused the key (No. No."),
        (on_and_on(chunked("401 no", "text/plain"), b"", 0.05), "refused the key:"),
        (CRAWLING_HEADERS, "sent nothing for 0.4 seconds"),
        (on_and_on(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05), "sent nothing for 0.4 seconds"),
        (on_and_on(chunked("200 OK", "application/json"), b"1\r\n \r\n", 0.05), "sent nothing for 0.4 seconds"),
        (on_and_on(b"HTTP/1.1 200 OK\r\n", b"x: " + b"y" * 4000 + b"\r\n", 0), "no chat completion"),
    ],
    ids=["error", "slow error", "error's body", "headers", "interim answers", "JSON", "long headers"],
)
def test_it_is_given_up(reply: Reply, words: str):
    start = time.monotonic()
    text, sentence = failure(reply, timeout=PATIENCE_S)
    assert time.monotonic() - start < FAR_LESS_S
    assert text == ""
    assert words in sentence


def test_through_a_proxy_as_well(monkeypatch: pytest.MonkeyPatch):
    with FakeEndpoint(CRAWLING_HEADERS) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        model = OpenAIChatModel(base_url="http://far.example/v1", model="tiny", timeout=PATIENCE_S)
        start = time.monotonic()
        with pytest.raises(ModelError, match="sent nothing"):
            next(model.stream(QUESTION))
        model.close()
    assert time.monotonic() - start < FAR_LESS_S
    assert len(proxy.requests) == 1


def test_a_question_about_itself():
    with FakeEndpoint(says("x"), pages={"/v1/models": CRAWLING_HEADERS}) as endpoint:
        start = time.monotonic()
        with Inquiry(endpoint.url, Endpoint(endpoint.url, "", "tiny"), "", seconds=PATIENCE_S) as inquiry:
            assert inquiry.models() is None
    assert time.monotonic() - start < FAR_LESS_S


def test_words_that_crawl(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(endpoint_model, "_SECONDS_PER_TOKEN", 0.0)
    words = streams(*[part for _ in range(600) for part in (event("word "), 0.1)])
    text, sentence = failure(words, timeout=2)
    assert text.startswith("word word ")
    assert "had not ended its answer after 2 seconds: ask again" in sentence


@pytest.mark.parametrize(
    "reply",
    [
        on_and_on(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"", 1),
        answers(200, event("x").decode(), content_type="text/event-stream", content_encoding="gzip"),
        streams(event("\u00f6").decode().encode("latin-1")),
    ],
    ids=["no HTTP", "not packed", "Latin-1"],
)
def test_what_cannot_be_read_is_told_so_and_not_asked_for_again(reply: Reply):
    with chat(reply) as (model, endpoint), pytest.raises(ModelError, match="no chat completion"):
        said(model)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(("wait", "words"), [("1", "in 1 second,"), ("4000", "in 4,000 seconds,"), ("0.2", "1 second")])
def test_the_wait_is_told_in_whole_seconds(wait: str, words: str):
    assert words in failure(answers(429, retry_after=wait))[1]


def test_one_connection_for_many_questions():
    ports: list[int] = []

    def counted(request: BaseHTTPRequestHandler) -> None:
        ports.append(request.client_address[1])
        says("x")(request)

    with chat(counted) as (model, _):
        for _ in range(3):
            said(model)
    assert len(ports) == 3
    assert len(set(ports)) == 1


def test_an_end_that_is_kept_open_delays_nothing():
    left_open = streams(event("x", finish_reason="stop"), b"data: [DONE]\n\n", 60.0)
    start = time.monotonic()
    with chat(left_open) as (model, _):
        assert said(model)[0] == "x"
    assert time.monotonic() - start < FAR_LESS_S
