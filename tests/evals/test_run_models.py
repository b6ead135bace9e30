"""`python -m evals run` with chat models behind a real socket: one that answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.config import Config
from evals.datasets import Dataset, open_dataset
from evals.runner import Options, run
from rag.settings import Settings
from tests.evals import tiny_sets
from tests.fake_endpoint import FakeEndpoint, says

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
