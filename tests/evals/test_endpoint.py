"""The misbehaving endpoint and what is measured with it; a short run, and the whole command as a slow test."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evals.cli import main
from evals.endpoint import rounds
from evals.endpoint.faults import FAULTS

FEW = ("down", "slow first byte", "slow tokens", "cut", "401", "endless error")


def silent(_: str) -> None:
    """Nobody wants to know."""


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found is what goes on for ever, not what a processor was too busy for: the least of it takes eight seconds."""
    monkeypatch.setattr(rounds, "GRACE_S", 5.0)
    monkeypatch.setattr(rounds, "_LEFT_S", 5.0)


@pytest.mark.usefixtures("busy")
def test_a_few_rounds_leave_nothing_behind():
    rows = rounds.measure(6, silent, FEW)
    assert [row.name for row in rows] == list(FEW)
    assert [row.n for row in rows] == [1] * 6
    assert {row.name: row.wrong for row in rows if row.wrong} == {}
    slow = next(row for row in rows if row.name == "slow first byte")
    assert slow.longest_s > 0.35, "it waits for the endpoint"


def test_what_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rounds, "GRACE_S", 0.0)
    monkeypatch.setitem(FAULTS, "401", replace(FAULTS["401"], sentence="another sentence", keeps_text=True))
    [row] = rounds.measure(1, silent, ["401"])
    assert [word for word in ("said", "what was written is gone", "took") if word not in str(row.wrong)] == []


@pytest.mark.slow
@pytest.mark.usefixtures("busy")
def test_the_command(capsys: pytest.CaptureFixture[str]):
    assert main(["endpoint", "--rounds", "64", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"]: row["wrong"] for row in rows if row["wrong"]} == {}
    assert sum(row["n"] for row in rows) >= 64


@pytest.mark.slow
def test_questions_at_once(capsys: pytest.CaptureFixture[str]):
    main(["endpoint", "--load", "8", "--json"])
    load = json.loads(capsys.readouterr().out)
    asked = [*load["alone"], *load["together"]]
    assert len(asked) == 16
    assert all(one["is_answered"] for one in asked)
    assert all(0 <= one["first_s"] < 8 for one in load["alone"])
    assert len(load["left_s"]) == 20
    assert max(load["left_s"]) < 8, "a busy machine takes its time"
