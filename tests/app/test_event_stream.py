"""Streams as real endpoints send them, cut and joined anywhere; and such that no honest one sends."""

from __future__ import annotations

import time

import pytest

from app.event_stream import Garbled, Limits, Reply, texts
from rag.types import Delta
from tests.app.chatting import chat, failure, said
from tests.fake_endpoint import DONE, answers, event, says, streams, usage


def test_bytes_split_inside_a_letter():
    whole = event("naïve 👍 \u2028 \x85 end")
    parts = [whole[i : i + 1] for i in range(len(whole))]
    with chat(streams(b": hello\n\n", b"event: message\r\n", *parts, event(finish_reason="stop"), DONE)) as (model, _):
        assert said(model)[0] == "naïve 👍 \u2028 \x85 end"


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_all_that_the_format_allows(start: bytes, end: bytes, size: int):
    parted = b'data: {"choices":\ndata: [{"delta": {"content": "b"}}]\ndata: }\n\n'
    whole = start + (event("a") + parted + event("c") + b"data: [DONE]\n\n").replace(b"\n", end)
    reply = Reply()
    cut = (whole[at : at + size] for at in range(0, len(whole), size))
    assert "".join(texts(cut, reply, Limits(5, 5, 100))) == "abc"
    assert reply.is_done


@pytest.mark.parametrize("end", [b"\n\n" + event("b"), b"\n" + DONE, b"\n" + event("b") + DONE, b"\n"])
def test_an_object_that_never_becomes_whole_is_no_stream(end: bytes):
    with pytest.raises(Garbled):
        list(texts([event("a"), b'data: {"choices":' + end], Reply(), Limits(5, 5, 100)))


def test_events_on_lines_without_an_empty_one_between_them():
    lines = b"".join(event(one).rstrip() + b"\n" for one in "abc")
    assert "".join(texts([lines + DONE], Reply(), Limits(5, 5, 100))) == "abc"


def test_an_object_of_very_many_lines_takes_linear_time():
    start = time.process_time()
    with pytest.raises(Garbled):
        list(texts([b'data: {"a":[\n'] * 400_000, Reply(), Limits(60, 60, 100)))
    assert time.process_time() - start < 10


def test_several_events_in_one_chunk():
    with chat(streams(event("a") + event("b") + event("c", finish_reason="stop") + DONE)) as (model, _):
        assert said(model) == ("abc", Delta("", "stop"))


def test_usage_comes_after_the_finish_or_not_at_all():
    with chat(streams(event("a"), event(finish_reason="stop"), usage(5, 1), DONE)) as (model, _):
        assert said(model)[1] == Delta("", "stop", 5, 1)


@pytest.mark.parametrize(("told", "taken"), [(10**8, 10**8), (10**8 + 1, 0), (10**20, 0), (True, 0), (-1, 0), ("5", 0)])
def test_usage_that_no_request_can_have_is_not_taken(told: int, taken: int):
    with chat(streams(event("a"), event(finish_reason="stop"), usage(told, 1), DONE)) as (model, _):
        assert said(model)[1] == Delta("", "stop", taken, 1)


@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_missing_done_is_no_matter_after_a_finish(is_chunked: bool):
    with chat(streams(event("a"), event(finish_reason="stop"), is_chunked=is_chunked)) as (model, _):
        assert said(model)[0] == "a"


def test_an_endpoint_that_does_not_stream():
    body = {"choices": [{"message": {"content": "whole"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}
    with chat(answers(200, body)) as (model, _):
        assert said(model) == ("whole", Delta("", "stop", 3, 0))


def test_finish_by_length_is_told():
    with chat(says("a", finish_reason="length")) as (model, _):
        assert said(model)[1].finish_reason == "length"


def test_an_endless_stream_is_ended():
    with chat(streams(*[event("x" * 1000)] * 50), max_tokens=10) as (model, _):
        text, last = said(model)
    assert len(text) == 1000
    assert last.finish_reason == "length"


def test_thoughts_are_not_text():
    thought = event(delta={"reasoning_content": "hm", "content": None})
    with chat(streams(thought, event("a"), event(finish_reason="stop"), DONE)) as (model, _):
        assert said(model)[0] == "a"


def test_an_error_in_the_stream_comes_after_its_text():
    text, sentence = failure(streams(event("half"), event(error="overloaded")))
    assert (text, "(overloaded)" in sentence) == ("half", True)


@pytest.mark.parametrize(
    "line",
    [
        b'error: {"code":500,"message":"context size exceeded","type":"server_error"}\n\n',
        b'error: {"error":{"message":"context size exceeded"}}\n\n',
        b'{"error":{"message":"context size exceeded"}}\n',
        b'{"error": "context size exceeded"}',
    ],
)
def test_an_error_that_is_no_event_gives_its_reason(line: bytes):
    for before in ([], [event("half")]):
        assert "(context size exceeded)" in failure(streams(*before, line))[1]


@pytest.mark.parametrize("line", [b"error: at once\n", b'{"object": "x"}\n', b"{\n", b"[1]\n", b"hello: you\n"])
def test_other_lines_are_no_stream(line: bytes):
    assert "sent something that is no" in failure(streams(event("a"), line))[1]


PARTS = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "Hi"}, "x", {}]


def test_a_text_in_parts_is_joined():
    first, second = event(delta={"content": PARTS}), event(delta={"content": [{"text": " there"}, None]})
    with chat(streams(first, second, event(finish_reason="stop"), DONE)) as (model, _):
        assert said(model)[0] == "Hi there"
    with chat(answers(200, {"choices": [{"message": {"content": PARTS}, "finish_reason": "stop"}]})) as (model, _):
        assert said(model)[0] == "Hi"
