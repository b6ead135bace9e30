"""The embeddings endpoint against real sockets: order, batches, retries, and one sentence for what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from indexes.openai_embedder import OpenAIEmbedder
from rag.errors import ConfigError, ModelError
from tests.app.test_endless_endpoint import CHUNK, CRAWLING_HEADERS, chunked, on_and_on
from tests.fake_endpoint import FakeEndpoint, Reply, answers, hangs_up, stays_silent
from tests.indexes.openai_endpoint import embeds, row

KEY = "sk-planted-0123456789abcdef"
pytestmark = pytest.mark.slow


@contextmanager
def embedder(url: str, *, retries: int = 0, timeout: float = 5.0) -> Iterator[OpenAIEmbedder]:
    model = "text-embedding-3-small"
    made = OpenAIEmbedder(model=model, base_url=url, api_key=KEY, timeout=timeout, retries=retries)
    yield made
    made.close()


def test_vectors_come_in_order_and_in_several_requests():
    texts = [f"text {n} " * 40 for n in range(1300)]
    with FakeEndpoint() as endpoint:
        endpoint.replies = [embeds(endpoint)]
        with embedder(endpoint.url) as openai:
            rows = openai.embed_documents(texts)
    assert len(endpoint.requests) >= 3
    assert max(len(request["input"]) for request in endpoint.requests) <= 512
    assert sum((request["input"] for request in endpoint.requests), []) == texts
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"
    for n in (0, 511, 512, 1299):
        wanted = row(texts[n])
        assert rows[n] @ wanted == pytest.approx(float((wanted @ wanted) ** 0.5), rel=1e-4)


def test_passing_failures_are_tried_again():
    busy = answers(429, {"error": {"message": "slow down"}}, retry_after="0")
    with FakeEndpoint(busy, answers(500, "boom"), hangs_up) as endpoint:
        endpoint.replies.append(embeds(endpoint))
        with embedder(endpoint.url, retries=4) as openai:
            assert openai.embed_query("x").shape == (1536,)
    assert len(endpoint.requests) == 4


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answers(401, {"error": {"message": f"Incorrect key {KEY}"}}), ["refused the key", "OPENAI_API_KEY"]),
        (answers(404, {"error": {"message": "no"}}), ["knows no model 'text-embedding-3-small'", "FOOTNOTE_EMBEDDER"]),
        (answers(429, {"error": "quota"}), ["too many requests"]),
        (answers(400, {"error": {"message": "maximum context length is 8191"}}), ["too long", "FOOTNOTE_CHUNK_TOKENS"]),
        (answers(503, "<html>busy</html>"), ["failed with status 503"]),
        (answers(307, location="http://other.example/v1"), ["redirects", "http://other.example/v1"]),
        (answers(200, "<html>hello</html>"), ["no list of embeddings"]),
        (answers(200, {"data": []}), ["no list of embeddings"]),
        (answers(200, {"data": [{"index": 0, "embedding": [1.0, 2.0]}]}), ["(1, 2) instead of (1, 1536)"]),
        (answers(200, {"data": [{"index": 0, "embedding": ["x"] * 1536}]}), ["no list of embeddings"]),
        (answers(200, {"data": [{"index": 0, "embedding": [float("nan")] * 1536}]}), ["no list of embeddings"]),
        (hangs_up, ["it hung up"]),
        (stays_silent(60.0), ["sent nothing for 2 seconds", "FOOTNOTE_TIMEOUT"]),
    ],
)
def test_one_sentence_with_the_cure(reply: Reply, words: list[str]):
    with (
        FakeEndpoint(reply) as endpoint,
        embedder(endpoint.url, timeout=2.0) as openai,
        pytest.raises(ModelError) as error,
    ):
        openai.embed_query("x")
    sentence = str(error.value)
    assert [word for word in words if word not in sentence] == []
    assert sentence.startswith(("the embedding model at http://127.0.0.1:", "cannot reach the embedding model at"))
    assert KEY not in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (on_and_on(chunked("401 no", "text/plain"), CHUNK, 0), "refused the key (No. No."),
        (on_and_on(chunked("500 no", "text/plain"), b"4\r\nNo. \r\n", 0.05), "failed with status 500 (No. No."),
        (on_and_on(chunked("200 OK", "application/json"), CHUNK, 0), "no list of embeddings"),
        (on_and_on(chunked("200 OK", "application/json"), b"1\r\n \r\n", 0.05), "sent nothing for 1 seconds"),
        (CRAWLING_HEADERS, "sent nothing for 1 seconds"),
    ],
    ids=["error", "slow error", "reply", "slow reply", "headers"],
)
def test_what_never_ends_is_given_up(reply: Reply, words: str):
    start = time.monotonic()
    with (
        FakeEndpoint(reply) as endpoint,
        embedder(endpoint.url, timeout=1.0) as openai,
        pytest.raises(ModelError) as error,
    ):
        openai.embed_query("x")
    assert time.monotonic() - start < 10
    assert words in str(error.value)


def test_vectors_come_as_plain_numbers_too():
    """Not every endpoint knows base64."""
    plain = answers(200, {"data": [{"index": 0, "embedding": row("x").tolist()}]})
    with FakeEndpoint(plain) as endpoint, embedder(endpoint.url) as openai:
        assert openai.embed_query("x") @ row("x") == pytest.approx(float((row("x") @ row("x")) ** 0.5), rel=1e-4)


def test_a_key_that_cannot_be_sent():
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        OpenAIEmbedder(model="text-embedding-3-small", base_url="http://127.0.0.1/v1", api_key="a b")
