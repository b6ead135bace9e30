"""The files on their way in, as rows with true counters; they move by themselves while something runs."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.components.plain_text import label
from app.components.resources import board
from indexes.jobs import RUNNING, Job, State
from ingest.cutting import OPTIONS
from ingest.pace import duration, share_done
from rag.settings import CHUNKERS

_MOST_ROWS = 12
_MORE_ROWS = 50
_LITTLE_ROOM = 200_000_000
_NUMBERS = {
    "chunk_tokens": "Longest passage, in tokens",
    "chunk_overlap": "Tokens repeated from the passage before",
    "max_file_mb": "Largest file, in MB",
    "parse_seconds": "Longest time for a page, in seconds",
}


def show(*, is_quiet: bool = False) -> None:
    """Draw the board; the whole page runs again once the last file is through. Quiet: nothing where all went well."""
    is_busy = board().is_busy
    if not board().counts() or (is_quiet and not is_busy and not board().foremost(1, is_quiet=True)):
        return
    st.fragment(_rows, run_every=1.0 if is_busy else None)(was_busy=is_busy)


def _rows(*, was_busy: bool) -> None:
    counts = board().counts()
    if not counts or was_busy != board().is_busy:  # the last file is through, or a retry has begun
        st.rerun()
    most = st.session_state.get("jobs-shown", _MOST_ROWS)
    shown = board().foremost(most, is_quiet=not was_busy)
    with st.container(key="jobs", border=True, gap="small"):
        _head(counts, is_busy=was_busy)
        for job in shown:
            _row(job)
        n_more = sum(counts.values()) - len(shown)
        if len(shown) == most and n_more > 0:
            st.button(f"Show more of {n_more:,} others", key="jobs-more", type="tertiary", on_click=_show_more)


def _show_more() -> None:
    st.session_state["jobs-shown"] = st.session_state.get("jobs-shown", _MOST_ROWS) + _MORE_ROWS


def _head(counts: Mapping[State, int], *, is_busy: bool) -> None:
    n, n_failed = sum(counts.values()), counts.get("failed", 0)
    n_ready = counts.get("ready", 0) + counts.get("unchanged", 0)
    failed = f", {n_failed:,} could not be read" if n_failed else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{n_ready:,} of {n:,} files ready**{failed}{_speed() if is_busy else ''}", width="stretch")
        if not is_busy:
            st.button("Clear list", key="jobs-clear", type="tertiary", on_click=board().clear)
        elif n > 1:
            st.button("Cancel all", key="jobs-cancel", type="tertiary", on_click=board().cancel_all)
    if is_busy and not board().has_worker:
        st.warning(
            "Nobody reads these files: start Footnote with `make run`, or a worker with `python -m ingest worker`.",
            icon=":material/pause_circle:",
        )
    if is_busy and board().free_bytes < _LITTLE_ROOM:
        st.warning("The disk is almost full: make room, and reading goes on.", icon=":material/hard_drive:")


def _speed() -> str:
    speed = board().pace()
    if speed.seconds_left is None:
        return ""
    rate = f"{speed.chunks_a_second:,.0f} passages a second, " if speed.chunks_a_second >= 1 else ""
    return f" :gray[:small[{rate}about {duration(speed.seconds_left)} left]]"


def _row(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if job.state in RUNNING and job.state != "waiting":
            st.progress(share_done(job), text=f"{label(job.name, 60)} :gray[:small[{_step(job)}]]")
        else:
            st.markdown(f"{_sign(job)} {label(job.name, 60)} :gray[:small[{_told(job)}]]", width="stretch")
        _button(job)


def _sign(job: Job) -> str:
    return {
        "failed": ":red[:material/error:]",
        "queued": ":gray[:material/schedule:]",
        "waiting": ":gray[:material/schedule:]",
        "cancelled": ":gray[:material/cancel:]",
    }.get(job.state, ":green[:material/check_circle:]")


def _step(job: Job) -> str:
    if job.state == "parsing":
        return f"parsing page {job.done:,} of {job.total:,}" if job.total > 1 else "parsing"
    if job.state == "embedding":
        return f"embedding {job.done:,} of {job.total:,} passages"
    return {"chunking": "cutting into passages"}.get(job.state, job.state)


def _told(job: Job) -> str:
    if job.state in ("failed", "queued") and job.reason:
        return label(job.reason.removeprefix(job.name).strip(), 400)  # the row begins with the name
    if job.state in ("ready", "unchanged"):
        pages = f"{job.pages:,} {'page' if job.pages == 1 else 'pages'}, " if job.pages else ""
        told = f"{pages}{board().extent(job)}" + (", already there" if job.state == "unchanged" else "")
        return " · ".join([told, *(label(warning, 300) for warning in job.warnings)])
    return job.state


def _button(job: Job) -> None:
    if not job.is_finished:
        st.button("Cancel", key=f"cancel-{job.id}", type="tertiary", on_click=board().cancel, args=(job.id,))
    elif job.state in ("failed", "cancelled"):
        st.button("Retry", key=f"retry-{job.id}", type="tertiary", on_click=board().retry, args=(job.id,))
        with st.popover("", icon=":material/tune:", type="tertiary", help="Retry with other settings"):
            _settings(job)
        st.button(
            "",
            icon=":material/close:",
            key=f"clear-{job.id}",
            type="tertiary",
            help="Take this row off the list",
            on_click=board().clear,
            args=(job.id,),
        )


def _settings(job: Job) -> None:
    """What may be another for one file; unset is as for all."""
    chunker = st.selectbox("Cut into passages by", CHUNKERS, index=None, placeholder="as usual", key=f"cut-{job.id}")
    numbers = {
        name: st.number_input(text, *OPTIONS[name], value=None, placeholder="as usual", key=f"{name}-{job.id}")
        for name, text in _NUMBERS.items()
    }
    options = {name: value for name, value in {"chunker": chunker, **numbers}.items() if value is not None}
    st.button("Retry", key=f"retry-with-{job.id}", type="primary", on_click=board().retry, args=(job.id, options))
