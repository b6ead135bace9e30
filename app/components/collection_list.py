"""The collections with what they hold and take, and what can be done with each: another name, or an end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import streamlit as st

from app.components import removed_list, sharing, weight_line
from app.components.deed_row import deed_row
from app.components.plain_text import label
from app.components.removal_text import undoing
from app.components.to_the_end import to_the_end
from app.personal_library import PersonalLibrary
from app.words import msgid, tr, trn
from app.words.sizes import size
from indexes.storage import CollectionSize, Storage, storage
from rag.errors import InputError

_FRESH_S = 30
"""The disk is looked at so often at most."""
_ASKED = "collection-asked"
_DEEDS = ((msgid("Rename"), "rename", "edit"), (msgid("Delete"), "delete", "delete"))
_SHARE = (msgid("Share"), "share", "group")


def show(library: PersonalLibrary) -> None:
    """Folded away; drawn only when it is opened, since the disk is looked at for it."""
    if not library.catalogue.collections():
        return
    title = tr("Collections and storage") if library.sees_all else tr("Collections")
    opened = st.expander(title, icon=":material/database:", key="collections", on_change="rerun")
    if opened.open:
        with opened:
            _table(library)
    if asked := st.session_state.get(_ASKED):
        deed, name = asked
        title, draw = {
            "rename": (msgid("Rename the collection"), _rename),
            "delete": (msgid("Delete the collection?"), _delete),
            "share": (msgid("Who may see this collection?"), sharing.dialog),
        }[deed]
        st.dialog(tr(title), on_dismiss=_answered)(draw)(library, name)


def _table(library: PersonalLibrary) -> None:
    shared = library.sharing() if library.is_shared else {}
    for one in library.catalogue.sizes():
        with st.container(key=f"collection-row-{one.name}", horizontal=True, vertical_alignment="center", gap="small"):
            seen = f"{sharing.badge(shared[one.name], library.me)} · " if one.name in shared else ""
            st.markdown(f"**{label(one.name)}**  \n:gray[:small[{seen}{_told(one)}]]", width="stretch")
            deeds = _DEEDS if library.may_edit(one.name) else ()
            shares = (_SHARE,) if one.name in shared and library.manages(one.name) else ()
            for name, deed, icon in (*shares, *deeds):
                key = f"{deed}-collection-{one.name}"
                sign, args = f":material/{icon}:", (deed, one.name)
                st.button(tr(name), icon=sign, key=key, type="tertiary", on_click=_ask, args=args)
    weight_line.show(library)
    if not library.sees_all:
        return
    used = _storage(library.catalogue.home.as_posix(), int(time.time() / _FRESH_S))
    told = tr(
        "On this computer {total}: {originals} of kept originals, {indexes} of search indexes, and {catalogue} of the "
        "catalogue, which holds texts, passages and vectors.",
        total=size(used.total),
        originals=size(used.originals),
        indexes=size(used.indexes),
        catalogue=size(used.catalogue),
    )
    if n_removed := library.n_removed_bytes:
        removed = tr("Of the originals {size} of removed documents.", size=size(n_removed))
        told = f"{told} {removed}"
    st.caption(told)


def _told(one: CollectionSize) -> str:
    if not one.n_documents:
        return tr("empty")
    documents = trn(one.n_documents, "{n} document", "{n} documents")
    passages = trn(one.n_chunks, "{n} passage", "{n} passages")
    files = tr("files of {size}", size=size(one.n_bytes))
    return f"{documents}, {passages}, {files}"


@st.cache_data(max_entries=2, show_spinner=False)
def _storage(home: str, now: int) -> Storage:  # noqa: ARG001 - the cache's key
    return storage(Path(home))


def _ask(deed: str, name: str) -> None:
    st.session_state[_ASKED] = (deed, name)


def _answered() -> None:
    st.session_state[_ASKED] = None


def _rename(library: PersonalLibrary, name: str) -> None:
    new = st.text_input(tr("Name"), name, key="new-collection-name", max_chars=100)
    st.caption(tr("Searches follow at once. Commands and folders that are synced under the old name need the new one."))
    _buttons(tr("Rename"), lambda: library.rename(name, new))


def _delete(library: PersonalLibrary, name: str) -> None:
    n = library.catalogue.collections().get(name, 0)
    shown = label(name)
    if n:
        st.markdown(trn(n, "**{name}** with {n} document", "**{name}** with {n} documents", name=shown))
        st.caption(" ".join(_consequences(library.undo_days)))
    else:
        st.markdown(tr("**{name}**, which is empty", name=shown))
    _buttons(tr("Delete"), lambda: _deleted(library, name), destroys=True)


def _consequences(days: int) -> Iterator[str]:
    if days:
        yield trn(
            days,
            "No question will find its documents any more, and the copies that the library keeps of them are deleted "
            "from this computer in {n} day.",
            "No question will find its documents any more, and the copies that the library keeps of them are deleted "
            "from this computer in {n} days.",
        )
    else:
        yield tr(
            "No question will find its documents any more, and the copies that the library keeps of them are deleted "
            "from this computer."
        )
    yield tr("Files that were read where they lie stay there.")
    yield undoing(days)


def _deleted(library: PersonalLibrary, name: str) -> None:
    keeping = library.keeping()
    removed_list.note(keeping, library.delete(name, keeping))


def _buttons(name: str, act: Callable[[], object], *, destroys: bool = False) -> None:
    """The deed, and the way out. What cannot be done is told in the dialog, which stays."""
    with deed_row(destroys=destroys):
        is_sure = st.button(name, type="primary", key="collection-confirmed")
        is_over = st.button(tr("Cancel"), key="collection-cancelled")
    if is_sure:
        try:
            with to_the_end():
                act()
                _answered()
        except InputError as error:
            st.error(label(str(error), 300))
            return
    if is_over:
        _answered()
    if is_sure or is_over:
        st.rerun()
