from __future__ import annotations

from pathlib import Path

import pytest

from evals.cli import main
from evals.weights import FIXED, SetWeights, verdict
from tests.evals.tiny_sets import beir


def one(tuned: float, *, dense: float = 0.5, keyword: float = 0.6, fixed: float = 0.7) -> SetWeights:
    return SetWeights("a", 9, dense, keyword, dict.fromkeys(FIXED, 0.5) | {0.4: fixed}, tuned, 0.3)


def test_the_claims_are_told_as_they_are():
    good = verdict([one(0.72), one(0.70)])
    assert (good.best_fixed, good.beats_fixed, good.is_never_worse) == (0.4, True, True)
    assert not verdict([one(0.72), one(0.67)]).beats_fixed
    assert verdict([one(0.9), one(0.596)]).is_never_worse
    assert not verdict([one(0.9), one(0.594)]).is_never_worse


def test_the_command_prints_every_weight_and_the_claims(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["weights", str(beir(tmp_path / "set")), "--cache", str(tmp_path / "cache")]) == 0
    printed = capsys.readouterr().out
    assert "better on average than every fixed weight: " in printed
    assert "nowhere behind the better searcher alone by more than 0.005: " in printed
