"""Who is signed in here, with what they may do, and how they change their password or leave."""

from __future__ import annotations

import streamlit as st

from app.components.plain_text import label
from app.sign_in.door import Door
from rag.errors import InputError
from rag.rights import Person, Role

_MAY = {
    Role.READER: "You may ask questions, and open their sources.",
    Role.EDITOR: "You may ask questions, and add and remove documents.",
    Role.ADMIN: "You may do everything: documents, people and settings.",
}


def show(door: Door, person: Person) -> None:
    """The whole page."""
    st.title(label(person.name), anchor=False)
    st.markdown(f":gray-badge[{person.role.value}] {_MAY[person.role]}")
    st.button("Sign out", icon=":material/logout:", key="sign-out", on_click=st.logout)
    if door.has_passwords:
        _password(door, person)


def _password(door: Door, person: Person) -> None:
    st.header("Another password", anchor=False)
    with st.form("own-password", border=False):
        old = st.text_input("Password until now", type="password", key="old-password", autocomplete="current-password")
        new = st.text_input("New password", type="password", key="new-password", autocomplete="new-password")
        again = st.text_input("Once more", type="password", key="again-password", autocomplete="new-password")
        is_sure = st.form_submit_button("Change", key="change-password", type="primary")
    st.caption("It ends your sessions in all browsers: you sign in with the new password then.")
    if is_sure:
        try:
            _change(door, person, old, new, again)
        except InputError as error:
            st.error(f"{label(str(error), 300)}.")
        else:
            st.logout()


def _change(door: Door, person: Person, old: str, new: str, again: str) -> None:
    if new != again:
        raise InputError("The two new passwords differ")
    door.change_own(person.name, old, new)
