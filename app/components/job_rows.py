"""The files on their way in, as rows with true counters; they move by themselves while something runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.plain_text import label
from app.components.resources import board
from app.jobs import Job

_MOST_ROWS = 12
_STEPS = {"parsing": 0.0, "chunking": 0.3, "embedding": 0.35, "indexing": 0.95}
"""Where on the bar each step begins."""


def show(*, is_quiet: bool = False) -> None:
    """Draw the board; the whole page runs again once the last file is through. Quiet: nothing where all went well."""
    jobs, is_busy = board().jobs(), board().is_busy
    if not jobs or (is_quiet and not is_busy and not _noteworthy(jobs)):
        return
    st.fragment(_rows, run_every=1.0 if is_busy else None)(was_busy=is_busy)


def _rows(*, was_busy: bool) -> None:
    jobs = board().jobs()
    if not jobs or (was_busy and not board().is_busy):
        st.rerun()
    shown = sorted(jobs if was_busy else _noteworthy(jobs), key=_rank)
    with st.container(key="jobs", border=True, gap="small"):
        _head(jobs)
        for job in shown[:_MOST_ROWS]:
            _row(job)
        if len(shown) > _MOST_ROWS:
            st.caption(f"and {len(shown) - _MOST_ROWS:,} more")


def _noteworthy(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.warnings or job.state in ("failed", "cancelled")]


def _rank(job: Job) -> int:
    """What a person wants to see first: running, failed, waiting, done."""
    if job.state in _STEPS:
        return 0
    return {"failed": 1, "queued": 2, "cancelled": 3}.get(job.state, 4)


def _head(jobs: Sequence[Job]) -> None:
    n_ready = sum(job.state in ("ready", "unchanged") for job in jobs)
    n_failed = sum(job.state == "failed" for job in jobs)
    failed = f", {n_failed:,} could not be read" if n_failed else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{n_ready:,} of {len(jobs):,} files ready**{failed}", width="stretch")
        if all(job.is_finished for job in jobs):
            st.button("Close", key="jobs-clear", type="tertiary", on_click=board().clear)


def _row(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if job.state in _STEPS:
            st.progress(_share(job), text=f"{label(job.name, 60)} :gray[:small[{_step(job)}]]")
        else:
            st.markdown(f"{_sign(job)} {label(job.name, 60)} :gray[:small[{_told(job)}]]", width="stretch")
        _button(job)


def _sign(job: Job) -> str:
    return {
        "failed": ":red[:material/error:]",
        "queued": ":gray[:material/schedule:]",
        "cancelled": ":gray[:material/cancel:]",
    }.get(job.state, ":green[:material/check_circle:]")


def _step(job: Job) -> str:
    if job.state == "parsing":
        return f"parsing page {job.done:,} of {job.total:,}" if job.total > 1 else "parsing"
    if job.state == "embedding":
        return f"embedding {job.done:,} of {job.total:,} passages"
    return {"chunking": "cutting into passages", "indexing": "indexing"}.get(job.state, job.state)


def _share(job: Job) -> float:
    """How far a file is, 0 to 1: its step and what the step has done."""
    begin = _STEPS[job.state]
    end = min((other for other in [*_STEPS.values(), 1.0] if other > begin), default=1.0)
    return begin + (end - begin) * min(1.0, job.done / max(1, job.total))


def _told(job: Job) -> str:
    if job.state == "failed":
        return label(job.reason.removeprefix(job.name).strip(), 400)  # the row begins with the name
    if job.state in ("ready", "unchanged"):
        pages = f"{job.pages:,} {'page' if job.pages == 1 else 'pages'}, " if job.pages else ""
        told = f"{pages}{job.chunks:,} passages" + (", already there" if job.state == "unchanged" else "")
        return " · ".join([told, *(label(warning, 300) for warning in job.warnings)])
    return job.state


def _button(job: Job) -> None:
    if not job.is_finished:
        st.button("Cancel", key=f"cancel-{job.id}", type="tertiary", on_click=board().cancel, args=(job.id,))
    elif job.state in ("failed", "cancelled"):
        st.button("Retry", key=f"retry-{job.id}", type="tertiary", on_click=_retry, args=(job.id,))


def _retry(job_id: int) -> None:
    board().retry(job_id)
