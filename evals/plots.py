"""Draws a run's metrics and its refusal curves; matplotlib is needed, which only development installs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from evals.record import RunRecord
from evals.refusal_curve import risk_coverage, threshold_curve

_COLOURS = ("#1f6feb", "#d1570c")
_APART = "(measured apart from the quality, which may be that of other weights)"


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw(records: Sequence[RunRecord], folder: Path) -> list[Path]:
    """`metrics.png`, and `refusal.png` where a run refuses; the files that were written."""
    drawn = [_metrics(records, folder / "metrics.png")]
    if any(record.refusals() for record in records):
        drawn.append(_refusal(records, folder / "refusal.png"))
    return drawn


def _metrics(records: Sequence[RunRecord], path: Path) -> Path:
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(name for record in records for name in record.metrics or {}))
    figure = Figure(figsize=(8, 1 + 0.3 * len(names)), layout="constrained")
    axes = figure.subplots()
    for at, record in enumerate(records):
        metrics = record.metrics or {}
        rows = [row for row, name in enumerate(names) if name in metrics]
        values = [metrics[names[row]] for row in rows]
        means = np.array([value.mean for value in values])
        errors = np.abs(np.array([[value.low, value.high] for value in values]).T - means)
        places = np.array(rows) + 0.25 * (at - (len(records) - 1) / 2)
        axes.errorbar(means, places, xerr=errors, fmt="o", markersize=4, color=_COLOURS[at], label=record.config)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(axis="x", alpha=0.3)
    axes.set_title(f"{records[0].set}: means with 95 % intervals")
    axes.legend()
    figure.savefig(path, dpi=120)
    return path


def _refusal(records: Sequence[RunRecord], path: Path) -> Path:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    shares, risks = figure.subplots(1, 2)
    for at, record in enumerate(records):
        rows = np.array(list(record.refusals().values()), dtype=np.float64).reshape(-1, 4)
        thresholds, good, bad = threshold_curve(rows)
        shares.plot(thresholds, bad, color=_COLOURS[at], label=f"{record.config}: unanswerable")
        shares.plot(thresholds, good, color=_COLOURS[at], linestyle="--", label=f"{record.config}: answerable")
        shares.axvline(float(record.settings["threshold"]), color=_COLOURS[at], alpha=0.3)
        risks.plot(*risk_coverage(rows), color=_COLOURS[at], label=record.config)
    shares.set(xlabel="threshold", ylabel="share refused", title="Refused below a threshold")
    risks.set(
        xlabel="coverage: share answered, the surest first", ylabel="risk: share wrong", title="Risk and coverage"
    )
    for axes in (shares, risks):
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    figure.savefig(path, dpi=120)
    return path


def draw_depth(quality: Mapping[str, Mapping[int, float]], by_depth: Mapping[str, float], folder: Path) -> list[Path]:
    """nDCG@10 of every set and their mean, against the hits reranked and against the milliseconds that these take."""
    depths = sorted(set.intersection(*(set(of) for of in quality.values())))
    means = [float(np.mean([of[depth] for of in quality.values()])) for depth in depths]
    curves = {name: [of[depth] for depth in depths] for name, of in quality.items()} | {"mean": means}
    milliseconds = [by_depth[str(depth)] for depth in depths]
    return [
        _curves(depths, curves, "hits reranked", folder / "depth.svg"),
        _curves(milliseconds, curves, f"milliseconds of a question, p50\n{_APART}", folder / "milliseconds.svg"),
    ]


def _curves(x: Sequence[float], curves: Mapping[str, Sequence[float]], label: str, path: Path) -> Path:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": path.stem}):  # the same figures make the same file
        figure = Figure(figsize=(6, 3.6), layout="constrained")
        axes = figure.subplots()
        for name, values in curves.items():
            width, style = (2.5, "o-") if name == "mean" else (1, ".-")
            axes.plot(x, values, style, linewidth=width, markersize=4, label=name)
        axes.set(xlabel=label, ylabel="nDCG@10")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
        figure.savefig(path, metadata={"Date": None})
    return path
