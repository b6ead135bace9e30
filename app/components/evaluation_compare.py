"""Two runs of one set side by side: what differs, how sure that is, and question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import streamlit as st

from app.components import evaluation_plots, evaluation_progress, evaluation_questions
from app.components.columns import headed
from app.components.evaluation_results import changed_setting
from app.components.evaluation_runs import finished
from app.components.evaluation_stores import draw, show_trouble, stores, try_to
from app.components.plain_text import label
from app.evaluation.reading import (
    Change,
    Comparison,
    MetricChange,
    changed_places,
    comparison_of,
    pairs_of,
    summary_of,
    values_of,
)
from app.evaluation.runs import Run
from app.evaluation.tasks import task_of
from app.evaluation.words import called, of_questions
from app.words import msgid, numeral, time_of, tr, trn

_SURE = 0.05
"""p below which a difference counts as one."""
_KINDS: Mapping[Change, str] = {
    "better": msgid("Better with B"),
    "worse": msgid("Worse with B"),
    "changed": msgid("Changed"),
    "same": msgid("Same"),
    "all": msgid("All"),
}


def show() -> None:
    """Choose two runs, and draw what they differ in."""
    runs = finished(stores().runs.all())
    sets = [run.set_id for run in runs]
    runs = [run for run in runs if sets.count(run.set_id) > 1]
    if not runs:
        st.info(
            tr("Two finished runs of one set are needed: try other settings under “Runs”, over the same questions.")
        )
        return
    left, right = st.columns(2)
    with left:
        second = st.selectbox(tr("B: the later one"), runs, format_func=_named, key="compare-second")
    others = [run for run in runs if run.set_id == second.set_id and run.id != second.id]
    with right:
        first = st.selectbox(tr("A: compared with"), others, format_func=_named, key=f"compare-first-{second.id}")
    show_trouble()
    folder = stores().runs.compare(first.id, second.id)
    task = task_of(folder)
    if task is not None and task.is_moving:
        st.fragment(draw, run_every=0.5)(_wait, folder=folder)
    elif task is not None and task.state != "done":
        evaluation_progress.show(task)
        args = (stores().runs.compare, first.id, second.id)
        st.button(tr("Try again"), key="compare-again", on_click=try_to, args=args, kwargs={"is_again": True})
    else:
        _compared(first, second, folder, comparison_of(folder))


def _named(run: Run) -> str:
    """Its id begins with when it was started, such as 20261129-0956, in UTC."""
    return f"{run.name} ({time_of(run.id[:13].replace('-', 'T'))}, {run.set_name})"


def _wait(*, folder: Path) -> None:
    task = task_of(folder)
    if task is None or not task.is_moving:
        st.rerun()
    st.caption(tr("Comparing the two runs…"))


def _compared(first: Run, second: Run, folder: Path, found: Comparison) -> None:
    summaries = [summary_of(run.results) for run in (first, second)]
    names = [f"A: {first.name}", f"B: {second.name}"]
    lower = summaries[0].lower_is_better
    st.markdown(verdict(found.differences, lower))
    if found.note:
        st.caption(label(found.note, 300))
    if found.changed:
        rows = [changed_setting(name, both) for name, both in found.changed.items()]
        alt = tr("Settings that the two runs differ in")
        st.dataframe(rows, hide_index=True, width="stretch", column_config=headed(rows), alt=alt)
    else:
        st.caption(tr("No setting differs."))
    key = f"{first.id}-{second.id}"
    evaluation_plots.show_bars(summaries, names, f"bars-{key}")
    if any(summary.curve for summary in summaries):
        st.markdown(tr("**Wrong answers, the more is answered**"))
        evaluation_plots.show_curves(summaries, names, f"curves-{key}")
    with st.expander(tr("All figures"), icon=":material/table:", key=f"figures-{key}"):
        rows, alt = table(found.differences, lower), tr("All figures of both runs")
        st.dataframe(rows, hide_index=True, width="stretch", column_config=headed(rows), alt=alt)
        st.caption(
            tr(
                "p: how often so large a difference would come by chance. Among twenty figures one below 0.05 is to be "
                "expected where nothing differs."
            )
        )
    _questions(first, second, folder, names)


def verdict(differences: Mapping[str, MetricChange], lower: Sequence[str]) -> str:
    """What is surely better and worse, in a sentence of Markdown."""
    sure = {name: change for name, change in differences.items() if change.p < _SURE}
    better = [name for name, change in sure.items() if is_gain(name, change, lower)]
    worse = [name for name in sure if name not in better]
    if not sure:
        return tr("**No clear difference** in any figure: what differs may be chance.")
    said = [label("; ".join(map(called, names)), 400) for names in (better, worse)]
    parts = [
        trn(
            len(better),
            "**B is better** in {n} figure: {names}.",
            "**B is better** in {n} figures: {names}.",
            names=said[0],
        ),
        trn(
            len(worse),
            "**B is worse** in {n} figure: {names}.",
            "**B is worse** in {n} figures: {names}.",
            names=said[1],
        ),
    ]
    return " ".join(part for part, names in zip(parts, (better, worse), strict=True) if names)


def is_gain(name: str, change: MetricChange, lower: Sequence[str]) -> bool:
    """Whether the second run is better by this metric."""
    return change.mean < 0 if name in lower else change.mean > 0


def table(differences: Mapping[str, MetricChange], lower: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each metric that both have."""
    return [
        {
            msgid("Metric"): called(name),
            msgid("B less A"): _signed(change.mean),
            msgid("95 % interval"): tr("{start} to {end}", start=_signed(change.low), end=_signed(change.high)),
            "p": numeral(change.p, 4),
            msgid("B is"): _told(name, change, lower),
            msgid("Higher / lower / same"): " / ".join(map(numeral, (change.won, change.lost, change.tied))),
        }
        for name, change in differences.items()
    ]


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{numeral(abs(value), 3)}"


def _told(name: str, change: MetricChange, lower: Sequence[str]) -> str:
    if change.p >= _SURE:
        return tr("no clear difference")
    return tr("better") if is_gain(name, change, lower) else tr("worse")


def _questions(first: Run, second: Run, folder: Path, names: Sequence[str]) -> None:
    one, other = summary_of(first.results), summary_of(second.results)
    metrics = of_questions(name for name in one.columns if name in other.columns)
    if not metrics:
        return
    st.header(tr("Question by question"), anchor=False)
    key = f"pairs-{first.id}-{second.id}"
    metric = evaluation_questions.metric_choice(metrics, key)
    pairs = pairs_of(folder)
    values = values_of(first.results, metric)[pairs[:, 0]], values_of(second.results, metric)[pairs[:, 1]]
    is_lower = metric in one.lower_is_better
    counts = {kind: changed_places(*values, kind, lower_is_better=is_lower) for kind in get_args(Change)}
    kind = st.segmented_control(
        tr("Which questions"),
        list(_KINDS),
        format_func=lambda one: f"{tr(_KINDS[one])} ({numeral(len(counts[one]))})",
        default="changed" if len(counts["changed"]) else "all",
        required=True,
        key=f"{key}-kind",
        label_visibility="collapsed",
    )
    evaluation_questions.tell_others(len(pairs) - len(counts["all"]))
    shown = pairs[counts[kind]]
    if not len(shown):
        st.caption(tr("There are no such questions."))
        return
    evaluation_questions.show_pairs((first.results, second.results), shown, names, metric, f"{key}-{metric}-{kind}")
