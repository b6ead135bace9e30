"""A folder of this computer that a collection is compared with: what would be done, then a button that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from app.components import kept
from app.components.plain_text import label
from app.components.to_the_end import to_the_end
from app.personal_library import PersonalLibrary
from app.words import msgid, tr, trn
from ingest.commands.naming import typed_path
from ingest.commands.plan_text import kinds_of_plan
from ingest.discovery import look_through
from ingest.sync import Plan, coming, n_emptied
from rag.errors import FootnoteError, InputError

_PLAN, _TOLD = "folder-plan", "folder-told"
_MOST_NAMED = 8
_WORDS = {
    "added": msgid("to be added"),
    "changed": msgid("changed, to be read again"),
    "retried": msgid("to be tried once more"),
    "moved": msgid("moved or renamed"),
    "removed": msgid("to be removed from the library"),
    "forgotten": msgid("no longer to be named as failed"),
    "closed": msgid("passed by: closed to you"),
    "left alone": msgid("left as they are"),
    "unreadable": msgid("still not readable"),
}
"""Kind of a plan -> what becomes of its files."""


def is_offered(library: PersonalLibrary) -> bool:
    """Not where others than this computer's own people, or its admins, ask: it would read its disk for them."""
    return kept.is_alone() and library.sees_all


def show(library: PersonalLibrary, collection: str) -> None:
    """The box for a folder, and what was found in it."""
    with st.form("folder", border=False), st.container(horizontal=True):
        folder = st.text_input(
            tr("Folder"),
            key="folder-path",
            placeholder="/home/me/papers",
            label_visibility="collapsed",
            max_chars=4000,
        )
        wanted = st.form_submit_button(tr("Compare"), icon=":material/compare_arrows:")
    if wanted:
        _compare(library, collection, folder)
    if told := st.session_state.get(_TOLD):
        _tell(library, *told)
    if planned := st.session_state.get(_PLAN):
        _show_plan(library, *planned)


def _compare(library: PersonalLibrary, collection: str, text: str) -> None:
    """Only look: what has to be done is kept in this session, until it is done or another folder is looked at."""
    st.session_state[_PLAN], st.session_state[_TOLD] = None, None
    try:
        folder = typed_path(text.strip())
        if not text.strip() or not folder.is_dir():
            said = tr("{folder} is not a folder of this computer: give its whole path", folder=repr(text.strip()))
            raise InputError(said)
        with st.spinner(tr("Looking through the folder")):
            looked = look_through(folder)
            planned = library.plan(collection, folder, looked)
        _check_not_emptied(planned, n_emptied(planned, has_files=bool(looked.files)))
    except InputError as error:
        st.error(label(str(error), 400))
        return
    st.session_state[_PLAN] = (collection, planned, looked.closed)


def _check_not_emptied(planned: Plan, n: int) -> None:
    """As `ingest.sync.check_not_emptied`, in the words of the page."""
    if n:
        said = trn(
            n,
            "{folder} holds no file that can be read, but {n} document came from it: see whether its disk is there; if "
            "it is meant, mark and remove it here",
            "{folder} holds no file that can be read, but {n} documents came from it: see whether its disk is there; "
            "if they are meant, mark and remove them here",
            folder=repr(str(planned.folder)),
        )
        raise InputError(said)


def _show_plan(library: PersonalLibrary, collection: str, planned: Plan, closed: Sequence[str]) -> None:
    kinds = kinds_of_plan(planned, closed)
    lines = [_line(planned, kind, rows) for kind, rows in kinds.items() if rows]
    if planned.n_unchanged or not lines:
        unchanged = trn(planned.n_unchanged, "{n} file unchanged.", "{n} files unchanged.")
        lines.append(f"- {unchanged}")
    folder, name = label(str(planned.folder), 120), label(collection)
    st.markdown(tr("**{folder}** into the collection **{collection}**:", folder=folder, collection=name))
    st.markdown("\n".join(lines))
    if n_gone := len(planned.removed) + len(planned.ignored):
        st.caption(
            trn(
                n_gone,
                "Removing it cannot be undone; it is read anew when it is in the folder again.",
                "Removing them cannot be undone; they are read anew when they are in the folder again.",
            )
        )
    n = len(coming(planned)) + len(planned.moved) + len(planned.removed) + len(planned.ignored)
    with st.container(horizontal=True):
        if n or planned.forgotten:
            args = (library, collection, planned)
            st.button(tr("Do this"), type="primary", key="folder-act", on_click=_act, args=args)
        st.button(tr("Not now") if n else tr("Close"), key="folder-over", on_click=_close)


def _line(planned: Plan, kind: str, rows: Sequence[Mapping[str, str]]) -> str:
    top = f"{planned.folder}/"
    names = ", ".join(label(row["source"].removeprefix(top), 80) for row in rows[:_MOST_NAMED])
    n_more = len(rows) - _MOST_NAMED
    more = trn(n_more, ", and {n} more", ", and {n} more") if n_more > 0 else ""
    files = trn(len(rows), "{n} file", "{n} files")
    return f"- **{files}** {tr(_WORDS[kind])}: {names}{more}"


@to_the_end()
def _act(library: PersonalLibrary, collection: str, planned: Plan) -> None:
    """What needs no reading at once, the rest by the workers; a file that has come back meanwhile stays."""
    _close()
    try:
        n = library.follow(collection, planned)
    except FootnoteError as error:
        st.session_state[_TOLD] = (0, f"{label(str(error), 300)}.")
        return
    n_gone, n_moved = len(planned.removed) + len(planned.ignored), len(planned.moved)
    removed = trn(n_gone, "{n} file removed for good.", "{n} files removed for good.") if n_gone else ""
    moved = trn(n_moved, "{n} file moved.", "{n} files moved.") if n_moved else ""
    st.session_state[_TOLD] = (n, " ".join(filter(None, (removed, moved))))


def _tell(library: PersonalLibrary, n: int, done: str) -> None:
    """What became of it; of files on their way in only as long as any are."""
    is_coming = n and library.board.is_busy
    coming = trn(n, "{n} file on the way in.", "{n} files on the way in.") if is_coming else ""
    if coming or done:
        st.info(" ".join(filter(None, (coming, done))))


def _close() -> None:
    st.session_state[_PLAN], st.session_state[_TOLD] = None, None
