"""An answer that was flagged is kept with its evidence until a person has looked at it, and so long after."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.cli import main
from app.components.resources import workspace as shared
from indexes.audit_file import AuditFile
from indexes.audit_log import DAY_S, AuditLog
from indexes.flags import FlagList
from rag.errors import InputError
from rag.types import Answer
from tests.app.recording_home import QUESTION, TEXT, asking
from tests.fake_endpoint import says

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    return tmp_path


def flags(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict]:
    assert main(["flags", "--json", *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_question_answer_evidence_and_status_are_kept(home: Path, capsys: pytest.CaptureFixture[str]):
    with asking(home, says("It is 41 metres high. [1]"), audit="off") as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
        assert workspace.flag(answer, "ada") == 1
    (flag,) = flags(capsys)
    assert (flag["question"], flag["answer"], flag["outcome"], flag["model"]) == (
        QUESTION,
        answer.text,
        "written",
        "tiny",
    )
    assert (flag["user"], flag["status"], flag["note"], flag["closed_at"]) == ("ada", "open", "", None)
    assert flag["sentences"] == [{"text": "It is 41 metres high.", "citations": [1], "state": "supported"}]
    (evidence,) = flag["evidence"]
    assert (evidence["n"], evidence["source"], evidence["quote"]) == (1, "note.txt", TEXT)
    assert len(evidence["sha256"]) == 64


def test_of_an_abstention_the_nearest_passages_are_kept(home: Path, capsys: pytest.CaptureFixture[str]):
    with asking(home) as (workspace, _):
        workspace.flag(workspace.answerer.ask("Who won the chess championship of 1972?"))
    (flag,) = flags(capsys)
    assert flag["outcome"] == "refused"
    assert [(one["n"], one["quote"]) for one in flag["evidence"]] == [(None, TEXT)]


def test_no_secret_is_kept(home: Path):
    with asking(home) as (workspace, _):
        workspace.flag(workspace.answerer.ask(f"{QUESTION} sk-proj-AbCdEfGhIjKlMnOp"))
    assert b"AbCdEfGhIjKlMnOp" not in (home / "audit.sqlite").read_bytes()


def test_closing_with_a_note(home: Path, capsys: pytest.CaptureFixture[str]):
    with asking(home) as (workspace, _):
        for _ in range(2):
            workspace.flag(workspace.answerer.ask(QUESTION))
    assert main(["flags", "--close", "1", "--note", "The answer\nis right."]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("  1. closed  20")
    assert f"asked: {QUESTION}\n" in shown
    assert f"[1] note.txt: {TEXT}\n" in shown
    assert "note: The answer is right." in shown
    assert [(flag["id"], flag["status"]) for flag in flags(capsys)] == [(2, "open"), (1, "closed")]
    for number in ("1", "7"):
        assert main(["flags", "--close", number]) == 2
        assert f"there is no open flag {number}" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["flags", "--close", "9" * 23])
    assert "must be the number of a flag" in capsys.readouterr().err
    assert main(["flags", "--note", "x"]) == 2
    assert "give --close N, too" in capsys.readouterr().err


def test_closed_flags_go_with_time_and_open_ones_stay(home: Path):
    with asking(home) as (workspace, _):
        for _ in range(2):
            workspace.flag(workspace.answerer.ask(QUESTION))
    file = AuditFile(home)
    FlagList(file).close(1, "")
    log = AuditLog(home, days=30, clock=lambda: time.time() + 31 * DAY_S)
    assert log.sweep() == 2
    assert [(flag["id"], flag["status"]) for flag in FlagList(file).all()] == [(2, "open")]
    log.close()
    file.close()


def test_a_flag_is_taken_back_by_whoever_set_it_as_long_as_it_is_open(home: Path, capsys: pytest.CaptureFixture[str]):
    with asking(home) as (workspace, _):
        answers = [workspace.answerer.ask(QUESTION), workspace.answerer.ask("Who won the chess championship of 1972?")]
        first, second, others = (
            workspace.flag(*one) for one in ((answers[0], "ada"), (answers[1], "ada"), (answers[0], "bob"))
        )
        assert workspace.flagged(answers, "ada") == [first, second]
        assert workspace.flagged(answers, "bob") == [others, None]
        with pytest.raises(InputError, match="not yours"):
            workspace.withdraw_flag(others, "ada")
        workspace.withdraw_flag(first, "ada")
        assert workspace.flagged(answers, "ada") == [None, second]
        FlagList(workspace.audit.file).close(second, "Right so.")
        assert workspace.flagged(answers, "ada") == [None, None]
        with pytest.raises(InputError, match="somebody has looked at it"):
            workspace.withdraw_flag(second, "ada")
    assert [(flag["id"], flag["status"]) for flag in flags(capsys)] == [(others, "open"), (second, "closed")]


def test_without_flags_it_says_so(home: Path, capsys: pytest.CaptureFixture[str]):
    assert home.exists()
    assert main(["flags"]) == 0
    assert capsys.readouterr().out == "Nothing is flagged.\n"


@pytest.fixture
def page(home: Path) -> Iterator[AppTest]:
    """The page over a home with a document."""
    with asking(home) as (workspace, _):
        workspace.answerer.ask(QUESTION)
    st.cache_resource.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=120).run()
    st.cache_resource.clear()


def test_the_button_below_an_answer(page: AppTest, home: Path):
    page.chat_input(key="question").set_value(QUESTION).run()
    page.chat_input(key="question").set_value("Who won the chess championship of 1972?").run()
    page.button(key="flag-0").click().run()
    assert not page.exception
    assert [caption.value for caption in page.caption if "Flagged" in caption.value] == [
        ":material/flag: Flagged for review"
    ]
    assert [button.key for button in page.button if (button.key or "").startswith("flag-")] == ["flag-1"]
    page.run()
    file = AuditFile(home)
    assert [(flag["question"], flag["status"]) for flag in FlagList(file).all()] == [(QUESTION, "open")]
    file.close()
    page.button(key="new").click().run()
    page.chat_input(key="question").set_value(QUESTION).run()
    assert page.button(key="flag-0")


def test_the_button_takes_the_flag_back_also_after_a_reload(page: AppTest, home: Path):
    page.chat_input(key="question").set_value(QUESTION).run()
    page.button(key="flag-0").click().run()
    again = AppTest.from_file(str(MAIN), default_timeout=120)
    again.query_params["c"] = "1"
    again.run()
    assert again.button(key="unflag-0").label == "Take back the flag"
    again.button(key="unflag-0").click().run()
    assert not again.exception
    assert [toast.value for toast in again.toast] == ["The flag is taken back."]
    assert again.button(key="flag-0")
    file = AuditFile(home)
    assert FlagList(file).all() == []
    again.button(key="flag-0").click().run()
    FlagList(file).close(2, "")
    again.button(key="unflag-0").click().run()
    assert [toast.value for toast in again.toast] == ["Somebody has looked at it meanwhile: the flag stays."]
    assert [(flag["id"], flag["status"]) for flag in FlagList(file).all()] == [(2, "closed")]
    file.close()


def test_whoever_flagged_it_reads_what_was_noted(page: AppTest, home: Path):
    page.chat_input(key="question").set_value(QUESTION).run()
    page.button(key="flag-0").click().run()
    file = AuditFile(home)
    FlagList(file).close(1, "It is *right*: " + "x" * 1000)
    page.button(key="unflag-0").click().run()
    again = AppTest.from_file(str(MAIN), default_timeout=120)
    again.query_params["c"] = "1"
    for opened in (page, again.run()):
        assert not opened.exception
        (told,) = (one.value for one in opened.caption if "Looked at" in one.value)
        assert told.startswith(":material/task_alt: Looked at: It is \\*right\\*")
        assert len(told) < 600
        assert opened.button(key="flag-0")
    assert shared().notes_on([page.session_state["turns"][0].answer], "bob") == [None]
    again.button(key="flag-0").click().run()
    assert not [one for one in again.caption if "Looked at" in one.value]
    file.close()


def test_a_flag_that_cannot_be_kept_is_told(page: AppTest):
    page.chat_input(key="question").set_value(QUESTION).run()
    shared().audit.file.change("DROP TABLE flags")
    page.button(key="flag-0").click().run()
    assert not page.exception
    assert "not of this version" in page.error[0].value
    assert not [caption for caption in page.caption if "Flagged" in caption.value]
    assert isinstance(page.session_state["turns"][0].answer, Answer)
