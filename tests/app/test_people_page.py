"""The pages of those who are signed in: what each role sees, and the page on which admins manage people."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from app.jobs import JobBoard
from app.sign_in.door import COOKIE
from indexes.access import AccessTable, Visibility
from indexes.catalogue import Catalogue
from indexes.library import Library
from indexes.passwords import matches
from indexes.sessions import Sessions
from indexes.users import UserFile
from ingest.worker import Worker
from rag.rights import Role
from rag.settings import Settings
from tests.app.conftest import RIGHT

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: str) -> UserFile:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_SIGN_IN", "file")
    st.cache_resource.clear()
    users = UserFile(tmp_path)
    users.add("Ada", Role.ADMIN, right)
    users.add("Bob *b*", Role.READER, right)
    users.add("Grace", Role.EDITOR, right)
    return users


@pytest.fixture(autouse=True)
def fresh():
    yield
    st.cache_resource.clear()


def opened(users: UserFile, name: str, view: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A page as this person's browser opens it: without a browser there is no cookie but this one."""
    token = Sessions(users.path.parent, users).begin(users.user(name))
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))
    return sound(AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page(f"views/{view}.py").run())


def sound(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    return sound(page.button(key=key).click().run())


def said(page: AppTest) -> str:
    found = [one.value for kind in (page.title, page.markdown, page.caption, page.info, page.error) for one in kind]
    return "\n".join(found)


def keys(page: AppTest) -> set[str]:
    return {str(one.key) for one in (*page.button, *page.get("file_uploader")) if one.key}


def test_an_admin_adds_changes_and_removes_people(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    page = opened(users, "Ada", "people", monkeypatch)
    assert "3 people may sign in" in said(page)
    assert r"**Bob \*b\***" in said(page)
    press(page, "add-person")
    page.text_input(key="person-name").set_value("eve")
    page.text_input(key="person-password").set_value("short")
    page.text_input(key="person-again").set_value("short")
    press(page, "person-confirmed")
    assert "8 are the least" in said(page)
    page.text_input(key="person-password").set_value("longer now")
    page.text_input(key="person-again").set_value("longer now")
    page.selectbox(key="person-role").select("editor")
    press(page, "person-confirmed")
    assert users.user("eve").role is Role.EDITOR
    assert "4 people may sign in" in said(page)
    sound(page.selectbox(key="role-of-eve-editor").select("reader").run())
    assert users.user("eve").role is Role.READER
    press(page, "password-of-eve")
    page.text_input(key="person-password").set_value("another one")
    page.text_input(key="person-again").set_value("another two")
    press(page, "person-confirmed")
    assert "two passwords differ" in said(page)
    page.text_input(key="person-again").set_value("another one")
    press(page, "person-confirmed")
    assert matches(users.user("eve").password, "another one")
    press(page, "remove-of-eve")
    assert users.find("eve") is not None, "asked first"
    press(page, "person-confirmed")
    assert users.find("eve") is None


APART = str.maketrans("\u2068\u2069", "<>")
"""Each name is written by its own script, whatever stands beside it."""


def test_each_person_has_their_collections_beside_them_looked_up_once_for_all(
    users: UserFile, monkeypatch: pytest.MonkeyPatch
):
    access = Catalogue(users.path.parent).access
    for name in ("_notes_", "b", "c", "d", "e"):
        access.begin(name, "Grace")
    access.begin("secret", "Ada")
    access.share("secret", "Grace")
    access.share("b", "Bob *b*")
    access.share("c", "Bob *b*")
    access.show_to("c", Visibility.PRIVATE)
    looks: list[str] = []
    every = AccessTable.all
    monkeypatch.setattr(AccessTable, "all", lambda self: looks.append("look") or every(self))
    page = opened(users, "Ada", "people", monkeypatch)
    names = ("Ada", "Bob ", "Grace")
    lines = [next(one.value for one in page.markdown if one.value.startswith(f"**{name}")) for name in names]
    assert [line.partition("  \n")[2].translate(APART) for line in lines] == [
        ":gray[:small[Owns <secret>]]",
        ":gray[:small[Shared with them: <b>]]",
        r":gray[:small[Owns <\_notes\_>, <b>, <c> and 2 more · Shared with them: <secret>]]",
    ]
    n_looks = []
    for n in range(2):
        looks.clear()
        sound(page.run())
        n_looks.append(len(looks))
        users.add(f"more {n}", Role.READER, "")
    assert n_looks[0] == n_looks[1] > 0


def test_the_last_admin_stays(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    page = opened(users, "Ada", "people", monkeypatch)
    assert "Ada is the last admin, and stays one until there is another." in said(page)
    assert page.selectbox(key="role-of-Ada-admin").disabled
    assert page.button(key="remove-of-Ada").disabled
    assert not page.button(key="password-of-Ada").disabled
    assert not page.button(key="remove-of-Grace").disabled
    users.change("Grace", role=Role.ADMIN)
    assert "last admin" not in said(sound(page.run()))
    assert not page.button(key="remove-of-Ada").disabled
    users.change("Grace", role=Role.EDITOR)  # since then, by somebody else
    sound(page.selectbox(key="role-of-Ada-admin").select("reader").run())
    assert [one.value for one in page.toast] != []
    assert page.selectbox(key="role-of-Ada-admin").value == "admin"
    users.change("Grace", role=Role.ADMIN)
    press(sound(page.run()), "remove-of-Ada")
    users.change("Grace", role=Role.EDITOR)
    press(page, "person-confirmed")
    assert "Ada is the last admin" in page.error[0].value
    assert "`" not in page.error[0].value
    assert users.user("Ada").role is Role.ADMIN


def test_a_role_that_no_page_offers_is_given_to_nobody(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    page = opened(users, "Ada", "people", monkeypatch)
    box = page.selectbox(key="role-of-Grace-editor")
    box.options.append("emperor")
    sound(box.select("emperor").run())
    assert [one.value for one in page.toast] == ["there is no such role"]
    assert users.user("Grace").role is Role.EDITOR
    assert page.selectbox(key="role-of-Grace-editor").value == "editor"


def test_another_role_for_somebody_who_was_removed_meanwhile_is_told_and_no_error(
    users: UserFile, monkeypatch: pytest.MonkeyPatch
):
    page = opened(users, "Ada", "people", monkeypatch)
    users.remove("Grace")
    sound(page.selectbox(key="role-of-Grace-editor").select("reader").run())
    assert [one.value for one in page.toast] == ["there is no user 'Grace': `python -m app users list` shows them"]
    assert not [box for box in page.selectbox if "Grace" in (box.key or "")]


def test_a_page_for_another_role_says_so_and_does_nothing(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    for name in ("Bob *b*", "Grace"):
        page = opened(users, name, "closed", monkeypatch)
        assert said(page) == "This page is for other roles than yours: ask an admin, if you need it."
        assert keys(page) == set()
        for view in ("people", "admin"):
            with pytest.raises(ValueError, match="Could not find a navigation page"):
                page.switch_page(f"views/{view}.py")


def test_whose_role_was_changed_is_told_so_once(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    page = opened(users, "Grace", "ask", monkeypatch)
    assert not page.toast
    page.query_params["told"] = "role"
    sound(page.run())
    (toast,) = page.toast
    assert toast.value == (
        "Your role is “editor” now: an admin has changed it, and the page that you had open was left."
    )
    assert "told" not in page.query_params
    assert not sound(page.run()).toast


def test_ones_own_password_is_changed_by_whoever_knows_it(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    page = opened(users, "Grace", "account", monkeypatch)
    assert "editor" in said(page)
    for old, new, again, wanted in (
        ("wrong wrong", "a new one", "a new one", "another one"),
        (RIGHT, "a new one", "a new two", "differ"),
        (RIGHT, "short", "short", "8 are the least"),
    ):
        change(page, old, new, again)
        assert wanted in said(page)
        assert matches(users.user("Grace").password, RIGHT)
    change(page, RIGHT, "a new one", "a new one")
    assert matches(users.user("Grace").password, "a new one")
    assert "not signed in any more" in said(page.run())


def change(page: AppTest, old: str, new: str, again: str) -> None:
    for key, value in (("old", old), ("new", new), ("again", again)):
        page.text_input(key=f"{key}-password").set_value(value)
    press(page, "change-password")


def test_whoever_is_gone_sees_nothing(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    page = opened(users, "Bob *b*", "documents", monkeypatch)
    users.remove("Bob *b*")
    page.run()
    assert said(page) == "you are not signed in any more: load this page anew"


def test_readers_have_nothing_that_changes_documents(users: UserFile, monkeypatch: pytest.MonkeyPatch):
    library = Library(Settings(home=users.path.parent))
    JobBoard(library).add([("lamp.md", b"The lamp is lit at dusk.")], "default")
    with Worker(library) as worker:
        assert {outcome.state for outcome in worker.work()} == {"ready"}
    for name, is_editor in (("Grace", True), ("Bob *b*", False)):
        page = opened(users, name, "documents", monkeypatch)
        page.session_state["marked"] = frozenset({1})
        sound(page.run())
        assert "1 passage" in said(page), "what it holds is for everybody"
        changing = {"remove", "move", "again", "upload-0", "jobs-clear"}
        assert keys(page) & changing == (changing if is_editor else set())
        page = sound(page.switch_page("views/ask.py").run())
        assert keys(page) & {"samples", "first-upload-0"} == ({"samples", "first-upload-0"} if is_editor else set())
