"""A folder of this computer that a collection is to follow: first what would be done, then a button that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from app.components import kept
from app.components.plain_text import label
from app.personal_library import PersonalLibrary
from ingest.commands.naming import typed_path
from ingest.commands.plan_text import kinds_of_plan
from ingest.discovery import look_through
from ingest.sync import Plan, check_not_emptied, coming
from rag.errors import FootnoteError, InputError
from rag.types import counted

_PLAN, _TOLD = "folder-plan", "folder-told"
_MOST_NAMED = 8
_WORDS = {
    "added": "added",
    "changed": "read again, since they have changed",
    "retried": "tried once more",
    "moved": "known under their new names",
    "removed": "removed from the library",
    "forgotten": "no longer named as failed",
    "closed": "passed by: closed to you",
    "left alone": "left as they are",
    "unreadable": "still not readable",
}
"""Kind of a plan -> what becomes of its files."""


def show(library: PersonalLibrary, collection: str) -> None:
    """Nothing where others than this computer's own people, or its admins, ask: it would read its disk for them."""
    if not kept.is_alone() or not library.sees_all:
        return
    with st.expander("Follow a folder of this computer", icon=":material/folder_managed:", key="folder-sync"):
        with st.form("folder", border=False), st.container(horizontal=True):
            folder = st.text_input(
                "Folder", key="folder-path", placeholder="/home/me/papers", label_visibility="collapsed", max_chars=4000
            )
            wanted = st.form_submit_button("Compare", icon=":material/compare_arrows:")
        if wanted:
            _compare(library, collection, folder)
        for line in st.session_state.get(_TOLD, []):
            st.info(line)
        if planned := st.session_state.get(_PLAN):
            _show_plan(library, *planned)


def _compare(library: PersonalLibrary, collection: str, text: str) -> None:
    """Only look: what has to be done is kept in this session, until it is done or another folder is looked at."""
    st.session_state[_PLAN], st.session_state[_TOLD] = None, []
    try:
        folder = typed_path(text.strip())
        if not text.strip() or not folder.is_dir():
            raise InputError(f"{text.strip()!r} is not a folder of this computer: give its whole path")
        with st.spinner("Looking through the folder"):
            looked = look_through(folder)
            planned = library.plan(collection, folder, looked)
        check_not_emptied(planned, has_files=bool(looked.files), way_out="if they are meant, mark and remove them here")
    except InputError as error:
        st.error(label(str(error), 400))
        return
    st.session_state[_PLAN] = (collection, planned, looked.closed)


def _show_plan(library: PersonalLibrary, collection: str, planned: Plan, closed: Sequence[str]) -> None:
    kinds = kinds_of_plan(planned, closed)
    lines = [_line(planned, kind, rows) for kind, rows in kinds.items() if rows]
    unchanged = f"{counted(planned.n_unchanged, 'file')} unchanged."
    st.markdown(f"**{label(str(planned.folder), 120)}** into the collection **{label(collection)}**:")
    st.markdown("\n".join([*lines, f"- {unchanged}"]))
    n = len(coming(planned)) + len(planned.moved) + len(planned.removed) + len(planned.ignored)
    with st.container(horizontal=True):
        if n or planned.forgotten:
            args = (library, collection, planned)
            st.button("Do this", type="primary", key="folder-act", on_click=_act, args=args)
        st.button("Not now" if n else "Close", key="folder-over", on_click=_close)


def _line(planned: Plan, kind: str, rows: Sequence[Mapping[str, str]]) -> str:
    top = f"{planned.folder}/"
    names = ", ".join(label(row["source"].removeprefix(top), 80) for row in rows[:_MOST_NAMED])
    more = f", and {len(rows) - _MOST_NAMED:,} more" if len(rows) > _MOST_NAMED else ""
    return f"- **{counted(len(rows), 'file')}** {_WORDS[kind]}: {names}{more}"


def _act(library: PersonalLibrary, collection: str, planned: Plan) -> None:
    """What needs no reading at once, the rest by the workers; a file that has come back meanwhile stays."""
    _close()
    try:
        n = library.follow(collection, planned)
    except FootnoteError as error:
        st.session_state[_TOLD] = [f"{label(str(error), 300)}."]
        return
    n_gone = len(planned.removed) + len(planned.ignored)
    done = [f"{counted(n, 'file')} on the way in", f"{n_gone:,} removed", f"{len(planned.moved):,} moved"]
    st.session_state[_TOLD] = [f"{', '.join(done)}."]


def _close() -> None:
    st.session_state[_PLAN], st.session_state[_TOLD] = None, []
