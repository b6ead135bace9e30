"""`python -m evals run` with chat models behind a real socket: one that answers, and those that judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.cli import main
from evals.config import Config
from evals.datasets import Dataset, open_dataset
from evals.record import versions
from evals.record_file import read
from evals.runner import Options, run
from indexes.late_weights import late_fingerprint
from rag.settings import Settings
from tests.evals import tiny_sets
from tests.fake_endpoint import FakeEndpoint, Reply, answers, says

WRONG = "The stone bridge over the Wend was finished in 1893. [1]"
RIGHT = "The stone bridge over the Wend was finished in 1743. [1]"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    dataset = open_dataset(tiny_sets.beir(tmp_path_factory.mktemp("sets") / "tiny"))
    return replace(dataset, queries=dataset.queries[:1])


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def answering(endpoint: FakeEndpoint) -> Settings:
    return Settings(chat_model="m", base_url=endpoint.url, chat_profile="compatible", context_tokens=8000)


@pytest.mark.parametrize(("rewrite", "said"), [("off", 0), ("once", 1)])
def test_an_answer_is_written_once_more_where_the_config_says_so(rewrite: str, said: float, tiny: Dataset, cache: Path):
    with FakeEndpoint(says(WRONG), says(RIGHT)) as endpoint:
        config = Config("a", replace(answering(endpoint), rewrite=rewrite))
        record = run(tiny, config, Options(cache=cache, is_timed=True))
        assert len(endpoint.requests) == 1 + (rewrite == "once")
    assert record.values("contained") == {"q1": said}
    assert record.settings["rewrite"] == rewrite


def scores() -> Reply:
    logprobs = {"token_logprobs": [None, -1.0], "text_offset": [0, 10**6], "tokens": ["x"] * 2, "top_logprobs": None}
    choice = {"index": 0, "text": "", "finish_reason": "length", "logprobs": logprobs}
    return answers(200, {"id": "1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]})


@pytest.mark.parametrize(
    ("option", "reply", "model", "note"),
    [
        ("--judge", says("I cannot say."), "judged by", ["3 verdicts of other at ADDRESS could not be used"]),
        ("--judge", says('{"correct": 1, "grounded": 1, "relevant": 1}'), "judged by", []),
        ("--perplexity", scores(), "scored by", []),
    ],
)
def test_a_record_says_who_judged_and_where(  # noqa: PLR0917
    option: str, reply: Reply, model: str, note: list[str], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    given, out = tmp_path / "a.toml", tmp_path / "out"
    given.write_text("reranker = 'none'\n", "utf-8")
    command = ["run", str(tiny_sets.beir(tmp_path / "tiny")), "--config", str(given), "--out", str(out)]
    with FakeEndpoint(reply) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url.replace("//", "//me:SECRET@"))
        monkeypatch.setenv("OPENAI_API_KEY", "SECRET-key")
        assert main([*command, option, "other", "--cache", str(cache)]) == 0
        assert endpoint.requests
    record = read(out)
    assert record.models[model] == f"other at {endpoint.url}"
    assert record.models["reader"] == late_fingerprint()
    assert "reranker" not in record.models
    assert list(record.notes) == [text.replace("ADDRESS", endpoint.url) for text in note]
    report = (out / "report.md").read_text("utf-8")
    assert f"{model} other at {endpoint.url}" in report
    assert all(text in report for text in record.notes)
    assert "SECRET" not in report + next(out.glob("*.json")).read_text("utf-8")


def test_a_record_names_the_libraries_that_a_cross_encoder_depends_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("evals.record.version", lambda name: f"{name} 1")  # also where it is not installed
    assert {"torch", "transformers", "tokenizers", "openvino"} <= versions().keys()
