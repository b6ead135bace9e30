"""Flagged answers on the admin page: read there, closed with a note, and shown to admins alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components import resources
from app.wiring import Workspace
from indexes.audit_file import AuditFile
from indexes.flags import FlagList
from rag.errors import InputError
from rag.rights import Person, Role
from rag.settings import Settings
from tests.app.stepping import with_texts

MAIN = Path(__file__).parents[2] / "app" / "main.py"
QUESTION = "How much is the rent of the flat in Bergen?"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = with_texts(tmp_path / "home")
    monkeypatch.setenv("FOOTNOTE_HOME", str(made))
    st.cache_resource.clear()
    return made


def flagged() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.query_params["part"] = "Flagged"
    page.run().switch_page("views/admin.py").run()
    assert not page.exception
    return page


def test_an_answer_is_read_with_its_sources_and_closed_with_a_note(home: Path):
    workspace = Workspace(Settings(home=home))
    number = workspace.flag(workspace.answerer.ask(QUESTION), "ann")
    workspace.close()
    page = flagged()
    said = [one.value for one in page.text]
    assert said[0] == QUESTION
    assert any("1120 euros" in one for one in said[1:])
    assert any("bergen.md" in one.value.replace("\\", "") for one in page.caption)
    page.text_input(key=f"note-{number}").input("The *rent* is right. sk-abcdefghijklmnopqrstuvwxyz123456")
    next(button for button in page.button if button.label == "Looked at").click().run()
    assert not page.exception
    (row,) = FlagList(AuditFile(home)).all()
    assert row["status"] == "closed"
    assert row["note"].startswith("The *rent* is right.") and "sk-abc" not in row["note"]
    assert any("Looked at on" in one.value for one in flagged().caption)


@pytest.mark.usefixtures("home")
def test_nothing_is_flagged():
    assert [one.value for one in flagged().info] == [
        "Nothing is flagged. “Flag for review” below an answer brings it here."
    ]


@pytest.mark.usefixtures("home")
def test_nobody_else_sees_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resources, "person", lambda: Person("ben", Role.EDITOR))
    with pytest.raises(InputError):
        resources.flags()
