"""More files than may be given with one question: none is taken, and a sentence says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.attached import Ready
from indexes.library import Library
from rag.settings import Settings
from tests.app.test_pages import MAIN, card

ASKED = "When does the ferry to Polruan leave?"
WHY = "3 files are too many: 2 files may be given at once here, so none was taken."


@dataclass(frozen=True)
class Given:
    """A file as a browser sends it."""

    name: str

    @property
    def file_id(self) -> str:
        return self.name

    def getbuffer(self) -> memoryview:
        return memoryview(b"The ferry leaves at ten past every hour. " + self.name.encode())


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_WORKERS", "0")
    monkeypatch.setenv("FOOTNOTE_MAX_QUESTION_FILES", "2")
    st.cache_resource.clear()
    return Library(Settings(home=tmp_path))


def given(question: str, names: Sequence[str]) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=120)
    page.session_state["files-given"] = Ready(question, files=[Given(name) for name in names])  # type: ignore[list-item]
    page.run()
    assert not page.exception
    return page


def test_a_question_with_too_many_files_is_refused(library: Library):
    page = given(ASKED, ["a.txt", "b.txt", "c.txt"])
    assert card(page)["title"].startswith(WHY)
    assert library.jobs.jobs() == []


def test_too_many_files_alone_are_told_of(library: Library):
    page = given("", ["a.txt", "b.txt", "c.txt"])
    assert page.toast[0].value.replace("\\", "").startswith(WHY)
    assert library.jobs.jobs() == []


def test_as_many_as_may_be_are_taken(library: Library):
    page = given(ASKED, ["a.txt", "b.txt"])
    assert page.chat_message[0].text[0].value == ASKED
    assert [job.source for job in library.jobs.jobs()] == ["a.txt", "b.txt"]
