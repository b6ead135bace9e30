"""What an answer took is kept with it: as the endpoint tells, else as an estimate that says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.answer_form import answer_row, answer_text
from app.chat_facts import ChatFacts
from app.chat_model import OpenAIChatModel
from app.chat_profiles import OPENAI
from app.components.answer_card import card
from app.detection import Found
from rag.types import Answer, Trace
from rag.usage import Usage
from rag.writing import Draft, Writer
from tests.app.chatting import KEY, chat, said
from tests.fake_endpoint import DONE, FakeEndpoint, event, says, streams, usage
from tests.rag.hits import a_hit

REPORTED = {"model": "tiny-2026-01-01", "system_fingerprint": "fp_1"}


def drafted(model: OpenAIChatModel) -> Draft:
    writing = Writer(model, window=model.window).write("How high?", [a_hit(1, "It is 41 metres high.")])
    while True:
        try:
            next(writing)
        except StopIteration as end:
            draft: Draft = end.value
            return draft


def test_what_the_endpoint_reports_is_kept():
    stream = streams(event("It is 41 metres high. [1]", **REPORTED), event(finish_reason="stop"), usage(11, 7), DONE)
    with chat(stream) as (model, _):
        draft = drafted(model)
    spent = draft.usage
    assert (spent.prompt_tokens, spent.completion_tokens, spent.is_estimated, spent.cost) == (11, 7, False, None)
    assert (draft.model, spent.reported_model, spent.system_fingerprint) == ("tiny", "tiny-2026-01-01", "fp_1")
    assert spent.first_token_ms is not None
    assert 0 < spent.first_token_ms < 30_000


def test_the_first_word_is_waited_for():
    stream = streams(
        event(delta={"role": "assistant"}), 0.3, event("It is. [1]"), 1.5, event(finish_reason="stop"), DONE
    )
    with chat(stream) as (model, _):
        spent = drafted(model).usage
    assert spent.first_token_ms is not None
    assert 300 <= spent.first_token_ms < 1800


@pytest.mark.parametrize("told", [[], [event(choices=[], usage={"prompt_tokens": 3})], [event(choices=[], usage="x")]])
def test_without_usage_the_tokens_are_estimated(told: list[bytes]):
    with chat(streams(event("It is 41 metres high. [1]"), event(finish_reason="stop"), *told, DONE)) as (model, _):
        spent = drafted(model).usage
    assert spent.is_estimated
    assert spent.completion_tokens == 11
    assert spent.prompt_tokens == 3 or spent.prompt_tokens > 200
    assert spent.cost is None
    assert str(spent).startswith("read about ")


def test_a_cut_answer_is_estimated_too():
    with chat(streams(event("It is 41 metres"), ends=False)) as (model, _):
        draft = drafted(model)
    assert draft.usage.is_estimated
    assert draft.usage.completion_tokens > 3
    assert "broke off" in draft.notice


def test_the_cost_is_known_where_price_and_tokens_are():
    with FakeEndpoint(says("yes")) as endpoint:
        given = {"base_url": endpoint.url, "model": "gpt-4o"}
        model = OpenAIChatModel(**given, facts=lambda _: ChatFacts(Found(OPENAI)))  # type: ignore[arg-type]
        assert said(model)[1].cost == pytest.approx((2.5 * 11 + 10 * 1) / 1e6)
        endpoint.replies = [streams(event("yes"), event(finish_reason="stop"), DONE)]
        assert said(model)[1].cost is None
        model.close()


def test_a_hostile_endpoint_puts_nothing_odd_into_an_answer():
    odd = {"model": f"a\x1b[31m\n{KEY}" + "b" * 9999, "system_fingerprint": {"x": 1}}
    with chat(streams(event("a", **odd), event(model=7), event(finish_reason="stop"), usage(-1, 10**400), DONE)) as (
        model,
        _,
    ):
        last = said(model)[1]
    assert KEY not in last.reported_model
    assert last.reported_model.startswith("a[31m [key]bbb")
    assert len(last.reported_model) <= 200
    assert (last.system_fingerprint, last.prompt_tokens) == ("", 0)


def test_the_tokens_of_several_requests_are_added_up():
    one = Usage(100, 10, False, 0.5, 900.0, "a", "fp_a")
    other = Usage(20, 2, True, 0.25, 30.0, "b", "fp_b")
    assert one + other == Usage(120, 12, True, 0.75, 30.0, "b", "fp_b")
    assert (one + replace(other, cost=None)).cost is None


def test_it_is_shown_in_json_in_a_terminal_and_on_the_page():
    spent = Usage(1204, 87, False, 0.00123, 412.3, "tiny-2026", "fp_1")
    answer = Answer("Q?", "A. [1]", (), (), (), Trace(), model="tiny", usage=spent)
    row = answer_row(answer)
    assert (row["model"], row["reported_model"]) == ("tiny", "tiny-2026")
    assert row["usage"] == {
        "prompt_tokens": 1204,
        "completion_tokens": 87,
        "estimated": False,
        "cost": 0.00123,
        "first_token_ms": 412.3,
        "system_fingerprint": "fp_1",
    }
    json.dumps(row)
    line = "read 1,204 tokens, wrote 87, first word after 0.4 s, $0.0012"
    assert answer_text(answer).endswith(f"({line})")
    assert card(answer)["flow"]["line"].endswith(f" · tiny-2026 {line}")
    quoted = replace(answer, model="", usage=None)
    assert (answer_row(quoted)["usage"], answer_row(quoted)["reported_model"]) == (None, "")
    assert "token" not in answer_text(quoted) + card(quoted)["flow"]["line"]
    assert str(Usage(1100, 2, True)) == "read about 1,100 tokens, wrote about 2, cost unknown"
