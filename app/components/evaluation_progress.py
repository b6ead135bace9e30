"""How far a task is, in counts, or how it ended."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.evaluation.tasks import Progress, Task

_STEPS = {
    "timed": "Taking times",
    "ranked": "Finding",
    "answered": "Answering",
    "made": "Making questions",
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
        waiting = "Waits until the one before it is through"
        st.caption({"waiting": waiting, "cancelled": "Cancelled", "stopped": task.why or "Stopped"}[task.state])


def _running(progress: Progress | None) -> None:
    if progress is None or not progress.of:
        st.progress(0.0, "Opening the documents and models")
        return
    what = progress.text.rsplit(" ", 1)[-1]
    told = f"{_STEPS.get(what, what)}: {progress.n:,} of {progress.of:,} questions"
    if progress.n == progress.of:
        told = f"{told}, working out what follows"
    elif progress.seconds is not None:
        told = f"{told}, {left(progress.seconds)} left of this step"
    st.progress(progress.n / progress.of, told)


def left(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60)} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"
