"""What fails before the first word and may pass is tried again, after a wait within bounds; all else is not."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from indexes.retries import MAX_WAIT
from rag.errors import ModelError
from tests.app.chatting import QUESTION, chat, failure, said
from tests.fake_endpoint import Reply, answers, event, hangs_up, says, streams


@pytest.mark.parametrize(
    "first",
    [
        answers(500, {"error": {"message": "boom"}}),
        answers(503, "<html>busy</html>"),
        answers(429, {"error": "slow down"}),
        answers(408),
        answers(409),
        streams(b": wait\n\n", ends=False),
        streams(event(delta={"role": "assistant"}), is_chunked=False),
        hangs_up,
    ],
)
def test_another_try_after_a_passing_failure(first: Reply):
    waits: list[float] = []
    with chat(first, says("at last"), sleep=waits.append) as (model, endpoint):
        assert said(model)[0] == "at last"
    assert len(endpoint.requests) == 2
    assert 0.3 < waits[0] <= 0.5


def test_waits_double_and_end():
    waits: list[float] = []
    with chat(answers(500), sleep=waits.append, retries=4) as (model, endpoint), pytest.raises(ModelError):
        said(model)
    assert len(endpoint.requests) == 5
    assert [0.75 * 0.5 * 2**n <= wait <= 0.5 * 2**n for n, wait in enumerate(waits)] == [True] * 4


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry_after": "2"}, 2, 2),
        ({"retry_after_ms": "1500"}, 1.5, 1.5),
        ({"retry_after": formatdate(time.time() + 9, usegmt=True)}, 6, 9),
        ({"retry_after": "soon"}, 0.3, 0.5),
        ({"retry_after": "-1"}, 0.3, 0.5),
        ({"retry_after": "nan"}, 0.3, 0.5),
    ],
)
def test_the_endpoint_names_the_wait(headers: dict[str, str], low: float, high: float):
    if "GMT" in headers.get("retry_after", ""):  # made when the tests were collected, which may be long ago
        headers = {"retry_after": formatdate(time.time() + 9, usegmt=True)}
    waits: list[float] = []
    with chat(answers(429, **headers), says("ok"), sleep=waits.append) as (model, _):
        assert said(model)[0] == "ok"
    assert low <= waits[0] <= high


def test_a_wait_beyond_bounds_is_told_instead():
    waits: list[float] = []
    _, sentence = failure(answers(429, retry_after=str(MAX_WAIT + 40)), sleep=waits.append)
    assert waits == []
    assert "ask again in 60 seconds" in sentence


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_what_will_not_pass_is_not_tried_again(status: int):
    with chat(answers(status, {"error": {"message": "no"}})) as (model, endpoint), pytest.raises(ModelError):
        said(model)
    assert len(endpoint.requests) == (2 if status in (400, 422) else 1)  # once more without stream_options


@pytest.mark.parametrize(
    "reply",
    [
        streams(*[event(f"w{n} ") for n in range(5)], ends=False),
        streams(*[event(f"w{n} ") for n in range(5)], is_chunked=False),
    ],
    ids=["reset", "closed"],
)
def test_a_cut_stream_yields_what_came_and_is_not_repeated(reply: Reply):
    with chat(reply) as (model, endpoint):
        deltas: list[str] = []
        with pytest.raises(ModelError, match="broke off in the middle"):
            deltas.extend(delta.text for delta in model.stream(QUESTION))
    assert len(endpoint.requests) == 1
    text, _ = failure(reply)
    assert text == "w0 w1 w2 w3 w4 "


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ("86400", "ask again in 86,400 seconds"),
        ("86401", "ask again in more than a day,"),
        ("2300155692", "ask again in more than a day,"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "ask again in more than a day,"),
    ],
)
def test_a_long_wait_is_told_in_words(wait: str, words: str):
    assert words in failure(answers(429, {"error": "slow down"}, retry_after=wait))[1]
