"""What runs measured, drawn as bars with intervals, curves and times; all of it lines, boxes and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.components.drawing import component
from app.evaluation.reading import Figure, RunSummary, Times
from app.evaluation.words import GROUPS
from rag.inert import flat

_draw = component("evaluation", "evaluation.css", "evaluation.js")


def show_bars(summaries: Sequence[RunSummary], names: Sequence[str], key: str) -> None:
    """The metrics that have words, of one run or of two side by side."""
    groups = bars(summaries)
    if groups:
        _draw(data={"kind": "bars", "names": list(map(flat, names)), "groups": groups}, key=key)


def show_curves(summaries: Sequence[RunSummary], names: Sequence[str], key: str) -> None:
    """How often answers are wrong, the more of the questions are answered; nothing where no run answered."""
    if not any(summary.curve for summary in summaries):
        return
    told = (f"{name} is wrong in {_wrong(one)} of all answers" for name, one in zip(names, summaries, strict=True))
    lines = [list(summary.curve) for summary in summaries]
    label = f"Risk and coverage: {'; '.join(told)}"
    _draw(data={"kind": "curve", "names": list(map(flat, names)), "lines": lines, "label": flat(label)}, key=key)


def show_times(times: Times, key: str) -> None:
    """How long answers took."""
    label = f"Times of {times.n} answers: half within {times.p50:.0f} ms, 95 % within {times.p95:.0f} ms"
    data = {"kind": "times", "label": label, "p50": times.p50, "p95": times.p95}
    _draw(data=data | {"counts": list(times.counts), "edges": list(times.edges)}, key=key)


def bars(summaries: Sequence[RunSummary]) -> list[dict[str, Any]]:
    """What the browser draws: groups of rows, a value for each run; None: that run lacks it."""
    groups = []
    for group, metrics in GROUPS.items():
        rows = []
        for metric, words in metrics.items():
            figures = [summary.metrics.get(metric) for summary in summaries]
            if any(figures):
                said = f"{words.name} {' and '.join(map(_said, figures))}"
                rows.append({"name": words.name, "said": said, "values": list(map(_value, figures))})
        if rows:
            groups.append({"name": group, "rows": rows})
    return groups


def _value(figure: Figure | None) -> dict[str, float] | None:
    return None if figure is None else {"mean": figure.mean, "low": figure.low, "high": figure.high}


def _said(figure: Figure | None) -> str:
    return "not measured" if figure is None else f"{figure.mean:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _wrong(summary: RunSummary) -> str:
    return f"{summary.curve[-1][1]:.0%}" if summary.curve else "an unknown share"
