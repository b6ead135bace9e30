"""What the row of a file says: its name, its folder, where it is, and why it failed. All of it is drawn as text."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import streamlit as st

from app.components.plain_text import parted, shortened
from app.components.resources import board
from indexes.job_records import RUNNING, Job
from ingest.fetch.address import shown
from ingest.pace import share_done
from ingest.steps import is_left_alone, where
from rag.types import counted

_LONGEST_NAME = 100
_LONGEST_FOLDER = 70
_LONGEST_REASON = 600


def show(job: Job, workers: Collection[str]) -> None:
    """Draw it, with a bar while a worker is at it. HTML, since Markdown has no hover and makes links of addresses."""
    name, folder = parted(job.source)
    told, kind = _told(job, workers), _kind(job, workers)
    st.html(
        f'<div class="job job-{kind}" title="{escape(shortened(job.source, 1000))}">'
        f"<span><b>{escape(shortened(name, _LONGEST_NAME))}</b>"
        f" <small>{escape(shortened(folder, _LONGEST_FOLDER))}</small></span>"
        f"<span>{escape(shortened(told, _LONGEST_REASON))}</span></div>"
    )
    if kind == "running":
        st.progress(share_done(job))


def _kind(job: Job, workers: Collection[str]) -> str:
    """What decides the sign before the name."""
    if job.is_finished:
        return job.state if job.state in ("failed", "cancelled") else "done"
    is_read = job.state in RUNNING and job.state != "waiting" and not is_left_alone(job, workers)
    return "running" if is_read else "waiting"


def _told(job: Job, workers: Collection[str]) -> str:
    if job.state in ("ready", "unchanged"):
        pages = f"{counted(job.pages, 'page')}, " if job.pages else ""
        told = f"{pages}{board().extent(job)}" + (", already there" if job.state == "unchanged" else "")
        return " · ".join([told, *job.warnings])
    reason = without_subject(job.reason, job.source) if job.state in ("failed", "queued") else ""
    return f"{where(job, workers)}: {reason}" if reason else where(job, workers)


def without_subject(reason: str, source: str) -> str:
    """The reason without the name or address that it begins with, since the row does so, too."""
    name, _ = parted(source)
    for subject in (shown(source), repr(source), source, repr(name), shortened(name, 120), name):
        if subject and reason.startswith(f"{subject} "):
            return reason[len(subject) :].strip()
    return reason
