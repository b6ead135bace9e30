"""A model as judge behind a real socket: verdicts that can be used, that cannot, and that depend on the order."""

from __future__ import annotations

import json
from math import exp

import pytest

from app.chat_model import OpenAIChatModel
from evals.asking import Asked, Said
from evals.judge import Judge, preferences
from evals.perplexity import Perplexity
from rag.errors import ConfigError, ModelError
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint, answers, says

VERDICT = '{"correct": 1, "grounded": 0.5, "relevant": 1}'


def asked(text: str, *, refused: bool = False) -> Asked:
    said = Said(text, refused, 0.9, 1.0, None, ("The bridge was finished in 1743.",))
    return Asked("q1", "When?", ("1743",), is_answerable=True, said=said)


def judge(endpoint: FakeEndpoint) -> Judge:
    return Judge(OpenAIChatModel(base_url=endpoint.url, model="m"))


def test_a_verdict_is_read_out_of_what_stands_around_it():
    with FakeEndpoint(says(f"Here it is:\n```json\n{VERDICT}\n```")) as endpoint:
        found = judge(endpoint).grade(asked("In 1743."))
    assert found == {"judge_correct": 1, "judge_grounded": 0.5, "judge_relevant": 1}
    shown = endpoint.requests[0]["messages"][1]["content"]
    assert "In 1743." in shown
    assert "- 1743" in shown
    assert "The bridge was finished in 1743." in shown


def test_what_is_no_verdict_is_asked_for_once_more():
    with FakeEndpoint(says('{"correct": 7}'), says(VERDICT)) as endpoint:
        assert judge(endpoint).grade(asked("In 1743."))["judge_correct"] == 1
        assert endpoint.requests[1]["messages"][2] == {"role": "assistant", "content": '{"correct": 7}'}
    with FakeEndpoint(says("I cannot say.")) as endpoint:
        judging = judge(endpoint)
        assert judging.grade(asked("In 1743.")) == {}
        assert (judging.n_unusable, len(endpoint.requests)) == (1, 2)


def test_a_refusal_is_not_judged():
    with FakeEndpoint(says(VERDICT)) as endpoint:
        assert judge(endpoint).grade(asked("", refused=True)) == {}
        assert endpoint.requests == []


@pytest.mark.parametrize(
    ("straight", "turned", "expected"),
    [("first", "second", -1), ("second", "first", 1), ("first", "first", 0), ("second", "tie", 0), ("tie", "tie", 0)],
)
def test_a_preference_must_survive_the_other_order(straight: str, turned: str, expected: float):
    replies = [says(json.dumps({"better": verdict})) for verdict in (straight, turned)]
    with FakeEndpoint(*replies) as endpoint:
        assert preferences(judge(endpoint), [asked("In 1743.")], [asked("Long ago.")]) == {"q1": expected}
        one, other = (request["messages"][1]["content"] for request in endpoint.requests)
    assert one.index("In 1743.") < one.index("Long ago.")
    assert other.index("Long ago.") < other.index("In 1743.")


def test_perplexity_counts_the_tokens_of_the_answer_alone():
    with FakeEndpoint(completion([None, -9.0, -1.0, -3.0], [0, 3, 6, 9])) as endpoint:
        scored = Perplexity("m", Settings(base_url=endpoint.url)).of("prompt", " answer")
        assert endpoint.requests[0]["prompt"] == "prompt answer"
        assert endpoint.requests[0]["echo"] is True
    assert scored == pytest.approx(exp(2))


def test_perplexity_is_not_asked_where_it_is_never_told():
    with pytest.raises(ConfigError, match="--perplexity needs an endpoint that tells log-probabilities"):
        Perplexity("m", Settings(chat_profile="anthropic", api_key="sk-of-another-endpoint"))


def completion(logprobs: list[float | None], offsets: list[int]) -> object:
    scores = {"token_logprobs": logprobs, "text_offset": offsets, "tokens": ["x"] * len(offsets), "top_logprobs": None}
    choice = {"index": 0, "text": "", "finish_reason": "length", "logprobs": scores}
    return answers(200, {"id": "1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]})


def test_an_endpoint_without_log_probabilities_is_named():
    refuses = answers(400, {"error": {"message": "echo is not supported"}})
    with FakeEndpoint(refuses) as endpoint, pytest.raises(ModelError, match="echo is not supported"):
        Perplexity("m", Settings(base_url=endpoint.url)).of("prompt", " answer")
