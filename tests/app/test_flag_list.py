"""Flagged answers on the admin page: read there, closed with a note, and shown to admins alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components import resources
from app.wiring import Workspace
from indexes.audit_file import AuditFile
from indexes.audit_records import NewFlag
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
    assert any("1120 euros" in one for one in said[1:]), "its source"
    assert "1120 euros a month. [1]" in words(drawn(page, number)["blocks"])
    assert any(one.value.startswith("\\[1\\] ") and "bergen" in one.value for one in page.caption)
    page.text_input(key=f"note-{number}").input("The *rent* is right. sk-abcdefghijklmnopqrstuvwxyz123456")
    next(button for button in page.button if button.label == "Looked at").click().run()
    assert not page.exception
    (row,) = FlagList(AuditFile(home)).all()
    assert row["status"] == "closed"
    assert row["note"].startswith("The *rent* is right.") and "sk-abc" not in row["note"]
    assert any("Looked at on" in one.value for one in flagged().caption)


def drawn(page: AppTest, number: int) -> dict[str, Any]:
    """What the browser is given for a flagged answer."""
    (found,) = (one for one in page.get("bidi_component") if one.key == f"flag-answer-{number}")
    shown: dict[str, Any] = json.loads(found.proto.json)
    return shown


def words(node: Any) -> str:  # noqa: ANN401 - a node, or several
    children = node["children"] if isinstance(node, dict) else node
    return node if isinstance(node, str) else "".join(map(words, children))


def tags(nodes: list[Any]) -> list[str]:
    return [node["tag"] for node in nodes]


EVIDENCE = {"n": 1, "document": 1, "sha256": "", "source": "lamp.md", "page": None, "start": 5}


def test_an_answer_is_drawn_as_in_the_conversation(home: Path):
    row = "| Lamp | Height |\n|---|---|\n| *Varn* | 41 m |"
    quoted = {"text": " ".join(row.split()), "citations": [1], "state": ""}
    listed = [{"text": text, "citations": [1], "state": ""} for text in ("Varn: 41*2 m.", "| Fowey | 12 m |")]
    flags = FlagList(AuditFile(home))
    for flag in (
        NewFlag(QUESTION, "As listed:\n\n- **Varn** [1]\n- Fowey [7]", "written", "tiny", [], []),
        NewFlag(QUESTION, f"{quoted['text']} [1]", "quoted", "", [quoted], [EVIDENCE | {"quote": row}]),
        NewFlag(QUESTION, "Lamps:\n- Varn: 41*2 m. [1]\n- | Fowey | 12 m | [1]", "quoted", "", listed, []),
        NewFlag(QUESTION, "Not found in your documents.", "refused", "tiny", [], []),
    ):
        flags.add(flag, "ann")
    page = flagged()
    written, table, arranged, refused = (drawn(page, n) for n in (1, 2, 3, 4))
    assert (tags(written["blocks"]), words(written["blocks"])) == (["p", "ul"], "As listed:Varn  [1]Fowey  [7]")
    assert written["blocks"][1]["children"][0]["children"][0]["children"][0]["tag"] == "strong"
    assert (tags(table["blocks"]), words(table["blocks"])) == (["table"], "LampHeight*Varn* [1]41 m")
    assert tags(arranged["blocks"]) == ["p", "ul"]
    assert [words(item) for item in arranged["blocks"][1]["children"]] == ["Varn: 41*2 m.  [1]", "Fowey · 12 m  [1]"]
    assert (refused["kind"], refused["title"], refused["blocks"]) == ("refused", "Not found in your documents.", [])
    assert all(not shown["cited"] and not shown["copy"] for shown in (written, table, arranged, refused))


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
