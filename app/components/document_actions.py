"""What can be done with the marked documents: remove, move, read again; asked about first, by number and name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components import removed_list
from app.components.deed_row import deed_row
from app.components.plain_text import label, parted, shortened
from app.components.removal_text import undoing
from app.components.to_the_end import to_the_end
from app.components.told_apart import differing
from app.personal_catalogue import PersonalCatalogue
from app.personal_library import PersonalLibrary
from app.words import msgid, tr, trn
from indexes.document_list import DocumentFilter
from ingest import shelving
from rag.errors import FootnoteError
from rag.types import DocumentRecord

_MOST_NAMED, _MOST_ALIKE, _LONGEST = 5, 100, 120
_ASKED, _TOLD = "documents-asked", "documents-told"
_QUESTIONS = {
    "remove": msgid("Remove from the library?"),
    "move": msgid("Move to another collection?"),
    "again": msgid("Read again from the file?"),
}
_DEEDS = {"remove": msgid("Remove"), "move": msgid("Move"), "again": msgid("Read again")}


def show(library: PersonalLibrary, marked: Sequence[int], place: DeltaGenerator, hidden: Collection[int] = ()) -> None:
    """Buttons at a place where something is marked, and the question once one was pressed. `hidden`: those of the
    marked ones that the table does not show; the question names them first, so that nothing happens to them unseen.

    The question stays while the page behind it runs again, as it does when the last file is through.
    """
    _tell()
    if not marked:
        _answered()
        return
    name = trn(len(marked), "Remove this document", "Remove {n} documents")
    with place:
        st.button(name, icon=":material/delete:", key="remove", on_click=_ask, args=("remove",))
        st.button(tr("Move"), icon=":material/drive_file_move:", key="move", on_click=_ask, args=("move",))
        st.button(tr("Read again"), icon=":material/refresh:", key="again", on_click=_ask, args=("again",))
    if deed := st.session_state.get(_ASKED):
        st.dialog(tr(_QUESTIONS[deed]), on_dismiss=_answered)(_confirm)(library, marked, hidden, deed)


def _ask(deed: str) -> None:
    st.session_state[_ASKED] = deed
    st.session_state[_TOLD] = []


def _answered() -> None:
    st.session_state[_ASKED] = None


def _tell() -> None:
    """What became of the last order, until the next one."""
    for line in st.session_state.get(_TOLD, []):
        st.info(line)


def _confirm(library: PersonalLibrary, marked: Sequence[int], hidden: Collection[int], deed: str) -> None:
    records = library.catalogue.listed.records(sorted(marked, key=lambda one: one not in hidden))
    st.markdown(trn(len(records), "**{n} document**", "**{n} documents**"))
    named = [_line(library.catalogue, one, is_hidden=one.id in hidden) for one in records[:_MOST_NAMED]]
    n_more = len(records) - _MOST_NAMED
    more = [trn(n_more, "- and {n} more", "- and {n} more")] if n_more > 0 else []
    st.markdown("\n".join([*named, *more]))
    if hidden:
        told = trn(
            len(hidden),
            "{n} of them is not among those that the table shows now.",
            "{n} of them are not among those that the table shows now.",
        )
        st.warning(told, icon=":material/visibility_off:")
    _explain(library, records, deed)
    ids = [record.id for record in records]
    with deed_row(destroys=deed == "remove"):
        name, args = tr(_DEEDS[deed]), (library, ids, deed)
        is_sure = st.button(name, type="primary", key=f"{deed}-confirmed", on_click=_confirmed, args=args)
        is_over = st.button(tr("Cancel"), key=f"{deed}-cancelled", on_click=_answered)
    if is_sure or is_over:
        st.rerun()


def _line(catalogue: PersonalCatalogue, record: DocumentRecord, *, is_hidden: bool) -> str:
    """As the table's first column calls it, and where it is if others in the library have its name, marked or not."""
    name = _name(record)
    found = catalogue.listed.page(DocumentFilter(words=name), "name", 0, _MOST_ALIKE)
    where = differing({one.id: one for one in (record, *found) if _name(one) == name})[record.id]
    told = " · ".join(label(part, _LONGEST) for part in (name, where) if part)
    return "- " + (tr("{name} (not shown)", name=told) if is_hidden else told)


def _name(record: DocumentRecord) -> str:
    return shortened(parted(record.source)[0], _LONGEST)


def _explain(library: PersonalLibrary, records: Sequence[DocumentRecord], deed: str) -> None:
    """What will become of the documents."""
    if deed == "remove":
        st.caption(" ".join([*library.consequences(records), undoing(library.undo_days)]))
    if deed == "again":
        st.caption(
            tr("Questions find what was read before until the new reading is ready. What has not changed stays so.")
        )
    if deed != "move":
        return
    names = [name for name in library.catalogue.editable() if {record.collection for record in records} != {name}]
    st.selectbox(
        tr("Collection"),
        names,
        index=None,
        key="move-to",
        accept_new_options=True,
        placeholder=tr("Choose, or type a new name"),
    )
    st.caption(
        tr(
            "What is inside of a file moves along. A folder that is synced into the old collection brings its files "
            "back there."
        )
    )


@to_the_end()
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
        keeping, all_of_them = library.keeping(), library.with_inside(documents)
        n = library.remove(documents, keeping)
        n_gone = len(all_of_them - library.catalogue.listed.there(all_of_them))
        removed_list.note(keeping, n, n_gone - n)
        return []
    if deed == "again":
        done = library.read_again(documents)
        told = trn(done.n, "{n} document will be read again.", "{n} documents will be read again.")
        return [*([told] if done.n else []), *_left(done)]
    if not (collection := st.session_state.get("move-to")):
        return [tr("Nothing was moved, since no collection was chosen.")]
    done = library.move(documents, collection)
    name = label(collection)
    told = trn(done.n, "{n} document moved to {collection}.", "{n} documents moved to {collection}.", collection=name)
    return [told, *_left(done)]


def _left(done: shelving.Done) -> list[str]:
    lines = [
        tr("{source} stays as it is: {why}.", source=label(source, 80), why=label(why, 300))
        for source, why in done.left[:_MOST_NAMED]
    ]
    n_more = len(done.left) - _MOST_NAMED
    return [*lines, *([trn(n_more, "So do {n} more.", "So do {n} more.")] if n_more > 0 else [])]
