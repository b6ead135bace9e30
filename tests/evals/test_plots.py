"""Plots of a run are written as pictures."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from evals.asking import Asked, Said
from evals.plots import draw
from evals.record import RunRecord
from evals.significance import Estimate


def record(name: str) -> RunRecord:
    asked = [
        Asked("q1", "?", ("x",), is_answerable=True, said=Said("x", False, 0.9, 1.0), metrics={"contained": 1.0}),
        Asked("q2", "?", (), is_answerable=False, said=Said("", True, 0.1, 1.0)),
    ]
    metrics = {"contained": Estimate(0.5, 0.4, 0.6, 2)}
    return RunRecord("tiny", name, {"threshold": 0.2}, {}, {}, "", {}, {}, tuple(asked), metrics=metrics)


def test_metrics_and_refusal_are_drawn(tmp_path: Path):
    drawn = draw([record("a"), record("b")], tmp_path)
    assert [path.name for path in drawn] == ["metrics.png", "refusal.png"]
    for path in drawn:
        with Image.open(path) as picture:
            assert len(picture.convert("RGB").getcolors(1_000_000) or ()) > 10
