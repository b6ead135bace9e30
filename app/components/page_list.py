"""The pages, and who may see each: the one place where a role opens or closes one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from app.components.plain_text import label
from app.words import msgid, tr
from rag.rights import Person, Role

_VIEWS = Path(__file__).parents[1] / "views"  # a folder named "pages" would be found by Streamlit and run by itself


class _Entry(NamedTuple):
    view: str
    title: str
    icon: str
    least: Role = Role.READER


_PAGES = (
    _Entry("ask", msgid("Ask"), "forum"),
    _Entry("documents", msgid("Documents"), "description"),
    _Entry("usage", msgid("Usage"), "bar_chart"),
    _Entry("lab", msgid("Lab"), "science"),
    _Entry("evaluation", msgid("Evaluation"), "monitoring", Role.ADMIN),
    _Entry("admin", msgid("Admin"), "admin_panel_settings", Role.ADMIN),
)
_PEOPLE = _Entry("people", msgid("People"), "group", Role.ADMIN)


def pages(person: Person, *, is_signed_in: bool) -> list[st.Page]:
    """For `st.navigation`, in one list: Streamlit's sections are none to a screen reader. A page that is not for this
    person says so at its address."""
    entries = (*_PAGES, _PEOPLE) if is_signed_in else _PAGES
    found = [_page(entry, is_open=person.role.may(entry.least)) for entry in entries]
    if is_signed_in:
        name, icon = label(person.name, 30), ":material/account_circle:"
        found.append(st.Page(_VIEWS / "account.py", title=name, icon=icon, url_path="account"))
        found.append(st.Page(_leave, title=tr("Sign out"), icon=":material/logout:", url_path="sign-out"))
    return found


def _page(entry: _Entry, *, is_open: bool) -> st.Page:
    return st.Page(
        _VIEWS / f"{entry.view if is_open else 'closed'}.py",
        title=tr(entry.title),
        icon=f":material/{entry.icon}:",
        url_path=entry.view,
        default=entry.view == "ask",
        visibility="visible" if is_open else "hidden",
    )


def _leave() -> None:
    st.caption(tr("Signing out …"))
    st.logout()
