"""A second chat model writes where the first one fails before its first word, and the answer says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.chat_model import OpenAIChatModel
from app.fallback import REST_SECONDS, FallbackModel, fallback_settings
from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.errors import ModelError
from rag.settings import Settings
from rag.types import Answer, Delta, Turn
from rag.writing import Draft, Writer
from tests.app.chatting import KEY, QUESTION
from tests.app.recording_home import QUESTION as ASKED
from tests.app.recording_home import TEXT, asking
from tests.fake_endpoint import FakeEndpoint, Reply, answers, event, says, stays_silent, streams
from tests.rag.hits import a_hit

DOWN = answers(500, {"error": {"message": "out of memory"}})
PAST_KEY = "sk-other-0123456789abcdef"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def two(
    first: Reply, second: Reply, *, clock: Clock | None = None, timeout: float = 20
) -> Iterator[tuple[FallbackModel, FakeEndpoint, FakeEndpoint]]:
    with FakeEndpoint(first) as one, FakeEndpoint(second) as other:
        given = {"timeout": timeout, "sleep": lambda _: None}
        large = OpenAIChatModel(base_url=one.url, model="large", api_key=KEY, **given)  # type: ignore[arg-type]
        small = OpenAIChatModel(base_url=other.url, model="small", api_key=PAST_KEY, **given)  # type: ignore[arg-type]
        yield FallbackModel(large, small, clock=clock or Clock()), one, other
        large.close()
        small.close()


def drafted(model: FallbackModel) -> Draft:
    writing = Writer(model, window=model.window).write("How high is it?", [a_hit(1, "It is 41 metres high.")])
    while True:
        try:
            next(writing)
        except StopIteration as end:
            draft: Draft = end.value
            return draft


def test_while_the_first_answers_the_second_is_not_asked():
    with two(says("It is 41 metres high. [1]"), says("x")) as (model, one, other):
        draft = drafted(model)
    assert (draft.model, draft.notice, len(one.requests), len(other.requests)) == ("large", "", 1, 0)


@pytest.mark.parametrize(
    ("first", "reason", "n_tries"),
    [
        (DOWN, "failed with status 500 (out of memory)", 3),
        (answers(401, {"error": "no"}), "refused the key", 1),
        (says(""), "sent an empty answer", 1),
        (streams(event("  "), ends=False), "broke off", 1),
    ],
)
def test_the_second_writes_and_the_notice_says_that_and_why(first: Reply, reason: str, n_tries: int):
    with two(first, says("It is 41 metres high. [1]")) as (model, one, other):
        draft = drafted(model)
    assert len(one.requests) == n_tries
    assert len(other.requests) == 1
    assert (draft.model, draft.text) == ("small", "It is 41 metres high. [1]")
    assert draft.notice.startswith("The chat model at http://127.0.0.1:")
    assert reason in draft.notice
    assert draft.notice.endswith(" So 'small' wrote this answer instead.")
    assert other.headers[0]["authorization"] == f"Bearer {PAST_KEY}"
    assert KEY not in str(other.requests) + str(other.headers)


def test_the_second_writes_where_the_first_is_silent():
    with two(stays_silent(6), says("It is 41 metres high. [1]"), timeout=3) as (model, _, _):
        draft = drafted(model)
    assert draft.model == "small"
    assert "sent nothing for 3 seconds" in draft.notice


def test_after_the_first_word_nobody_else_goes_on():
    with two(streams(event("It is "), ends=False), says("x")) as (model, _, other):
        draft = drafted(model)
    assert other.requests == []
    assert (draft.model, draft.text) == ("large", "It is")


def test_both_reasons_where_both_fail():
    with two(DOWN, answers(401, {"error": f"no {PAST_KEY}"})) as (model, _, _), pytest.raises(ModelError) as error:
        list(model.stream(QUESTION))
    assert "status 500 (out of memory)" in str(error.value)
    assert "refused the key (no [key])" in str(error.value)


def test_a_second_that_breaks_off_keeps_what_came_and_both_notices():
    with two(DOWN, streams(event("It is "), ends=False)) as (model, _, _):
        draft = drafted(model)
    assert (draft.text, draft.model) == ("It is", "small")
    assert "instead. The chat model at" in draft.notice
    assert "broke off in the middle" in draft.notice


def test_the_first_is_left_alone_for_a_while_after_it_was_silent():
    clock = Clock()
    with two(stays_silent(6), says("It is. [1]"), clock=clock, timeout=3) as (model, one, other):
        assert "sent nothing" in drafted(model).notice
        assert "sent nothing" in drafted(model).notice
        assert (len(one.requests), len(other.requests)) == (1, 2)
        clock.now = REST_SECONDS + 1
        one.replies = [says("It is. [1]")]
        assert drafted(model).model == "large"


def test_the_first_is_tried_each_time_after_it_refused_a_request():
    with two(answers(413), says("It is. [1]")) as (model, one, _):
        drafted(model)
        drafted(model)
    assert len(one.requests) == 2


def test_one_beside_leaves_the_first_alone_too():
    clock = Clock()
    with two(stays_silent(6), says("It is. [1]"), clock=clock, timeout=3) as (model, one, other):
        beside = FallbackModel(model._first, model._second, beside=model, clock=clock)
        drafted(model)
        assert drafted(beside).model == "small"
        assert (len(one.requests), len(other.requests)) == (1, 2)


@pytest.mark.parametrize("first", [DOWN, stays_silent(20)])
def test_what_to_search_for_is_asked_of_the_second_where_the_first_fails(tmp_path: Path, first: Reply):
    earlier = Turn(ASKED, Answer(ASKED, TEXT, (), (), (), trace=None))  # type: ignore[arg-type]
    with FakeEndpoint(says("How high is the lighthouse of Varn?"), says("It is 41 metres high. [1]")) as second:
        settings = {"fallback_model": "small", "fallback_url": second.url, "timeout": 1.0}
        with asking(tmp_path, first, **settings) as (workspace, _):
            answer = workspace.answerer.ask("How high is it?", history=[earlier])
            requests = next(iter(workspace.audit.rows()))["requests"]
    assert answer.query is not None
    assert answer.query.text == "How high is the lighthouse of Varn?"
    assert (answer.text, answer.model) == ("It is 41 metres high. [1]", "small")
    assert "completed by rules" not in answer.notice
    assert [request["model"] for request in requests] == ["small", "small"]
    assert len(second.requests) == 2


def test_leaving_ends_the_request_of_the_second():
    endless = streams(*[part for _ in range(3000) for part in (event("x"), 0.02)])
    with two(DOWN, endless) as (model, _, other):
        stream = model.stream(QUESTION)
        assert next(stream) == Delta(model="small", notice=next(model.stream(QUESTION)).notice)
        assert next(stream).text == "x"
        stream.close()
        assert other.hung_up.wait(30)


def test_settings_of_the_second():
    plain = Settings(chat_model="large", base_url="http://a/v1", api_key=KEY, chat_profile="vllm", context_tokens=900)
    assert fallback_settings(plain) is None
    own = Settings(fallback_model="small", fallback_url="http://b/v1", api_key=KEY, chat_profile="vllm")
    second = fallback_settings(own)
    assert second is not None
    assert (second.chat_model, second.base_url, second.api_key, second.chat_profile) == (
        "small",
        "http://b/v1",
        "",
        "auto",
    )
    same = fallback_settings(Settings(fallback_model="small", base_url="http://a/v1", api_key=KEY, context_tokens=900))
    assert same is not None
    assert (same.base_url, same.api_key, same.context_tokens) == ("http://a/v1", KEY, "auto")


def test_a_file_and_an_endpoint_stand_in_for_each_other():
    at_endpoint = Settings(chat_model="large", base_url="http://a/v1", chat_profile="vllm")
    file = fallback_settings(replace(at_endpoint, fallback_model="/models/small.gguf"))
    assert file is not None
    assert (file.chat_model, file.chat_profile) == ("/models/small.gguf", "gguf")
    in_file = Settings(chat_model="large", chat_profile="gguf", base_url="http://a/v1", fallback_model="small")
    endpoint = fallback_settings(in_file)
    assert endpoint is not None
    assert (endpoint.chat_model, endpoint.base_url, endpoint.chat_profile) == ("small", "http://a/v1", "auto")


def test_keys_are_not_shown_by_settings():
    assert KEY not in repr(Settings(api_key=KEY, fallback_key=KEY))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answers(401), "FOOTNOTE_FALLBACK_KEY"),
        (answers(404), "check FOOTNOTE_FALLBACK_MODEL, and FOOTNOTE_FALLBACK_URL"),
        (answers(307, location="http://x/"), "set FOOTNOTE_FALLBACK_URL to http://x/"),
    ],
)
def test_what_is_wrong_with_the_second_names_its_own_settings(reply: Reply, words: str, tmp_path: Path):
    with FakeEndpoint(DOWN) as one, FakeEndpoint(reply) as other:
        given = Settings(
            home=tmp_path, chat_model="large", base_url=one.url, fallback_model="small", fallback_url=other.url
        )
        workspace = Workspace(given)
        (tmp_path / "note.txt").write_text("The lighthouse of Varn is 41 metres high.")
        list(Pipeline(workspace.library, "default").add([File(tmp_path / "note.txt", "note.txt")]))
        answer = workspace.answerer.ask("How high is the lighthouse of Varn?")
        workspace.close()
    assert "41 metres" in answer.text
    assert words in answer.notice
    assert answer.notice.endswith("The documents are quoted instead.")
