"""The conversations of before, in the sidebar: opened, searched, named, pinned, exported and removed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from app import export, kept_turns
from app.components import kept
from app.components.plain_text import label, unmarked
from app.components.resources import personal
from app.pdf_export import as_pdf
from app.words import language, speaking, tr
from indexes.conversations import ConversationRecord
from rag.errors import FootnoteError
from rag.inert import visible

_SHOWN = 30
_MORE = 100


def show() -> None:
    """The list, where there is anything to choose from."""
    if not kept.is_kept():
        return
    shelf = kept.shelf()
    words = st.session_state.get("conversation-search", "")
    most = st.session_state.get("conversations-shown", _SHOWN)
    found = shelf.all(personal().name, words, most + 1)
    _put_back()
    removed = shelf.removed(personal().name)
    if not found and not words:
        _removed(removed)
        return
    with st.sidebar:
        st.text_input(
            tr("Search conversations"),
            key="conversation-search",
            placeholder=tr("Search conversations"),
            label_visibility="collapsed",
            max_chars=200,
            icon=":material/search:",
        )
        if not found:
            st.caption(tr("No conversation has these words."))
        with st.container(key="conversations", gap=None):
            for record in found[:most]:
                _row(record)
        if len(found) > most:
            st.button(tr("Show more"), key="more-conversations", type="tertiary", on_click=_show_more, args=(most,))
    _removed(removed)


def _show_more(most: int) -> None:
    st.session_state["conversations-shown"] = most + _MORE


def _row(record: ConversationRecord) -> None:
    is_open = record.id == kept.number()
    with st.container(key=f"conversation-{record.id}{'-open' if is_open else ''}", horizontal=True, gap=None):
        icon = ":material/keep:" if record.is_pinned else None
        name = label(record.title, 60) or tr("Untitled")
        st.button(
            name,
            key=f"open-{record.id}",
            icon=icon,
            type="tertiary",
            width="stretch",
            on_click=kept.open_one,
            args=(record.id,),
        )
        menu_name = tr("Menu of “{title}”", title=unmarked(record.title, 60) or tr("Untitled"))
        with st.popover(
            menu_name, icon=":material/more_horiz:", type="tertiary", key=f"menu-{record.id}", on_change="rerun"
        ) as menu:
            if menu.open:
                _told(partial(_menu, record))


def _menu(record: ConversationRecord) -> None:
    """Drawn only while it is open: what it offers to save has to be made first."""
    shelf, number = kept.shelf(), record.id
    key = f"name-{number}"
    st.text_input(tr("Name"), value=record.title, key=key, on_change=partial(_rename, number, key))
    pin, name = (not record.is_pinned), tr("Unpin") if record.is_pinned else tr("Pin")
    st.button(
        name,
        icon=":material/keep:",
        key=f"pin-{number}",
        on_click=_pin,
        args=(number, pin),
    )
    dated = shelf.dated_turns(personal().name, number)
    turns = [replace(kept_turns.read(text), asked_at=at) for text, at in dated]
    ratings = {place: one.rating for place, one in kept.feedback(number).items()}
    file = re.sub(r"[^\w-]+", "-", record.title)[:60].strip("-") or "conversation"
    what = record.title, turns, ratings, time.time()
    files: tuple[tuple[str, str, str | Callable[[], bytes]], ...] = (
        ("Markdown", "md", export.as_markdown(*what)),
        ("JSON", "json", export.as_json(*what)),
        ("PDF", "pdf", partial(_later, language(), partial(as_pdf, *what))),  # it takes longest
    )
    for kind, ending, made in files:
        st.download_button(
            tr("Save as {kind}", kind=kind),
            made,
            f"{file}.{ending}",
            icon=":material/download:",
            key=f"save-{ending}-{number}",
            on_click="ignore",
        )
    st.button(tr("Remove"), icon=":material/delete:", key=f"remove-{number}", on_click=_remove, args=(record,))


def _later(spoken: str, made: Callable[[], bytes]) -> bytes:
    """Made when it is wanted, where no page runs that tells the language."""
    with speaking(spoken):
        return made()


def _pin(number: int, is_pinned: bool) -> None:  # noqa: FBT001 - Streamlit hands it on by place
    _told(partial(kept.shelf().pin, personal().name, number, is_pinned=is_pinned))


def _rename(number: int, key: str) -> None:
    _told(partial(kept.shelf().rename, personal().name, number, st.session_state[key]))


def _remove(record: ConversationRecord) -> None:
    if not _told(partial(kept.shelf().remove, personal().name, record.id)):
        return
    st.session_state["removed-while-open"] = kept.number() == record.id
    if kept.number() == record.id:
        kept.clear()
    st.session_state["removed-conversation"] = record


def _put_back() -> None:
    """After one was removed: the way back, until something else is removed or it is dismissed."""
    record: ConversationRecord | None = st.session_state.get("removed-conversation")
    if record is None:
        return
    with st.sidebar, st.container(key="removed", horizontal=True, vertical_alignment="center"):
        st.caption(tr("Removed “{title}”", title=label(record.title, 30)), width="stretch")
        st.button(tr("Undo"), key="undo-removal", type="tertiary", on_click=_undo, args=(record.id,))


def _removed(records: Sequence[ConversationRecord]) -> None:
    """Those of the last day, folded, each with its way back: also after the page was loaded anew."""
    if not records:
        return
    with st.sidebar, st.expander(tr("Recently removed"), key="removed-conversations"):
        for record in records:
            name, key = label(record.title, 60) or tr("Untitled"), f"put-back-{record.id}"
            told = tr("Put back")
            st.button(
                name, key=key, icon=":material/undo:", type="tertiary", help=told, on_click=_undo, args=(record.id,)
            )
        st.caption(tr("Removed conversations are deleted after a day."))


def _undo(number: int) -> None:
    st.session_state["removed-conversation"] = None
    is_back = _told(partial(kept.shelf().restore, personal().name, number))
    if is_back and st.session_state.pop("removed-while-open", False) and not kept.turns():
        kept.open_one(number)


def _told(change: Callable[[], None]) -> bool:
    """Whether it went well; else the page says why: another tab may have removed the conversation."""
    try:
        change()
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
        return False
    return True
