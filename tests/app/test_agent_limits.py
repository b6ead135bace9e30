"""What ends the steps to an answer: limits, models that call wrongly or for ever, endpoints that fail, and leaving."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app import wiring
from indexes.patience import looking
from rag.agent.loop import Limits
from rag.agent.nouns import Step
from rag.types import Scope
from tests.app.stepping import RENT, SUM, Asked, search
from tests.fake_endpoint import Reply, answers, call_pieces, calls, event, says, stays_silent, streams
from tests.ingest.working import until


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (("delete_everything", "{}"), "There is no such tool"),
        (("search", "{broken"), "no JSON object"),
        (("search", "[1]"), "no JSON object"),
        (("search", "{}"), "query must be a text"),
        (search(["a"]), "query must be a text"),
        (("search", '{"query": "\\ud800 rent"}'), "no JSON object"),
        (("open_section", '{"passage": 1e999}'), "no JSON object"),
        (search("  "), "the question is empty"),
        (search("x" * 3000), "at most 300"),
        (search("rent", document="nothing.pdf"), "0 documents are called"),
        (("open_section", '{"passage": 99}'), "no passage that was found"),
        (("open_section", '{"passage": true}'), "no passage that was found"),
        (("open_section", '{"passage": "1e9"}'), "no passage that was found"),
        (("calculate", '{"expression": "__import__(1)"}'), "only numbers"),
        (("calculate", '{"expression": "9**9**9"}'), "too large"),
    ],
)
def test_a_call_that_is_wrong_is_told_and_costs_a_step(asked: Callable[..., Asked], call: tuple[str, str], words: str):
    one = asked(calls(call), says("DONE"), says("The rent in Tromsø is 950 euros [1]."))
    answer = one.ask(RENT)
    assert words in one.results[-1]
    assert answer.steps[-1].trouble
    assert "\n" not in str(answer.steps[-1])
    assert not answer.refused


def test_a_huge_result_is_a_number_like_others(asked: Callable[..., Asked]):
    one = asked(calls(("calculate", '{"expression": "950**12**2"}')), says("DONE"), says("The rent is 950 euros [1]."))
    assert "950 euros" in one.ask(SUM).text


def test_a_filter_that_holds_shows_no_word_of_a_step_before_it_has_passed(asked: Callable[..., Asked], tmp_path: Path):
    patterns = tmp_path / "never.txt"
    patterns.write_text("zebraword")
    replies = calls(search("zebraword rent"), ("zebraword", "{}")), says("DONE"), says("The rent is 950 euros [1].")
    one = asked(*replies, filter_patterns=str(patterns), filter="hold")
    *events, answer = one.workspace.answerer.stream(SUM)
    assert "zebraword" not in repr(events)
    assert (answer.filtered, answer.steps) == ("line 1 of never.txt matches it", ())
    assert "zebraword" not in repr(answer)


def test_a_model_that_calls_for_ever_answers_from_what_it_has(asked: Callable[..., Asked]):
    replies = [calls(search(f"rent {n}")) for n in range(4)]
    one = asked(*replies, says("The rent in Tromsø is 950 euros [1]."), agent_steps=4)
    answer = one.ask(RENT)
    assert len(one.endpoint.requests) == 5
    assert "ended after 4 steps, as FOOTNOTE_AGENT_STEPS says" in answer.notice
    assert "950 euros" in answer.text


def test_a_thousand_calls_in_one_reply_are_a_few_steps(asked: Callable[..., Asked]):
    many = [search(f"rent {n}") for n in range(1000)]
    one = asked(calls(*many), says("The rent in Tromsø is 950 euros [1]."), max_answer_tokens=4000)
    answer = one.ask(SUM)
    assert len(answer.steps) <= 1 + 6
    assert len(one.endpoint.requests) <= 3


def test_the_same_call_twice_is_told_so(asked: Callable[..., Asked]):
    one = asked(calls(search("Rent")), calls(search("rent")), says("DONE"), says("Nothing."))
    answer = one.ask(RENT)
    assert "You have made this call before" in one.results[-1]
    assert answer.steps[-1].trouble == "that had been done before"


def test_tokens_and_seconds_end_the_steps(asked: Callable[..., Asked], monkeypatch: pytest.MonkeyPatch):
    for limits, words in ((Limits(6, tokens=10), "tokens of the chat model"), (Limits(6, seconds=0), "0 seconds")):
        monkeypatch.setattr(wiring, "StepLimits", lambda _, limits=limits: limits)
        replies = [calls(search("bees")), says("The rent is 950 euros [1].")]
        one = asked(*replies[limits.seconds == 0 :])
        answer = one.ask(RENT)
        assert words in answer.notice
        assert "950" in answer.text


def test_words_that_look_like_a_call_are_words(asked: Callable[..., Asked]):
    said = 'The rent is 950 euros [1]. <tool_call>{"name": "search", "arguments": {"query": "x"}}</tool_call>'
    one = asked(says("<tool_call>{}</tool_call>"), says(said))
    answer = one.ask(RENT)
    assert len(one.endpoint.requests) == 2
    assert all(step.kind == "search" and step.asked != "x" for step in answer.steps)


@pytest.mark.parametrize("failing", [answers(500, {"error": "boom"}), says("x " * 2000), says("NONE"), stays_silent(3)])
def test_where_that_fails_the_question_is_searched_for_as_it_is(asked: Callable[..., Asked], failing: Reply):
    one = asked(failing, says("The rent in Tromsø is 950 euros [1]."), profile="compatible", timeout=2.0)
    answer = one.ask(SUM)
    assert [step.asked for step in answer.steps] == [SUM]
    assert "950 euros" in answer.text


def test_an_endpoint_that_refuses_tools_gets_the_path_without_them_for_good(asked: Callable[..., Asked]):
    refusal = answers(400, {"error": {"message": "tiny does not support tools"}})
    written = says("The rent in Tromsø is 950 euros [1].")
    one = asked(refusal, written, says("Rent in Tromsø?\nRent in Bergen?"), written)
    first, second = one.ask(RENT), one.ask(SUM)
    assert "takes no tools (tiny does not support tools). The question was searched for in parts" in first.notice
    assert [step.asked for step in first.steps] == [
        RENT,
        "How much is the rent in Tromsø?",
        "How much is the rent in Bergen?",
    ]
    assert "tools" not in second.notice
    assert [("tools" in request) for request in one.endpoint.requests] == [True, False, False, False]
    assert second.steps[1].asked == "Rent in Tromsø?"


def test_an_endpoint_that_fails_altogether_leaves_quotes(asked: Callable[..., Asked]):
    one = asked(answers(401, {"error": "no"}))
    answer = one.ask(RENT)
    assert answer.model == ""
    assert {citation.chunk.source for citation in answer.citations} == {"tromso.md", "bergen.md"}
    assert "The documents are quoted instead." in answer.notice


def test_a_failure_in_the_middle_keeps_what_was_found(asked: Callable[..., Asked]):
    one = asked(calls(search("bees dance")), answers(401, {"error": "no"}), says("The rent is 950 euros [1]."))
    answer = one.ask(RENT)
    assert "rests on what had been found by then" in answer.notice
    assert any(hit.chunk.source == "bees.txt" for hit in answer.hits)
    assert "950" in answer.text


def test_a_limit_that_is_spent_before_a_step_ends_the_steps(asked: Callable[..., Asked]):
    one = asked(calls(search("bees")), says("The rent is 950 euros [1]."), daily_tokens=1)
    answer = one.ask(RENT)
    assert len(one.endpoint.requests) <= 1
    assert answer.model == ""


@pytest.mark.parametrize("moment", ["between steps", "while the model calls"])
def test_leaving_in_the_middle_of_a_step_leaves_no_thread_and_no_connection(asked: Callable[..., Asked], moment: str):
    slow = streams(*call_pieces(search("bees")), *[part for _ in range(3000) for part in (event(delta={}), 0.02)])
    one = asked(calls(search("bees")), slow)
    one.workspace.library.retriever.retrieve("warm", 1)  # opened before threads are counted
    threads = threading.active_count()
    events = one.workspace.answerer.stream(RENT, Scope(("default",)))
    steps = [next(events) for _ in range(4)]
    assert all(isinstance(step, Step) for step in steps)
    if moment == "between steps":
        events.close()
    else:
        start = time.monotonic()

        def look() -> None:
            if time.monotonic() > start + 0.3:
                raise KeyboardInterrupt

        with looking(look), pytest.raises(KeyboardInterrupt):
            next(events)
        until(one.endpoint.hung_up.is_set)
    until(lambda: threading.active_count() <= threads + 1)  # the endpoint's own for a connection that is kept
    *_, row = one.workspace.audit.rows()
    assert row["outcome"] in {"stopped", "failed"}
