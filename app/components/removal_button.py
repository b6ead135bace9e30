"""Removing the marked documents, after a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from app.components.plain_text import label, parted
from indexes.library import Library
from ingest import removal
from ingest.originals import kept_copy
from ingest.sources import path_of
from ingest.web import is_address
from rag.types import DocumentRecord, counted

_MOST_NAMED = 5
_ASKED = "removal-asked"


def show(library: Library, marked: Sequence[DocumentRecord]) -> None:
    """A button where something is marked, and the question once it was pressed.

    The question stays while the page behind it runs again, as it does when the last file is through.
    """
    if not marked:
        _answered()
        return
    name = "Remove this document" if len(marked) == 1 else f"Remove {len(marked):,} documents"
    st.button(name, icon=":material/delete:", key="remove", on_click=_ask)
    if st.session_state.get(_ASKED):
        _confirm(library, marked)


def _ask() -> None:
    st.session_state[_ASKED] = True


def _answered() -> None:
    st.session_state[_ASKED] = False


@st.dialog("Remove from the library?", on_dismiss=_answered)
def _confirm(library: Library, marked: Sequence[DocumentRecord]) -> None:
    for record in marked[:_MOST_NAMED]:
        st.markdown(f"- {label(record.title or record.source, 120)}")
    if len(marked) > _MOST_NAMED:
        st.markdown(f"- and {len(marked) - _MOST_NAMED:,} more")
    st.caption(" ".join(consequences(library, marked)))
    with st.container(horizontal=True):
        is_sure = st.button("Remove", type="primary", key="remove-confirmed", on_click=_answered)
        is_over = st.button("Cancel", key="remove-cancelled", on_click=_answered)
    if is_sure:
        removal.remove(library, [record.id for record in marked])
    if is_sure or is_over:
        st.rerun()


def consequences(library: Library, marked: Sequence[DocumentRecord]) -> Iterator[str]:
    """What becomes of these documents and of their files, in sentences of Markdown."""
    sources, is_one = library.catalogue.sources, len(marked) == 1
    numbers = {record.id for record in marked}
    yield f"No question will find {'it' if is_one else 'them'} any more."
    inside = set().union(*map(sources.inside, numbers))
    if n_inside := len(inside - numbers):
        yield f"The {counted(n_inside, 'document')} inside {'go' if n_inside > 1 else 'goes'}, too."
    going = [found for number in numbers for found in sources.of_document(number)]
    outer = [found for found in going if found.container is None and not is_address(found.source)]
    on_disk = [
        path_of(found.source).is_absolute() or kept_copy(library.settings.home, found.sha256) is None for found in outer
    ]
    if not all(on_disk):
        yield f"{'Its copy' if is_one else 'What is kept of them'} in the library is deleted from this computer."
    if any(on_disk):
        yield "Its file stays where it is." if is_one else "Files that were read where they lie stay there."
    if held := removal.holders_left(library, going, numbers | inside):
        names = ", ".join(label(parted(source)[0], 60) for source in held[:_MOST_NAMED])
        names += f" and {len(held) - _MOST_NAMED:,} more" if len(held) > _MOST_NAMED else ""
        if is_one and len(held) == 1:
            yield f"{names} stays, and still holds it: added or read again, even unchanged, it brings it back."
            return
        yield f"What still lies inside of {names} comes back when that is added or read again, even unchanged."
