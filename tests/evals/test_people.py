"""Many people at the page at once, over the real server."""

from __future__ import annotations

import json

import pytest

from evals.cli import main
from evals.people.crowd import Crowd, Held
from evals.people_cli import _memory


@pytest.mark.slow
def test_three_people_ask_and_see_their_own(capsys: pytest.CaptureFixture[str]):
    assert main(["people", "--people", "3", "--every", "2", "--minutes", "0.1", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert len(seen["opened_s"]) == 3
    assert len(seen["replies"]) >= 6
    assert all(0 < one["first_s"] < one["answer_s"] <= one["ended_s"] for one in seen["replies"])
    assert (seen["strangers"], seen["astray"]) == ([], 0)
    assert min(one["mb"] for one in seen["memory"]) > 100
    assert 0 < seen["memory"][-1]["n_answers"] <= len(seen["replies"])


def crowd(*memory: float) -> Crowd:
    """A value after each answer."""
    return Crowd([], [], [], 0, 0, [Held(n, mb) for n, mb in enumerate(memory)])


def test_growth_is_told_from_what_is_loaded_once_and_from_what_sways():
    loaded = [100.0, 400.0, 480.0, 500.0]
    assert crowd(*loaded, *(500 + n * 0.016 for n in range(16))).mb_per_1000(0.2) == pytest.approx(16)
    assert crowd(*loaded, *(500 + (-1) ** n for n in range(200))).mb_per_1000(0.2) == pytest.approx(0, abs=1)


def test_of_a_few_answers_nothing_is_said_about_growth():
    assert crowd(100.0, 400.0, 500.0, 501.0).mb_per_1000(0.2) is None
    assert "too few answers" in _memory(crowd(100.0, 400.0, 500.0, 501.0))
    assert "it grows" in _memory(crowd(*(500.0 + n for n in range(20))))
    assert "+0.0 MB per 1,000 answers after the first fifth, +0.0 in the second half: flat" in _memory(
        crowd(*[500.0] * 30)
    )


def test_more_people_than_documents_is_one_sentence(capsys: pytest.CaptureFixture[str]):
    assert main(["people", "--people", "21"]) == 1
    assert "there are documents for 20 people at most" in capsys.readouterr().err
