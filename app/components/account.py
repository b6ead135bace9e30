"""Who is signed in here, with what they may do, and how they change their password or leave."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.sign_in.door import Door
from app.words import msgid, tr
from rag.errors import InputError
from rag.rights import Person, Role

ROLES = {Role.READER: msgid("reader"), Role.EDITOR: msgid("editor"), Role.ADMIN: msgid("admin")}
_MAY = {
    Role.READER: msgid("You may ask questions, and open their sources."),
    Role.EDITOR: msgid("You may ask questions, and add and remove documents."),
    Role.ADMIN: msgid("You may do everything: documents, people and settings."),
}


def show(door: Door, person: Person) -> None:
    """The whole page."""
    st.title(label(person.name), anchor=False)
    st.markdown(f":gray-badge[{tr(ROLES[person.role])}] {tr(_MAY[person.role])}")
    st.button(tr("Sign out"), icon=":material/logout:", key="sign-out", on_click=st.logout)
    if door.has_passwords:
        _password(door, person)


def _password(door: Door, person: Person) -> None:
    st.header(tr("Another password"), anchor=False)
    with st.form("own-password", border=False, width=480):
        old = _typed(tr("Password until now"), "old-password", "current-password")
        new = _typed(tr("New password"), "new-password", "new-password")
        again = _typed(tr("Once more"), "again-password", "new-password")
        is_sure = st.form_submit_button(tr("Change"), key="change-password", type="primary")
    st.caption(tr("It ends your sessions in all browsers: you sign in with the new password then."))
    if is_sure:
        try:
            _change(door, person, old, new, again)
        except InputError as error:
            st.error(f"{label(str(error), 300)}.")
        else:
            st.logout()


def _typed(name: str, key: str, autocomplete: str) -> str:
    return st.text_input(name, type="password", key=key, autocomplete=autocomplete)


def _change(door: Door, person: Person, old: str, new: str, again: str) -> None:
    if new != again:
        raise InputError(tr("The two new passwords differ"))
    door.change_own(person.name, old, new)
