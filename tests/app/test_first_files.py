"""A question that comes before the first files of a library are through: it waits for them, and is asked then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.jobs import JobBoard
from indexes.library import Library
from ingest.worker import Worker
from rag.settings import Settings
from tests.app.test_pages import MAIN, card
from tests.ingest.working import take_in, work

pytestmark = pytest.mark.slow

ASKED = "When does the ferry to Polruan leave?"
FERRY = ("ferry.md", b"# The ferry\n\nThe ferry to Polruan leaves at ten past every hour.\n")
TIDES = ("tides.md", b"# Tides\n\nHigh water is at four.\n")
BROKEN = ("scan.pdf", b"%PDF-1.4 and then nothing")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield Library(Settings(home=tmp_path))
    st.cache_resource.clear()


def opened() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert not page.exception
    return page


def asking(page: AppTest) -> AppTest:
    page.chat_input(key="question").set_value(ASKED).run()
    assert not page.exception
    return page


def test_it_is_asked_of_all_once_they_are_through(library: Library):
    JobBoard(library).add([FERRY, TIDES], "default")
    page = asking(opened())
    assert page.chat_message[0].text[0].value == ASKED
    assert len(page.chat_message) == 1, "nothing is answered, and nothing refused"
    assert page.chat_input(key="question").disabled
    assert not [button for button in page.button if button.key == "ask-now"], "there is nothing yet to be asked"
    work(library)
    page.run()
    assert "ten past every hour" in str(card(page)["blocks"])
    assert not [button for button in page.button if str(button.key).startswith("scope-drop-")], (
        "all is asked later, too"
    )


def test_what_is_there_can_be_asked_without_waiting(library: Library):
    board = JobBoard(library)
    board.add([FERRY], "default")
    (first,) = library.jobs.jobs()
    board.add([TIDES], "default")
    with Worker(library) as worker:
        assert [outcome.state for outcome in worker.work(first.batch)] == ["ready"]
    page = asking(opened())
    page.button(key="ask-now").click().run()
    assert "ten past every hour" in str(card(page)["blocks"])
    assert "still on their way" in card(page)["notice"]


def test_a_library_that_grows_is_asked_at_once(library: Library):
    take_in(library, FERRY)
    JobBoard(library).clear()
    JobBoard(library).add([TIDES], "default")
    assert "ten past every hour" in str(card(asking(opened()))["blocks"])


def test_files_that_cannot_be_read_leave_the_question_to_be_asked_again(library: Library):
    JobBoard(library).add([BROKEN], "default")
    page = asking(opened())
    work(library)
    page.run()
    assert card(page)["title"] == "None of the files could be read, so nothing was asked."
    assert page.button(key="again-0")
