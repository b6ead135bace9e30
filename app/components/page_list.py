"""The pages, and who may see each: the one place where a role opens or closes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from app.components.plain_text import label
from rag.rights import Person, Role

_VIEWS = Path(__file__).parents[1] / "views"  # a folder named "pages" would be found by Streamlit and run by itself


class _Entry(NamedTuple):
    view: str
    title: str
    icon: str
    least: Role = Role.READER
    section: str = ""


_PAGES = (
    _Entry("ask", "Ask", "forum"),
    _Entry("documents", "Documents", "description"),
    _Entry("usage", "Usage", "bar_chart"),
    _Entry("lab", "Lab", "science"),
    _Entry("evaluation", "Evaluation", "monitoring", Role.ADMIN),
    _Entry("admin", "Admin", "admin_panel_settings", Role.ADMIN),
)
_PEOPLE = _Entry("people", "People", "group", Role.ADMIN, "Admin")


def pages(person: Person, *, is_signed_in: bool) -> Mapping[str, Sequence[st.Page]]:
    """Sections with their pages, for `st.navigation`. A page that is not for this person says so at its address."""
    found: dict[str, list[st.Page]] = {}
    for entry in (*_PAGES, *([_PEOPLE] if is_signed_in else [])):
        found.setdefault(entry.section, []).append(_page(entry, is_open=person.role.may(entry.least)))
    if is_signed_in:
        found[label(person.name, 30)] = [
            st.Page(_VIEWS / "account.py", title="Account", icon=":material/account_circle:", url_path="account"),
            st.Page(_leave, title="Sign out", icon=":material/logout:", url_path="sign-out"),
        ]
    return found


def _page(entry: _Entry, *, is_open: bool) -> st.Page:
    return st.Page(
        _VIEWS / f"{entry.view if is_open else 'closed'}.py",
        title=entry.title,
        icon=f":material/{entry.icon}:",
        url_path=entry.view,
        default=entry.view == "ask",
        visibility="visible" if is_open else "hidden",
    )


def _leave() -> None:
    st.caption("Signing out …")
    st.logout()
