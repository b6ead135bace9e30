"""One run: its figures with their intervals, its curves and times, and its questions, the worst first."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.components import evaluation_plots, evaluation_questions
from app.components.columns import headed
from app.components.plain_text import label
from app.evaluation.reading import Figure, RunSummary, sorted_places, summary_of, values_of
from app.evaluation.runs import Run
from app.evaluation.words import called, of_questions, setting, told_settings, told_value
from app.words import msgid, numeral, time_of, tr, trn

_NOTES = 5


def show(run: Run) -> None:
    """Draw the run, which has come to its end."""
    summary = summary_of(run.results)
    st.header(label(run.name), anchor=False)
    st.caption(told(run, summary))
    for note in summary.notes[:_NOTES]:
        st.warning(label(note, 400), icon=":material/info:")
    evaluation_plots.show_bars([summary], [run.name], f"bars-{run.id}")
    st.caption(
        tr("The thin lines are 95 % intervals: so far the figures may lie from those of all questions of the kind.")
    )
    _curves(run, summary)
    with st.expander(tr("All figures"), icon=":material/table:", key=f"figures-{run.id}"):
        rows, alt = table(summary.metrics), tr("All figures of the run")
        st.dataframe(rows, hide_index=True, width="stretch", column_config=headed(rows), alt=alt)
        st.caption(_made_with(summary))
    _questions(run, summary)


def told(run: Run, summary: RunSummary) -> str:
    """What was measured, with what, in a line of Markdown."""
    return trn(
        summary.n,
        "{set} over {collection} · {n} question · {settings}",
        "{set} over {collection} · {n} questions · {settings}",
        set=label(run.set_name),
        collection=label(run.collection),
        settings=label(told_settings(run.settings), 200),
    )


def table(metrics: Mapping[str, Figure]) -> list[dict[str, object]]:
    """A row for each metric."""
    return [
        {
            msgid("Metric"): called(name),
            msgid("Short name"): name,
            msgid("Mean"): round(figure.mean, 3),
            msgid("95 % interval"): tr("{start} to {end}", start=numeral(figure.low, 3), end=numeral(figure.high, 3)),
            msgid("Questions"): figure.n,
        }
        for name, figure in metrics.items()
    ]


def _curves(run: Run, summary: RunSummary) -> None:
    left, right = st.columns(2, gap="medium")
    if summary.curve:
        with left:
            st.markdown(tr("**Wrong answers, the more is answered**"))
            evaluation_plots.show_curves([summary], [run.name], f"curve-{run.id}")
    if summary.times is not None:
        with right:
            st.markdown(tr("**Time of an answer**"))
            evaluation_plots.show_times(summary.times, f"times-{run.id}")
            st.caption(
                trn(
                    summary.times.n,
                    "{n} answer, each searched for and read anew, one at a time.",
                    "{n} answers, each searched for and read anew, one at a time.",
                )
            )


def _made_with(summary: RunSummary) -> str:
    models = ", ".join(f"{what} {label(name, 80)}" for what, name in summary.models.items())
    seconds = ", ".join(f"{label(stage)} {numeral(value)} s" for stage, value in summary.seconds.items())
    return tr("{at}; {models}; {seconds}", at=time_of(summary.date), models=models, seconds=seconds)


def _questions(run: Run, summary: RunSummary) -> None:
    metrics = of_questions(summary.columns)
    if not metrics:
        return
    st.header(tr("Question by question"), anchor=False)
    metric = evaluation_questions.metric_choice(metrics, f"alone-{run.id}")
    is_lower = metric in summary.lower_is_better
    places = sorted_places(values_of(run.results, metric), lower_is_better=is_lower)
    st.caption(
        trn(
            len(places),
            "{n} question, the worst first. Open one to see what was said and found.",
            "{n} questions, the worst first. Open one to see what was said and found.",
        )
    )
    evaluation_questions.tell_others(summary.n - len(places))
    evaluation_questions.show_alone(run.results, places, metric, f"alone-{run.id}-{metric}")


def changed_setting(name: str, values: tuple[object, object]) -> dict[str, str]:
    """A row about a setting that two runs differ in."""
    return {msgid("Setting"): setting(name), "A": told_value(values[0]), "B": told_value(values[1])}
