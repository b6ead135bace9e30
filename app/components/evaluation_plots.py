"""What runs measured, drawn as bars with intervals, curves and times; all of it lines, boxes and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.drawing import component
from app.evaluation.reading import Figure, RunSummary, Times
from app.evaluation.words import GROUPS
from app.words import numeral, percent, tr, trn
from rag.inert import flat

_draw = component("evaluation", "evaluation.css", "evaluation.js")


def show_bars(summaries: Sequence[RunSummary], names: Sequence[str], key: str) -> None:
    """The metrics that have words, of one run or of two side by side."""
    groups = bars(summaries)
    if groups:
        data = {"kind": "bars", "names": list(map(flat, names)), "groups": groups, "words": _words()}
        _draw(data=data, key=key)


def show_curves(summaries: Sequence[RunSummary], names: Sequence[str], key: str) -> None:
    """How often answers are wrong, the more of the questions are answered; nothing where no run answered."""
    if not any(summary.curve for summary in summaries):
        return
    told = "; ".join(_wrong(name, one) for name, one in zip(names, summaries, strict=True))
    label = tr("Risk and coverage: {told}", told=told)
    lines = [list(summary.curve) for summary in summaries]
    data = {"kind": "curve", "names": list(map(flat, names)), "lines": lines, "label": flat(label)}
    _draw(data=data | {"words": _words()}, key=key)
    st.caption(
        tr(
            "Every question counts as if it were answered. Wrong is an answer without the expected words, and any "
            "answer to a question that the documents do not answer. Where answers are quoted, each question counts "
            "once more without the passages that answer it, and is wrong then."
        )
    )


def show_times(times: Times, key: str) -> None:
    """How long answers took."""
    half, most = numeral(times.p50), numeral(times.p95)
    label = trn(
        times.n,
        "Times of {n} answer: half within {half} ms, 95 % within {most} ms",
        "Times of {n} answers: half within {half} ms, 95 % within {most} ms",
        half=half,
        most=most,
    )
    data = {"kind": "times", "label": label, "p50": times.p50, "p95": times.p95}
    _draw(data=data | {"counts": list(times.counts), "edges": list(times.edges), "words": _words()}, key=key)


def _words() -> dict[str, str]:
    """What `evaluation.js` says."""
    return {
        "half": tr("half"),
        "most": tr("95%"),
        "answered": tr("Share of questions answered, the surest first"),
        "time": tr("Time of an answer"),
        "percent": tr("{n}%"),
        "point": numeral(0.5, 1)[1],
    }


def bars(summaries: Sequence[RunSummary]) -> list[dict[str, Any]]:
    """What the browser draws: groups of rows, a value for each run; None: that run lacks it."""
    groups = []
    for group, metrics in GROUPS.items():
        rows = []
        for metric, words in metrics.items():
            figures = [summary.metrics.get(metric) for summary in summaries]
            if any(figures):
                between = tr(" and ")
                said = f"{tr(words.name)} {between.join(map(_said, figures))}"
                values = list(map(_value, figures))
                rows.append({"name": tr(words.name), "said": said, "help": tr(words.help), "values": values})
        if rows:
            groups.append({"name": tr(group), "rows": rows})
    return groups


def _value(figure: Figure | None) -> dict[str, float] | None:
    return None if figure is None else {"mean": figure.mean, "low": figure.low, "high": figure.high}


def _said(figure: Figure | None) -> str:
    if figure is None:
        return tr("not measured")
    mean, low, high = (numeral(value, 2) for value in (figure.mean, figure.low, figure.high))
    return tr("{mean} ({low} to {high})", mean=mean, low=low, high=high)


def _wrong(name: str, summary: RunSummary) -> str:
    if not summary.curve:
        return tr("{name} is wrong in an unknown share of all answers", name=name)
    return tr("{name} is wrong in {share} of all answers", name=name, share=percent(summary.curve[-1][1]))
