"""The files on their way in, as rows with true counters; they move by themselves while something runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import inf
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components import job_text
from app.components.resources import board
from app.jobs import n_ready
from app.words import msgid, numeral, tr, trn
from indexes.job_records import FINISHED, Job, State
from ingest.cutting import OPTIONS
from ingest.known import is_hopeless
from rag.settings import CHUNKERS

_Kind = Literal["all", "few", "brief"]
_MOST_ROWS = 12
_MORE_ROWS = 50
_SOME_ROWS = 5
_FEW_ROWS = 3
"""Where files are not what a person came for."""
_LITTLE_ROOM = 200_000_000
_NUMBERS = {
    "chunk_tokens": msgid("Longest passage, in tokens"),
    "chunk_overlap": msgid("Tokens repeated from the passage before"),
    "max_file_mb": msgid("Largest file, in MB"),
    "parse_seconds": msgid("Longest time for a page, in seconds"),
}


def show(*, beside_documents: bool) -> None:
    """Draw the board; the whole page runs again once the last file is through. Beside documents it leaves them the
    room: a few rows, and of a run that is over those alone that failed, until more are asked for. What failed before
    it stays among them until it is cleared or dismissed."""
    if board().counts():
        _draw("few" if beside_documents else "all")


def show_briefly(*, is_new: bool) -> None:
    """What a person who asks has to know: the files that are on their way, what the last run came to, and where more is
    told. Where a conversation goes on, only the former and what failed. What they dismiss is not told again."""
    if board().is_busy:
        _draw("brief")
        return
    dismissed, began = board().dismissed(), board().began()
    n_failed, last = board().failures(dismissed)
    has_result = is_new and dismissed < began < inf
    if n_failed or has_result:
        align: Literal["center", "left"] = "center" if is_new else "left"
        with st.container(
            key="jobs-brief", horizontal=True, gap="small", horizontal_alignment=align, vertical_alignment="center"
        ):
            told = _result() if has_result else [_failed(n_failed)]
            st.markdown(", ".join(filter(None, told)), width="content")
            name, icon = tr("Documents"), ":material/arrow_forward:"
            st.page_link("views/documents.py", label=name, icon=icon, icon_position="right")
            until = max(last, began) if has_result else last
            st.button(tr("Dismiss"), key="files-dismissed", type="tertiary", on_click=board().dismiss, args=(until,))


def _failed(n: int) -> str:
    return trn(n, "{n} file could not be read", "{n} files could not be read")


def _former() -> str:
    """What failed in earlier runs, which one that came later does not hide."""
    n = board().former_failures()
    return tr("{n} from before could not be read", n=numeral(n)) if n else ""


def _result() -> list[str]:
    """How the last run ended: what is ready, unless there is nothing to tell but failures, and those."""
    counts = board().counts(board().began())
    n, n_there, n_failed = sum(counts.values()), n_ready(counts), counts.get("failed", 0)
    ready = trn(n, "{ready} of {n} file ready", "{ready} of {n} files ready", ready=numeral(n_there))
    return ["" if n_failed and not n_there else ready, _failed(n_failed) if n_failed else "", _former()]


def _draw(kind: _Kind) -> None:
    is_busy, began = board().is_busy, board().began()  # it stays so until the run is over: then the page runs again
    st.fragment(_rows, run_every=1.0 if is_busy else None)(kind, was_busy=is_busy, began=began)


def _rows(kind: _Kind, *, was_busy: bool, began: float) -> None:
    counts = board().counts()
    if not counts or was_busy != board().is_busy:  # the last file is through, or a retry has begun
        st.rerun()
    workers = board().workers
    shown = _shown(kind, was_busy=was_busy, began=began)
    newer = [job for job in shown if job.queued_at >= began]
    older = [job for job in shown if job.queued_at < began]
    with st.container(key="jobs", border=True, gap="small"):
        in_run = board().counts(began)
        _head(in_run, is_busy=was_busy, has_worker=bool(workers))
        for job in newer:
            _row(job, workers)
        if older:
            with st.container(key="jobs-older"):
                st.caption(tr("From before"))
        for job in older:
            _row(job, workers)
        if kind != "brief" and sum(counts.values()) > len(shown):
            n_run = sum(in_run.values())
            name = _rest(n_run - len(newer), sum(counts.values()) - n_run - len(older), has_rows=bool(shown))
            st.button(name, key="jobs-more", type="tertiary", on_click=_show_more, args=(len(shown),))
        n_coming = sum(n for state, n in counts.items() if state not in FINISHED)
        if kind == "brief" and n_coming > len(shown):
            st.caption(tr("and {n} more", n=numeral(n_coming - len(shown))))


def _shown(kind: _Kind, *, was_busy: bool, began: float) -> list[Job]:
    """The files of the rows: once more were asked for whatever there is, and until then what needs attention."""
    if kind == "brief":
        return board().on_their_way(_FEW_ROWS)
    asked: int | None = st.session_state.get("jobs-shown")
    most = asked or (_MOST_ROWS if kind == "all" else _FEW_ROWS)
    if was_busy or kind == "all":
        return board().foremost(most, is_quiet=not was_busy and asked is None, since=began)
    left = board().left_over(most)
    rest = board().foremost(most, since=began) if asked else []
    return [*left, *(job for job in rest if job not in left)][:most]


def _rest(n_run: int, n_before: int, *, has_rows: bool) -> str:
    """How many files have no row yet: of the run, so that they add up with those above to what its head says, and of
    those before it."""
    before = numeral(n_before)
    if not n_run:
        return trn(n_before, "Show {n} from before", "Show {n} from before")
    if n_before and has_rows:
        return trn(
            n_run,
            "Show more of {n} other and of {before} from before",
            "Show more of {n} others and of {before} from before",
            before=before,
        )
    if n_before:
        return trn(
            n_run, "Show {n} file and {before} from before", "Show {n} files and {before} from before", before=before
        )
    if has_rows:
        return trn(n_run, "Show more of {n} others", "Show more of {n} others")
    return trn(n_run, "Show {n} file", "Show {n} files")


def _show_more(n_shown: int) -> None:
    st.session_state["jobs-shown"] = n_shown + _MORE_ROWS


def _head(counts: Mapping[State, int], *, is_busy: bool, has_worker: bool) -> None:
    n, ready = sum(counts.values()), numeral(n_ready(counts))
    n_failed, n_cancelled = counts.get("failed", 0), counts.get("cancelled", 0)
    told = [
        trn(n, "**{ready} of {n} file ready**", "**{ready} of {n} files ready**", ready=ready),
        tr("{n} could not be read", n=numeral(n_failed)) if n_failed else "",
        tr("{n} cancelled", n=numeral(n_cancelled)) if n_cancelled else "",
        _former(),
    ]
    with st.container(key="jobs-head", horizontal=True, vertical_alignment="center"):
        speed = _speed() if is_busy and has_worker else ""
        st.markdown(f"{', '.join(filter(None, told))}{speed}", width="stretch")
        if not is_busy:
            st.button(tr("Clear list"), key="jobs-clear", type="tertiary", on_click=board().clear)
        elif n > 1:
            st.button(tr("Cancel all"), key="jobs-cancel", type="tertiary", on_click=board().cancel_all)
    if is_busy and not has_worker:
        st.warning(
            tr("Nobody reads these files: start Footnote with `make run`, or a worker with `python -m ingest worker`."),
            icon=":material/pause_circle:",
        )
    if is_busy and board().free_bytes < _LITTLE_ROOM:
        st.warning(tr("The disk is almost full: make room, and reading goes on."), icon=":material/hard_drive:")


def _speed() -> str:
    told = job_text.pace(board().pace())
    return f" :gray[:small[{told}]]" if told else ""


def show_some(jobs: Sequence[Job]) -> None:
    """Draw the rows of these files alone, first of those that are not there yet: so few that what is above stays in
    view."""
    workers = board().workers
    with st.container(key="jobs", border=True, gap="small"):
        for job in sorted(jobs, key=lambda one: one.state in ("ready", "unchanged"))[:_SOME_ROWS]:
            _row(job, workers)
        if len(jobs) > _SOME_ROWS:
            st.caption(tr("and {n} more", n=numeral(len(jobs) - _SOME_ROWS)))


def _row(job: Job, workers: Collection[str]) -> None:
    with st.container(key=f"job-of-{job.id}", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            job_text.show(job, workers)
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            _buttons(job)


def _buttons(job: Job) -> None:
    """What may be done about a file; where another try would end alike, it is not what is offered first."""
    if not board().may_change(job):
        return
    if not job.is_finished:
        st.button(tr("Cancel"), key=f"cancel-{job.id}", type="tertiary", on_click=board().cancel, args=(job.id,))
    elif is_hopeless(job):
        _removal(job)
        with _more(job):
            st.caption(tr("The file itself is at fault, so that another try will most likely end like this one."))
            _retry(tr("Try again all the same"), job)
    elif job.state in ("failed", "cancelled"):
        _retry(tr("Retry"), job)
        with _more(job):
            _removal(job)
            _settings(job)


def _more(job: Job) -> DeltaGenerator:
    name = tr("More")
    return st.popover(name, icon=":material/more_horiz:", type="tertiary", key=f"more-{job.id}", help=name)


def _removal(job: Job) -> None:
    key, clear = f"clear-{job.id}", board().clear
    st.button(tr("Remove from the list"), key=key, type="tertiary", on_click=clear, args=(job.id,))


def _retry(name: str, job: Job) -> None:
    st.button(name, key=f"retry-{job.id}", type="tertiary", on_click=board().retry, args=(job.id,))


def _settings(job: Job) -> None:
    """What may be another for one file; unset is as for all."""
    usual = tr("as usual")
    name, key = tr("Cut into passages by"), f"cut-{job.id}"
    chunker = st.selectbox(name, CHUNKERS, index=None, placeholder=usual, key=key)
    numbers = {
        name: st.number_input(tr(text), *OPTIONS[name], value=None, placeholder=usual, key=f"{name}-{job.id}")
        for name, text in _NUMBERS.items()
    }
    options = {name: value for name, value in {"chunker": chunker, **numbers}.items() if value is not None}
    name, args = tr("Retry with these"), (job.id, options)
    st.button(name, key=f"retry-with-{job.id}", type="primary", on_click=board().retry, args=args)
