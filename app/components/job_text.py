"""What the row of a file says: its name, its folder, where it is, and why it failed. All of it is drawn as text."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import streamlit as st

from app.components.plain_text import parted, shortened
from app.components.resources import board
from app.words import msgid, numeral, percent, tr, trn
from app.words.places import page_count
from indexes.job_records import RUNNING, Job
from ingest.fetch.address import shown
from ingest.pace import Pace, duration, share_done
from ingest.steps import UNTOLD, is_left_alone

_LONGEST_NAME = 100
_LONGEST_FOLDER = 70
_LONGEST_REASON = 600
_STEPS = {
    "queued": msgid("queued"),
    "waiting": msgid("queued"),
    "fetching": msgid("fetching the page"),
    "parsing": msgid("parsing"),
    "chunking": msgid("cutting into passages"),
    "cut": msgid("waiting for the embedder"),
    "embedding": msgid("embedding"),
    "indexing": msgid("storing"),
    "failed": msgid("failed"),
    "cancelled": msgid("cancelled"),
}
"""The words of the commands, `ingest.steps.where`, for the page."""


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
        pages = page_count(job.source, job.pages) if job.pages else ""
        there = tr("already there") if job.state == "unchanged" else ""
        told = ", ".join(filter(None, (pages, board().extent(job), there)))
        return " · ".join([told, *job.warnings])
    reason = without_subject(job.reason, job.source) if job.state in ("failed", "queued") else ""
    return f"{where(job, workers)}: {reason}" if reason else where(job, workers)


def where(job: Job, workers: Collection[str]) -> str:
    """What is done to a file just now, given the names of the workers that live, or how it ended."""
    if is_left_alone(job, workers):
        return tr("waiting for a worker")
    if job.state == "parsing" and job.total > 1:
        return trn(job.total, "parsing page {done} of {n}", "parsing page {done} of {n}", done=numeral(job.done))
    if job.state == "chunking" and job.total > 1:
        return tr("cutting into passages, {share}", share=percent(job.done / job.total))
    if job.state == "embedding":
        done = numeral(job.done)
        return trn(job.total, "embedding {done} of {n} passage", "embedding {done} of {n} passages", done=done)
    state, begun = tr(_STEPS[job.state]), _STEPS.get(job.step, "")
    if job.state not in ("failed", "cancelled") or job.step in UNTOLD or not begun:
        return state
    step = tr(begun)
    return tr("{state} while {step}", state=state, step=step)


def pace(of: Pace) -> str:
    """How fast files come in, and how long the rest takes, as far as it is known."""
    rate = round(of.chunks_a_second)
    told = [trn(rate, "{n} passage a second", "{n} passages a second")] if rate else []
    if of.seconds_left is not None:
        told.append(tr("about {time} left", time=duration(of.seconds_left)))
    return ", ".join(told)


def without_subject(reason: str, source: str) -> str:
    """The reason without the name or address that it begins with, since the row does so, too."""
    name, _ = parted(source)
    for subject in (shown(source), repr(source), source, repr(name), shortened(name, 120), name):
        if subject and reason.startswith(f"{subject} "):
            return reason[len(subject) :].strip()
    return reason
