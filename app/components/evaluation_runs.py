"""Runs: a new one, and the list of all with what each is doing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import evaluation_progress, evaluation_results
from app.components.evaluation_stores import draw, stores, telling, try_to, turn_to
from app.components.plain_text import label
from app.components.resources import personal
from app.evaluation import tasks
from app.evaluation.reading import summary_of
from app.evaluation.runs import Run, Value
from app.evaluation.words import called, setting, told_settings, told_value
from app.wiring import THRESHOLD
from app.words import numeral, tr, trn, within
from rag.late_interaction import DEPTH, N_READ
from rag.retriever import CANDIDATES

OPEN = "evaluation-run"
_MOST = "evaluation-runs-shown"
_FIRST, _MORE = 20, 50
_SHOWN = ("success@5", "contained")


def show() -> None:
    """The run that is open, or all of them."""
    if id := st.session_state.get(OPEN):
        st.button(
            tr("All runs"), icon=":material/arrow_back:", key="runs-back", type="tertiary", on_click=_open, args=(None,)
        )
        run = stores().runs.one(id)
        evaluation_results.show(run)
        return
    _new()
    runs = stores().runs.all()
    is_moving = any(run.task.is_moving for run in runs)
    st.fragment(draw, run_every=1.0 if is_moving else None)(_list, was_moving=is_moving)


def _new() -> None:
    sets = stores().sets.all()
    ready = [one for one in sets if one.n]
    if not ready:
        unmade = tr("No set has its questions yet: “Question sets” tells how far they are.")
        none = tr("There is no set of questions yet: make one under “Question sets”, from your own documents.")
        st.info(unmade if sets else none)
        return
    with st.container(border=True, key="new-run"):
        chosen, name = st.columns(2)
        of = chosen.selectbox(
            tr("Question set"), ready, format_func=lambda one: f"{one.name} ({numeral(one.n)})", key="run-set"
        )
        with st.expander(tr("Try other settings"), icon=":material/tune:", key="run-settings"):
            settings = _settings()
        told = told_settings(settings)
        usual = told[:1].upper() + told[1:100]
        called_so = name.text_input(tr("Name of the run"), key="run-name", placeholder=usual, max_chars=100)
        if st.button(tr("Start the run"), icon=":material/play_arrow:", key="run-start"):
            with telling():
                stores().runs.start(stores().sets, of.id, called_so.strip() or usual, settings, None)
                st.rerun()


def _settings() -> dict[str, Value]:
    """What is to be another than usual."""
    usual = personal().settings
    found: dict[str, Value | None] = {}
    left, right = st.columns(2)
    with left:
        options = [usual.reranker, *(name for name in ("late", "none") if name != usual.reranker)]
        found["reranker"] = st.selectbox(
            setting("reranker"), options[1:], index=None, placeholder=_as_usual(usual.reranker), key="run-reranker"
        )
        found["dense_weight"] = _number(
            "dense_weight", 0.0, 1.0, usual.dense_weight, tr("0: words alone, 1: meaning alone")
        )
        found["threshold"] = _number(
            "threshold", 0.0, 1.0, THRESHOLD, tr("How sure it must be that there is an answer")
        )
    with right:
        found["top_k"] = _number("top_k", 1, 100, usual.top_k, tr("Passages that an answer is made from"))
        found["depth"] = _number("depth", 0, 100, DEPTH, tr("Passages that the late reranker looks at; 0: none"))
        found["candidates"] = _number("candidates", 1, 10_000, CANDIDATES, tr("Hits that each search hands on"))
        found["n_read"] = _number("n_read", 1, 100, N_READ, tr("Passages whose sentences may be quoted"))
    return {key: value for key, value in found.items() if value is not None}


def _number(key: str, low: float, high: float, usual: object, told: str) -> float | int | None:
    step = 0.05 if isinstance(low, float) else 1
    return st.number_input(
        setting(key), low, high, value=None, step=step, placeholder=_as_usual(usual), help=told, key=f"run-{key}"
    )


def _as_usual(value: object) -> str:
    return tr("as usual ({value})", value=told_value(value))


def _list(*, was_moving: bool) -> None:
    runs = stores().runs.all()
    if was_moving != any(run.task.is_moving for run in runs):
        st.rerun()
    most = st.session_state.get(_MOST, _FIRST)
    if not runs:
        st.markdown(
            tr("**No runs yet.** A run asks every question of a set, and measures what was found and answered.")
        )
    for run in runs[:most]:
        with st.container(key=f"run-of-{run.id}", border=True, gap="small"):
            _row(run)
    if len(runs) > most:
        more = trn(len(runs) - most, "Show more of {n} others", "Show more of {n} others")
        st.button(more, key="runs-more", type="tertiary", on_click=_more)
    if removed := stores().runs.folders.removed():
        st.button(
            tr("Take back the last removal"),
            key="run-restore",
            icon=":material/undo:",
            on_click=try_to,
            args=(stores().runs.folders.restore, removed),
        )


def _row(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        settings = told_settings(run.settings)
        told = label(run.set_name) + ("" if settings.lower() == run.name.lower() else f" · {label(settings, 120)}")
        st.markdown(f"**{label(run.name)}**  \n:gray[:small[{told}{_figures(run)}]]", width="stretch")
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            _buttons(run)
    evaluation_progress.show(run.task)


def _figures(run: Run) -> str:
    """The first figures of one that is done."""
    if run.task.state != "done":
        return ""
    summary = summary_of(run.results)
    told = [
        f"{within(called(name))} {numeral(summary.metrics[name].mean, 2)}" for name in _SHOWN if name in summary.metrics
    ]
    return f" · {', '.join(told)}" if told else ""


def _buttons(run: Run) -> None:
    if run.task.is_moving:
        st.button(
            tr("Cancel"), key=f"run-cancel-{run.id}", type="tertiary", on_click=try_to, args=(tasks.cancel, run.folder)
        )
        return
    if run.task.state == "done":
        key, args = f"run-open-{run.id}", (OPEN, run.id)
        st.button(tr("Results"), key=key, icon=":material/bar_chart:", on_click=turn_to, args=args)
    else:
        st.button(
            tr("Run again"),
            key=f"run-again-{run.id}",
            type="tertiary",
            on_click=try_to,
            args=(stores().runs.again, run.id),
        )
    with st.popover(
        tr("More"), icon=":material/more_horiz:", type="tertiary", key=f"more-run-{run.id}", help=tr("More")
    ):
        if run.task.state == "done":
            st.download_button(
                tr("Download the record"),
                run.record.read_bytes,
                file_name=f"{run.id}.json",
                mime="application/json",
                key=f"run-download-{run.id}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        st.button(
            tr("Remove"),
            key=f"run-remove-{run.id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=try_to,
            args=(stores().runs.remove, run.id),
        )


def finished(runs: Sequence[Run]) -> list[Run]:
    """Those with figures."""
    return [run for run in runs if run.task.state == "done"]


def _open(id: str | None) -> None:
    st.session_state[OPEN] = id


def _more() -> None:
    st.session_state[_MOST] = st.session_state.get(_MOST, _FIRST) + _MORE
