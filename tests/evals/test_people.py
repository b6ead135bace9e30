"""Many people at the page at once, over the real server."""

from __future__ import annotations

import json

import pytest

from evals.cli import main
from evals.people.crowd import Crowd


@pytest.mark.slow
def test_three_people_ask_and_see_their_own(capsys: pytest.CaptureFixture[str]):
    assert main(["people", "--people", "3", "--every", "2", "--minutes", "0.1", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert len(seen["opened_s"]) == 3
    assert len(seen["replies"]) >= 6
    assert all(0 < one["first_s"] < one["answer_s"] <= one["ended_s"] for one in seen["replies"])
    assert (seen["strangers"], seen["astray"]) == ([], 0)
    assert min(seen["memory_mb"]) > 100


def test_growth_is_told_from_what_is_loaded_once():
    memory = [100.0, 400.0, 500.0, 500.0, 500.0, 510.0, 520.0, 530.0, 540.0, 550.0]
    assert Crowd([], [], [], 0, 0, memory).growth_mb == 550 - 500


def test_more_people_than_documents_is_one_sentence(capsys: pytest.CaptureFixture[str]):
    assert main(["people", "--people", "21"]) == 1
    assert "there are documents for 20 people at most" in capsys.readouterr().err
