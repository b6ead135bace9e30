"""Sampling of a conversation: sent with each of its requests, over the same connections, and kept in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.fallback import FallbackModel
from app.opening import open_model
from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.errors import ConfigError
from rag.settings import SAMPLING, Settings, sampling_of, with_sampling
from tests import fake_messages
from tests.app.chatting import KEY, QUESTION
from tests.fake_endpoint import FakeEndpoint, Reply, answers, says

ALL = {
    "temperature": "0.7",
    "top_p": "0.9",
    "sample_top_k": "40",
    "max_answer_tokens": "99",
    "frequency_penalty": "0.5",
    "presence_penalty": "-0.5",
    "repetition_penalty": "1.1",
    "seed": "7",
}
SENT = {
    "temperature": 0.7,
    "top_p": 0.9,
    "top_k": 40,
    "max_tokens": 99,
    "frequency_penalty": 0.5,
    "presence_penalty": -0.5,
    "repetition_penalty": 1.1,
    "seed": 7,
}
REFUSES = answers(400, {"error": {"message": "Unsupported parameter: temperature is not supported"}})


def opened(endpoint: FakeEndpoint, **given: Any) -> Any:  # noqa: ANN401
    return open_model(Settings(chat_model="tiny", base_url=endpoint.url, api_key=KEY, **given), retries=0)


def asked(model: Any) -> list[str]:  # noqa: ANN401
    return [delta.text for delta in model.stream(QUESTION)]


def test_every_value_is_sent_and_the_model_itself_stays_as_it_was():
    with FakeEndpoint(says("ok")) as endpoint:
        model = opened(endpoint)
        sampled = model.sampled(with_sampling(Settings(), ALL))
        asked(sampled)
        asked(model)
        first, second = endpoint.requests
        assert sampled._client is model._client  # one client keeps one set of connections
        model.close()
    assert {name: first[name] for name in SENT} == SENT
    assert second["temperature"] == 0.0
    assert not {"top_p", "seed", "top_k"} & second.keys()
    assert sampled.window().answer_tokens == 99


def test_what_one_conversation_learns_of_the_endpoint_another_one_knows():
    with FakeEndpoint(REFUSES, says("ok")) as endpoint:
        model = opened(endpoint)
        asked(model.sampled(with_sampling(Settings(), {"temperature": "1.5"})))
        asked(model.sampled(with_sampling(Settings(), {"temperature": "0.3"})))
        model.close()
    assert ["temperature" in request for request in endpoint.requests] == [True, False, False]


def test_anthropics_endpoint_gets_what_it_takes():
    pytest.importorskip("anthropic")
    with FakeEndpoint(fake_messages.says("ok")) as endpoint:
        model = opened(endpoint, chat_profile="anthropic", anthropic_key=KEY)
        asked(model.sampled(with_sampling(Settings(), ALL)))
        asked(model)
        first, second = endpoint.requests
        model.close()
    kept = {"temperature": 0.7, "top_p": 0.9, "top_k": 40, "max_tokens": 99}
    assert {name: first[name] for name in kept} == kept
    assert (second["temperature"], second["max_tokens"]) == (0.0, 512)


def test_the_second_of_two_models_gets_it_too_and_the_first_rests_for_all():
    with FakeEndpoint(answers(500, {"error": "down"})) as one, FakeEndpoint(says("ok")) as other:
        first, second = opened(one), opened(other)
        both = FallbackModel(first, second)
        for _ in range(2):
            asked(both.sampled(with_sampling(Settings(), {"seed": "7"})))
        first.close()
        second.close()
    assert [request["seed"] for request in other.requests] == [7, 7]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"temperature": "3"}, "Temperature='3' must be a number from 0 to 2"),
        ({"seed": "-1"}, "Seed='-1' must be a whole number from 0 to 2147483647, or auto"),
        ({"max_answer_tokens": "many"}, "Longest answer, in tokens='many' must be a whole number from 1 to 100000"),
    ],
)
def test_values_have_the_ranges_of_the_settings(given: Mapping[str, str], said: str):
    with pytest.raises(ConfigError, match=said):
        with_sampling(Settings(), given)


def test_an_answer_is_written_with_it_and_the_audit_log_says_so(tmp_path: Path):
    reply: Reply = says("The light is 41 metres high [1].")
    with FakeEndpoint(reply) as endpoint:
        workspace = Workspace(Settings(home=tmp_path / "home", chat_model="tiny", base_url=endpoint.url))
        (tmp_path / "light.md").write_text("The light of Fowey is 41 metres high.")
        assert [one.state for one in Pipeline(workspace.library, "default").add([File(tmp_path / "light.md", "l.md")])]
        own = with_sampling(workspace.settings, ALL)
        workspace.answerer.ask("How high is the light?", sampling=own)
        workspace.answerer.ask("How high is the light of Fowey?")
        rows = {row["settings"]["sampling"]["seed"]: row["settings"]["sampling"] for row in workspace.audit.rows()}
        assert workspace.sampled_by() == tuple(SAMPLING)
        workspace.close()
    assert [request["temperature"] for request in endpoint.requests] == [0.7, 0.0]
    assert rows == {7: sampling_of(own), "auto": sampling_of(Settings())}
