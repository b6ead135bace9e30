"""Where files are dropped: they go to disk and onto the board at once, and out of the session's memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

import streamlit as st

from app.components import untaken
from app.components.held_files import let_go
from app.components.resources import board, person
from app.components.to_the_end import to_the_end
from app.components.upload_name import upload_name
from app.words import tr
from indexes.access import Visibility

SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE_COLLECTION = "samples"
_SESSION, _GOT, _HEARD, _PINNED = "upload-session", "upload-got", "upload-heard", "upload-pinned"
_LONGEST = 500
"""Characters of what a browser tells."""
_hold = st.components.v2.component(
    "footnote_upload_zone", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def show(collection: str, key: str) -> None:
    """A drop zone, all of the page while files are dragged over it; dropped files are queued for the collection. Many
    come in portions, all of them into the collection that was chosen when they were dropped."""
    n = st.session_state.setdefault(f"{key}-round", 0)
    dropped = st.file_uploader(
        tr("Add documents"),  # of any type: one that cannot be read gets a row that says so
        accept_multiple_files=True,
        key=f"{key}-{n}",  # a new key empties the widget
        label_visibility="collapsed",
    )
    at = f"{st.session_state.setdefault(_SESSION, token_hex(8))}-{key}-{n}"
    is_emptied = _hear(at, _told(collection, f"{key}-{n}", at))
    if dropped:
        with to_the_end():  # or a click elsewhere would have them queued again
            into = st.session_state.get(_PINNED) or collection
            files = ((upload_name(file.name), file.getbuffer()) for file in dropped)
            _, failed = board().add_each(files, into)
            untaken.not_kept(failed)
            let_go(dropped)
            st.session_state[_GOT] = at
            st.session_state[f"{key}-round"] = n + 1
    elif is_emptied:
        st.session_state[f"{key}-round"] = n + 1
    if dropped or is_emptied is not None:  # the script waits until it sees that it was heard
        st.rerun()


def _told(collection: str, zone: str, at: str) -> object:
    """What the script tells, which holds the files until they are queued; `at` is the zone as it is now."""
    data = {
        "who": person().name,
        "zone": zone,
        "at": at,
        "got": st.session_state.get(_GOT),
        "heard": st.session_state.get(_HEARD),
        "collection": collection,
        "pinned": st.session_state.get(_PINNED),
        "limit": st.get_option("server.maxUploadSize"),
        "coming": tr("Uploading… {n} of {m} files sent"),
    }
    told: object = _hold(data=data, key="upload-cover", on_told_change=lambda: None).told
    return told


def _hear(at: str, told: object) -> bool | None:
    """Note what a browser tells, once; whether the zone is to be emptied, None where nothing new was told."""
    if not isinstance(told, Mapping):
        return None
    number = told.get("k")
    if not isinstance(number, int) or number == st.session_state.get(_HEARD):
        return None
    st.session_state[_HEARD] = number
    untaken.hear(told.get("large"), told.get("lost"))
    if "into" in told:
        into = told["into"]
        st.session_state[_PINNED] = into[:_LONGEST] if isinstance(into, str) else None
    return told.get("empty") == at


def add_samples() -> None:
    """Queue the documents that come with Footnote."""
    paths = sorted((SAMPLES / "documents").iterdir())
    board().add(((path.name, path.read_bytes()) for path in paths), SAMPLE_COLLECTION, visibility=Visibility.PUBLIC)
