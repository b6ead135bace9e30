"""How far a task is, in counts, or how it ended."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.evaluation.tasks import Progress, Task
from app.words import msgid, numeral, tr, trn

_STEPS = {
    "timed": msgid("Taking times"),
    "ranked": msgid("Finding"),
    "answered": msgid("Answering"),
    "made": msgid("Making questions"),
}


def show(task: Task | None) -> None:
    """Nothing for one that is done."""
    if task is None or task.state == "done":
        return
    if task.state == "failed":
        st.error(label(task.why, 600), icon=":material/error:")
    elif task.state == "running":
        _running(task.progress)
    else:
        waiting = tr("Waits until the one before it is through")
        stopped = task.why or tr("Stopped")
        st.caption({"waiting": waiting, "cancelled": tr("Cancelled"), "stopped": stopped}[task.state])


def _running(progress: Progress | None) -> None:
    if progress is None or not progress.of:
        st.progress(0.0, tr("Opening the documents and models"))
        return
    what = progress.text.rsplit(" ", 1)[-1]
    name, done = _STEPS.get(what, what), numeral(progress.n)
    step = tr(name)
    told = trn(progress.of, "{step}: {done} of {n} question", "{step}: {done} of {n} questions", step=step, done=done)
    if progress.n == progress.of:
        told += tr(", working out what follows")
    elif progress.seconds is not None:
        told += tr(", {time} left of this step", time=left(progress.seconds))
    st.progress(progress.n / progress.of, told)


def left(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return tr("about {n} s", n=max(1, round(seconds)))
    if seconds < 5400:
        return tr("about {n} min", n=round(seconds / 60))
    return tr("about {n} h", n=numeral(seconds / 3600, 1))
