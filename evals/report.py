"""Records as Markdown: the metrics of one run or of two side by side, and two runs question by question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evals.asking import Asked
from evals.record import RunRecord, differences
from evals.refusal_curve import REFUSAL
from evals.significance import Difference, Estimate
from rag.errors import InputError

LOWER_IS_BETTER = frozenset({"risk_area", "calibration", "perplexity"})
"""Metrics of which less is better."""
_CUT = 100
"""Characters of a question or an answer that a table shows."""


def table_of(record: RunRecord) -> str:
    """One run: every metric with its 95 % interval."""
    metrics = record.metrics or {}
    rows = [
        (name, _figure(value), f"{value.low:.3f} to {value.high:.3f}", f"{value.n:,}")
        for name, value in metrics.items()
    ]
    return _head(record) + _table(("metric", "mean", "95 % interval", "questions"), rows) + _foot(record)


def table_of_two(first: RunRecord, second: RunRecord, found: Mapping[str, Difference] | None = None) -> str:
    """Two runs side by side, on the questions that both asked, with what their difference is worth."""
    found = differences(first, second) if found is None else found
    one, other = first.metrics or {}, second.metrics or {}
    rows = []
    for name, change in found.items():
        counts = f"{change.won:,} / {change.lost:,} / {change.tied:,}" if name not in REFUSAL else ""
        interval = f"{change.mean:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
        rows.append((name, _figure(one[name]), _figure(other[name]), interval, f"{change.p:.4f}", counts))
    columns = ("metric", f"A: {first.config}", f"B: {second.config}", "B less A (95 %)", "p", "B higher / lower / same")
    return _changed(first, second) + _table(columns, rows) + _foot(first) + _foot(second)


def questions_of(first: RunRecord, second: RunRecord, metric: str, n_shown: int) -> str:
    """Who won each question by one metric, and those with the largest differences; raises InputError without it."""
    one, other = first.values(metric), second.values(metric)
    shared = {asked.id: asked for asked in second.questions if asked.id in one and asked.id in other}
    if not shared:
        has = ", ".join(first.metrics or {})
        raise InputError(f"no question has {metric!r} in both runs; the first has {has}")
    ordered = sorted(shared, key=lambda id: (other[id] - one[id], id))
    if metric in LOWER_IS_BETTER:
        ordered.reverse()
    lost = [id for id in ordered if other[id] != one[id]][:n_shown]
    won = [id for id in reversed(ordered) if other[id] != one[id] and id not in lost][:n_shown]
    texts = {asked.id: asked for asked in first.questions}
    parts = []
    for title, ids in ((f"Where B ({second.config}) is better", won), (f"Where A ({first.config}) is better", lost)):
        shown = [id for id in ids if _is_better(other[id], one[id], metric) is (ids is won)]
        rows = [
            (f"{one[id]:.3f}", f"{other[id]:.3f}", _cut(shared[id].question), _said(texts[id]), _said(shared[id]))
            for id in shown
        ]
        parts.append(f"### {title}\n\n" + _table((f"A {metric}", "B", "question", "A says", "B says"), rows))
    return "\n".join(parts)


def _is_better(value: float, than: float, metric: str) -> bool:
    return value < than if metric in LOWER_IS_BETTER else value > than


def _said(asked: Asked) -> str:
    if asked.said is None:
        return _cut(", ".join(asked.found[:3]))
    return "refused" if asked.said.refused else _cut(asked.said.text)


def _cut(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= _CUT else f"{line[:_CUT]}…"


def _figure(value: Estimate) -> str:
    return f"{value.mean:.3f}"


def _head(record: RunRecord) -> str:
    n, of = record.sample["asked"], record.sample["of"]
    some = f"{n:,} of {of:,}" if n < of else f"{n:,}"
    return f"## {record.set}, {record.config}: {some} questions\n\n"


def _changed(first: RunRecord, second: RunRecord) -> str:
    keys = [key for key in first.settings if first.settings[key] != second.settings.get(key)]
    rows = [(key, str(first.settings[key]), str(second.settings.get(key))) for key in keys]
    table = _table(("setting", "A", "B"), rows) if rows else "No setting differs.\n"
    return f"## {first.set}: {first.config} and {second.config}\n\n{table}\n"


def _foot(record: RunRecord) -> str:
    models = ", ".join(f"{what} {name}" for what, name in record.models.items())
    seconds = ", ".join(f"{stage} {value:.1f} s" for stage, value in record.seconds.items())
    notes = "".join(f"- {note}\n" for note in record.notes)
    return f"\n{record.config}: {record.date}; {models}; {seconds}.\n{notes}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
