"""Who may sign in, a line for each: collections, role, another password, and the end of it; and somebody new."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from app.components import people_collections
from app.components.account import ROLES
from app.components.deed_row import deed_row
from app.components.plain_text import label
from app.components.resources import personal
from app.sign_in.door import Door
from app.words import msgid, tr, trn
from indexes.passwords import SHORTEST, hashed
from indexes.users import User, clean
from rag.errors import FootnoteError, InputError
from rag.inert import inert, visible
from rag.rights import Person, Role

_ASKED = "person-asked"
_ROLES = [one.value for one in Role]
_MAY = msgid(
    "Readers ask and open sources; editors add and remove documents, too; admins also manage people and settings."
)


def show(door: Door, me: Person) -> None:
    """Everybody, and the dialog that is open. What is changed here counts from each person's next click on."""
    users = door.users.all()
    n = trn(len(users), "One person may sign in.", "{n} people may sign in.")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(tr("People"), anchor=False, width="content")
        name, icon = tr("Add"), ":material/person_add:"
        st.button(name, icon=icon, key="add-person", type="primary", on_click=_ask, args=("add", ""))
    st.caption(f"{n} {tr(_MAY)}")
    last = _last_admin(door)
    if last is not None:
        st.caption(f"{_why_stays(last)}.")
    sharing = personal().library.sharing()  # looked up once for all people
    with st.container(key="people", gap=None):
        for user in users:
            _row(door, user, me, people_collections.told(user.name, sharing), stays=user.name == last)
    if asked := st.session_state.get(_ASKED):
        deed, name = asked
        title, draw = {
            "add": (msgid("Add a person"), _add),
            "password": (msgid("A new password"), _password),
            "remove": (msgid("Remove this person?"), _remove),
        }[deed]
        st.dialog(tr(title), on_dismiss=_answered)(_asking)(draw, door, name)


def _asking(draw: Callable[[Door, str], None], door: Door, name: str) -> None:
    """A form, so that what was typed counts together, and Enter sends it."""
    with st.form("person-form", border=False):
        draw(door, name)


def _last_admin(door: Door) -> str | None:
    """The name of the only one; None where there are several."""
    admins = [user.name for user in door.users.all() if user.role is Role.ADMIN]
    return admins[0] if len(admins) == 1 else None


def _why_stays(name: str) -> str:
    return tr("{name} is the last admin, and stays one until there is another", name=label(name))


def _check_admin_left(door: Door, name: str) -> None:
    """Raises InputError for the last admin: there may have been another when the page was drawn."""
    if name == _last_admin(door):
        raise InputError(_why_stays(name))


def _row(door: Door, user: User, me: Person, collections: str, *, stays: bool) -> None:
    """`stays`: whether this is the last admin, so that there is nothing to choose."""
    with st.container(key=f"person-row-{user.name}", horizontal=True, vertical_alignment="center", gap="small"):
        you = tr("you")
        also = f"  :gray[:small[({you})]]" if user.name == me.name else ""
        below = f"  \n:gray[:small[{collections}]]" if collections else ""
        st.markdown(f"**{label(user.name)}**{also}{below}", width="stretch")
        key = f"role-of-{user.name}-{user.role.value}"  # another role makes another widget, so that it shows what is so
        st.selectbox(
            tr("Role of {name}", name=user.name),
            _ROLES,
            _ROLES.index(user.role.value),
            key=key,
            format_func=_role,
            label_visibility="collapsed",
            width=120,
            disabled=stays,
            on_change=_change_role,
            args=(door, user.name, key),
        )
        if door.has_passwords:
            _button(tr("Password"), "password", "key", user)
        _button(tr("Remove"), "remove", "person_remove", user, is_off=stays)


def _role(value: str) -> str:
    return tr(ROLES[Role(value)])


def _button(name: str, deed: str, icon: str, user: User, *, is_off: bool = False) -> None:
    key, drawn, asked = f"{deed}-of-{user.name}", f":material/{icon}:", (deed, user.name)
    st.button(name, icon=drawn, key=key, type="tertiary", disabled=is_off, on_click=_ask, args=asked)


def _ask(deed: str, name: str) -> None:
    st.session_state[_ASKED] = (deed, name)


def _answered() -> None:
    st.session_state[_ASKED] = None


def _change_role(door: Door, name: str, key: str) -> None:
    try:
        _check_admin_left(door, name)
        if st.session_state[key] not in _ROLES:  # what a page sends may be anything
            raise InputError(tr("there is no such role"))
        door.users.change(name, role=Role(st.session_state[key]))
    except FootnoteError as error:
        st.toast(visible(str(error)), icon=":material/warning:")
        with suppress(FootnoteError):  # whom another admin has removed meanwhile has no role any more, and no row
            st.session_state[key] = door.users.user(name).role.value


def _add(door: Door, _name: str) -> None:
    name = st.text_input(tr("Name"), key="person-name", max_chars=100)
    role = st.selectbox(tr("Role"), _ROLES, format_func=_role, key="person-role")
    password = _typed() if door.has_passwords else None

    def add() -> None:
        door.users.check_new(clean(name))
        if password is None:  # the provider knows them, and they may have been here before
            door.users.add(name, Role(role))
        else:
            personal().add_person(door.users, name, Role(role), hashed(password()))

    _buttons(tr("Add"), add)


def _password(door: Door, name: str) -> None:
    shown = label(name)
    st.markdown(tr("**{name}** is signed out everywhere, and signs in with the new password.", name=shown))
    password = _typed()
    _buttons(tr("Change"), lambda: door.users.change(name, password=hashed(password())))


def _remove(door: Door, name: str) -> None:
    shown = label(name)
    st.markdown(tr("**{name}** is signed out everywhere, and may sign in no more.", name=shown))
    st.caption(tr("Their conversations are deleted. Documents stay, and collections of their own are left to admins."))

    def remove() -> None:
        _check_admin_left(door, name)
        personal().remove_person(door.users, name)

    _buttons(tr("Remove"), remove, destroys=True)


def _typed() -> Callable[[], str]:
    """Two fields, and what gives the password once both say the same; it raises InputError."""
    first = st.text_input(
        tr("Password"),
        type="password",
        key="person-password",
        autocomplete="new-password",
        help=tr("At least {n} characters.", n=SHORTEST),
    )
    again = st.text_input(tr("Once more"), type="password", key="person-again", autocomplete="new-password")

    def same() -> str:
        if first != again:
            raise InputError(tr("the two passwords differ"))
        return first

    return same


def _buttons(name: str, act: Callable[[], object], *, destroys: bool = False) -> None:
    """The deed, and the way out. What cannot be done is told in the dialog, which stays."""
    with deed_row(destroys=destroys):
        is_sure = st.form_submit_button(name, type="primary", key="person-confirmed")
        is_over = st.form_submit_button(tr("Cancel"), key="person-cancelled")
    if is_sure:
        try:
            act()
        except FootnoteError as error:
            said = str(error)
            st.error(inert(f"{said[:1].upper()}{said[1:]}.", escape_dollars=True))
            return
    if is_sure or is_over:
        _answered()
        st.rerun()
