"""What can be done with the marked documents: remove, move, read again; asked about first, by number and name."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import removed_list
from app.components.plain_text import label
from app.components.removal_text import undoing
from app.personal_library import PersonalLibrary
from ingest import shelving
from rag.errors import FootnoteError
from rag.types import DocumentRecord, counted

_MOST_NAMED = 5
_ASKED, _TOLD = "documents-asked", "documents-told"
_QUESTIONS = {
    "remove": "Remove from the library?",
    "move": "Move to another collection?",
    "again": "Read again from the file?",
}


def show(library: PersonalLibrary, marked: Sequence[int]) -> None:
    """Buttons where something is marked, and the question once one was pressed.

    The question stays while the page behind it runs again, as it does when the last file is through.
    """
    _tell()
    if not marked:
        _answered()
        return
    name = "Remove this document" if len(marked) == 1 else f"Remove {len(marked):,} documents"
    with st.container(key="document-actions", horizontal=True, gap="small"):
        st.button(name, icon=":material/delete:", key="remove", on_click=_ask, args=("remove",))
        st.button("Move", icon=":material/drive_file_move:", key="move", on_click=_ask, args=("move",))
        st.button("Read again", icon=":material/refresh:", key="again", on_click=_ask, args=("again",))
    if deed := st.session_state.get(_ASKED):
        st.dialog(_QUESTIONS[deed], on_dismiss=_answered)(_confirm)(library, marked, deed)


def _ask(deed: str) -> None:
    st.session_state[_ASKED] = deed
    st.session_state[_TOLD] = []


def _answered() -> None:
    st.session_state[_ASKED] = None


def _tell() -> None:
    """What became of the last order, until the next one."""
    for line in st.session_state.get(_TOLD, []):
        st.info(line)


def _confirm(library: PersonalLibrary, marked: Sequence[int], deed: str) -> None:
    records = library.catalogue.listed.records(marked)
    st.markdown(f"**{counted(len(records), 'document')}**")
    named = [f"- {label(record.title or record.source, 120)}" for record in records[:_MOST_NAMED]]
    more = [f"- and {len(records) - _MOST_NAMED:,} more"] if len(records) > _MOST_NAMED else []
    st.markdown("\n".join([*named, *more]))
    _explain(library, records, deed)
    ids = [record.id for record in records]
    with st.container(horizontal=True):
        name = {"remove": "Remove", "move": "Move", "again": "Read again"}[deed]
        is_sure = st.button(
            name, type="primary", key=f"{deed}-confirmed", on_click=_confirmed, args=(library, ids, deed)
        )
        is_over = st.button("Cancel", key=f"{deed}-cancelled", on_click=_answered)
    if is_sure or is_over:
        st.rerun()


def _explain(library: PersonalLibrary, records: Sequence[DocumentRecord], deed: str) -> None:
    """What will become of the documents."""
    if deed == "remove":
        st.caption(" ".join([*library.consequences(records), undoing(library.undo_days)]))
    if deed == "again":
        st.caption("Questions find what was read before until the new reading is ready. What has not changed stays so.")
    if deed != "move":
        return
    names = [name for name in library.catalogue.editable() if {record.collection for record in records} != {name}]
    st.selectbox(
        "Collection",
        names,
        index=None,
        key="move-to",
        accept_new_options=True,
        placeholder="Choose, or type a new name",
    )
    st.caption(
        "What is inside of a file moves along. A folder that is synced into the old collection brings its files back "
        "there."
    )


def _confirmed(library: PersonalLibrary, documents: Sequence[int], deed: str) -> None:
    """Do it; no page stands around a callback that would make a sentence of an error."""
    _answered()
    try:
        st.session_state[_TOLD] = _act(library, documents, deed)
    except FootnoteError as error:
        st.session_state[_TOLD] = [f"{label(str(error), 300)}."]


def _act(library: PersonalLibrary, documents: Sequence[int], deed: str) -> list[str]:
    """What is to be told of it."""
    if deed == "remove":
        keeping = library.keeping()
        removed_list.note(keeping, library.remove(documents, keeping))
        return []
    if deed == "again":
        done = library.read_again(documents)
        return [*([f"{counted(done.n, 'document')} will be read again."] if done.n else []), *_left(done)]
    if not (collection := st.session_state.get("move-to")):
        return ["Nothing was moved, since no collection was chosen."]
    done = library.move(documents, collection)
    return [f"{counted(done.n, 'document')} moved to {label(collection)}.", *_left(done)]


def _left(done: shelving.Done) -> list[str]:
    lines = [f"{label(source, 80)} stays as it is: {label(why, 300)}." for source, why in done.left[:_MOST_NAMED]]
    return [*lines, *([f"So do {len(done.left) - _MOST_NAMED:,} more."] if len(done.left) > _MOST_NAMED else [])]
