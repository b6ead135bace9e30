"""Every setting: what it does, what it is, where that comes from; and a dialog for those that are safe to change."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from app import choosing
from app.components.plain_text import label, sentence
from app.components.resources import admin, reopen, workspace
from app.setting_list import AT_START, DEFAULT, Shown, shown
from app.words import msgid, tr
from indexes.chosen_settings import Change
from indexes.home import load_settings
from rag.errors import FootnoteError

_LONGEST = 500
_PLACES = (msgid("the environment"), msgid("this page"))
"""Where settings may come from; the others are files."""
_OPEN, _TOLD, _WRONG = "setting-open", "setting-told", "setting-wrong"


def show() -> None:
    """The list, a group after the other, and what became of the last change."""
    settings = shown(workspace().settings)
    words = st.text_input(
        tr("Find a setting"),
        key="setting-words",
        placeholder=tr("Find a setting"),
        max_chars=100,
        label_visibility="collapsed",
    )
    st.caption(
        tr(
            "A variable of the environment goes before one in .env, that before what is chosen here, and that before "
            "the default. What has no button is set where the app is started, and holds after a restart."
        )
    )
    _tell()
    found = [one for one in settings if one.fits(words)]
    for group, members in groupby(found, key=lambda one: one.group):
        st.header(tr(group), anchor=False)
        for one in members:
            _row(one)
    if not found:
        st.markdown(tr("No setting has these words in its name or explanation."))
    for opened in (one for one in settings if one.name == st.session_state.get(_OPEN)):
        st.dialog(tr("Change {name}", name=opened.name), on_dismiss=_close)(_change)(opened)


def _row(one: Shown) -> None:
    with st.container(key=f"row-of-{one.name}", horizontal=True, vertical_alignment="center", gap="small"):
        value = label(one.value, _LONGEST) or f"*{tr('empty')}*"
        later = tr(" → **{value}** after a restart", value=label(one.later, _LONGEST)) if one.later else ""
        with st.container(gap=None):
            st.markdown(f"**{label(one.name)}** &nbsp; {value}{later}")
            st.caption(f"{sentence(tr(one.explanation), _LONGEST)} {_whence(one)}")
        if not one.fixed:
            which = tr("Change {name}", name=one.name)
            st.button(tr("Change"), key=f"change-{one.name}", help=which, on_click=_open, args=(one.name,))


def _whence(one: Shown) -> str:
    """Where the value comes from; that most are set where the app is started, one line above the list says of all."""
    if one.origin == DEFAULT:
        return tr("**Default.**")
    default = f" {_default(one)}" if one.value != one.default else ""
    why = f" {sentence(one.fixed, _LONGEST)}" if one.fixed not in ("", AT_START) else ""
    place = label(tr(one.origin), _LONGEST)
    return tr("**From {place}.**", place=place) + default + why


def _default(one: Shown) -> str:
    value = label(one.default, _LONGEST) or tr("empty")
    return tr("Default: {value}.", value=value)


def _tell() -> None:
    """What was changed last in this session, and the way back for everybody."""
    if told := st.session_state.get(_TOLD):
        st.info(told, icon=":material/check:")
    change = choosing.last()
    if change is not None:
        was = label(change.before) if change.before is not None else tr("its default")
        st.button(
            tr("Undo the last change: {name} back to {value}", name=label(change.name), value=was),
            icon=":material/undo:",
            key="setting-undo",
            on_click=_undo,
            args=(change,),
        )


def _change(one: Shown) -> None:
    st.markdown(sentence(tr(one.explanation), _LONGEST))
    choices = choosing.CHOICES.get(one.name)
    if choices:
        place = choices.index(one.value) if one.value in choices else 0
        st.selectbox(tr("Value"), choices, index=place, key="setting-value")
    else:
        st.text_input(tr("Value"), one.value, key="setting-value", max_chars=500)
    st.caption(_default(one))
    if wrong := st.session_state.get(_WRONG):
        st.error(sentence(wrong, _LONGEST), icon=":material/error:")
    with st.container(horizontal=True):
        st.button(tr("Save"), type="primary", key="setting-save", on_click=_save, args=(one.name,))
        st.button(
            tr("Back to the default"), key="setting-default", on_click=_save, args=(one.name,), kwargs={"text": ""}
        )
        st.button(tr("Cancel"), key="setting-cancel", on_click=_close)
    if not st.session_state.get(_OPEN):
        st.rerun()


def _open(name: str) -> None:
    st.session_state[_OPEN], st.session_state[_WRONG], st.session_state[_TOLD] = name, "", ""


def _close() -> None:
    st.session_state[_OPEN] = None


def _save(name: str, text: str | None = None) -> None:
    """Keep it, or leave the dialog open with what is wrong."""
    wanted = str(st.session_state.get("setting-value", "")) if text is None else text
    try:
        choosing.choose(name, wanted.strip(), admin().name)
    except FootnoteError as error:
        st.session_state[_WRONG] = str(error)
        return
    _close()
    st.session_state[_TOLD] = _taken(label(name), is_back=text == "")


def _taken(name: str, *, is_back: bool) -> str:
    if _is_taken_up():
        if is_back:
            return tr("{name} is back at its default, and that holds from the next question on.", name=name)
        return tr("{name} is kept, and holds from the next question on.", name=name)
    if is_back:
        return tr("{name} is back at its default, and that holds after a restart.", name=name)
    return tr("{name} is kept, and holds after a restart.", name=name)


def _undo(change: Change) -> None:
    try:
        admin()
        choosing.undo(change)
    except FootnoteError as error:
        st.session_state[_TOLD] = label(str(error), _LONGEST)
        return
    st.session_state[_TOLD] = (
        tr("The last change is taken back, and holds from the next question on.")
        if _is_taken_up()
        else tr("The last change is taken back, and holds after a restart.")
    )


def _is_taken_up() -> bool:
    """Let what is set by now hold, where that can be done without a start."""
    can = choosing.can_reopen(workspace().settings, load_settings())
    if can:
        reopen()
    return can
