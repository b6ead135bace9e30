"""A question that comes before the first files of a library are through: it waits for them, and is asked then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from app.asking import being_answered
from app.components import conversation
from app.jobs import JobBoard
from app.kept_turns import as_json
from indexes.conversations import TurnRecord
from indexes.job_records import NewJob
from indexes.library import Library
from ingest.worker import Worker
from rag.errors import ModelError
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Answer, Trace, Turn
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
    rows = [one.proto.body for one in page.get("html") if 'class="job ' in one.proto.body]
    assert ["ferry.md" in rows[0], "tides.md" in rows[1], len(rows)] == [True, True, 2], "what it waits for"
    assert "Added to the collection “default”." in [text.value for text in page.caption]
    assert page.chat_input(key="question").disabled
    assert not [button for button in page.button if button.key == "ask-now"], "there is nothing yet to be asked"
    work(library)
    page.run()
    assert "ten past every hour" in str(card(page)["blocks"])
    assert not [button for button in page.button if str(button.key).startswith("scope-drop-")], (
        "all is asked later, too"
    )


def test_a_click_that_ends_the_run_before_it_is_asked_loses_nothing(library: Library, monkeypatch: pytest.MonkeyPatch):
    JobBoard(library).add([FERRY], "default")
    page = asking(opened())
    work(library)

    def ended(*_: object, **__: object) -> None:
        raise StopException

    with monkeypatch.context() as patched:
        patched.setattr(conversation, "show", ended)
        page.run()
    page.run()
    assert "ten past every hour" in str(card(page)["blocks"])
    page.run()
    assert len(page.chat_message) == 2, "once"


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


def test_one_file_that_cannot_be_read_keeps_nobody_from_asking_the_others(library: Library):
    take_in(library, FERRY)
    JobBoard(library).clear()
    library.jobs.add("batch", "default", [NewJob("other.md", "/nowhere/other.md")])
    waiting = opened_at(kept(library))
    assert waiting.chat_input(key="question").disabled
    JobBoard(library).cancel_all()
    waiting.run()
    assert "ten past every hour" in str(card(waiting)["blocks"])
    assert card(waiting)["notice"].startswith("other.md: cancelled.")


def test_what_failed_long_before_is_told_until_somebody_dismisses_it(library: Library):
    board = JobBoard(library)
    board.add([BROKEN], "default")
    work(library)
    library.jobs._database.execute("UPDATE jobs SET queued_at = queued_at - 90, finished_at = finished_at - 90")  # noqa: SLF001
    board.add([FERRY], "default")
    page = asking(opened())
    work(library)
    page.run()
    assert "ten past every hour" in str(card(page)["blocks"])
    assert "1 file could not be read" in [text.value for text in page.markdown]
    assert [job.source for job in board.left_over(9)] == ["scan.pdf"]


def test_a_list_that_was_cleared_meanwhile_does_not_lose_the_question(library: Library):
    (job,) = JobBoard(library).add([FERRY], "default")
    number = kept(library, job, contents=("0" * 64,))
    work(library)
    JobBoard(library).clear()
    page = opened_at(number)
    assert "ten past every hour" in str(card(page)["blocks"])
    assert "1 file no more on the list of files" in card(page)["notice"]


def test_a_file_whose_line_was_cleared_is_found_by_its_bytes(library: Library):
    take_in(library, ("noon.md", b"# The ferry\n\nThe ferry to Polruan leaves at noon.\n"))
    (job,) = JobBoard(library).add([FERRY], "default")
    number = kept(library, job, contents=(sha256(FERRY[1]).hexdigest(),))
    work(library)
    JobBoard(library).clear()
    page = opened_at(number)
    assert "ten past every hour" in str(card(page)["blocks"])
    assert not card(page)["notice"]
    assert [one.key for one in page.button if str(one.key).startswith("scope-drop-")], "it is about this file alone"


def check_is_one(library: Library) -> None:
    (record,) = library.catalogue.conversations.all(LOCAL)
    assert record.n_turns == 1


def test_one_that_is_open_in_two_tabs_is_asked_once(library: Library):
    JobBoard(library).add([FERRY], "default")
    number = kept(library)
    one, other = opened_at(number), opened_at(number)
    work(library)
    one.run()
    other.run()
    assert not other.exception
    check_is_one(library)
    for page in (one, other):
        assert len(page.chat_message) == 2, "the question and its one answer"
        assert "ten past every hour" in str(card(page)["blocks"])


def test_what_another_tab_is_asking_is_waited_for(library: Library):
    JobBoard(library).add([FERRY], "default")
    number = kept(library)
    page, shelf = opened_at(number), library.catalogue.conversations
    work(library)
    answer = Answer(ASKED, "At ten past.", (), (), (), Trace())
    with being_answered(library.settings.home) as mark:
        known = shelf.record(LOCAL, number).changed_at
        asked = Turn(ASKED, replace(answer, text=""), asked_by=mark)
        assert shelf.keep(LOCAL, number, 0, TurnRecord(ASKED, "", as_json(asked)), known=known)
        page.run()
        assert not page.exception
        assert len(page.chat_message) == 1
        assert [one.value for one in page.caption if "another window" in one.value]
        assert page.chat_input(key="question").disabled
        shelf.keep(LOCAL, number, 0, TurnRecord(ASKED, "", as_json(Turn(ASKED, answer))))
    page.run()
    assert "At ten past." in str(card(page))
    check_is_one(library)


def test_one_whose_asking_failed_can_be_asked_again(library: Library, monkeypatch: pytest.MonkeyPatch):
    JobBoard(library).add([FERRY], "default")
    number = kept(library)
    page = opened_at(number)
    work(library)
    with monkeypatch.context() as patched:
        patched.setattr(conversation, "_streamed", fails)
        page.run()
    page = opened_at(number)
    assert "The model is gone." in card(page)["notice"]
    page.button(key="again-0").click().run()
    assert "ten past every hour" in str(card(page)["blocks"])
    check_is_one(library)


def fails(*_: object) -> Answer:
    raise ModelError("The model is gone.")


def test_two_tabs_that_do_not_wait_ask_once(library: Library):
    take_in(library, FERRY)
    JobBoard(library).clear()
    JobBoard(library).add([TIDES], "default")
    number = kept(library)
    one, other = opened_at(number), opened_at(number)
    for page in (one, other):
        page.button(key="ask-now").click().run()
        assert not page.exception
        assert "ten past every hour" in str(card(page)["blocks"])
    check_is_one(library)


def test_two_tabs_tell_once_that_nothing_could_be_read(library: Library):
    JobBoard(library).add([BROKEN], "default")
    number = kept(library)
    pages = opened_at(number), opened_at(number)
    work(library)
    for page in pages:
        page.run()
        assert card(page)["title"] == "None of the files could be read, so nothing was asked."
    check_is_one(library)


def kept(library: Library, *jobs: int, contents: tuple[str, ...] = ()) -> int:
    """The number of a conversation in which the question waits for files, as the page keeps it."""
    waits_for = jobs or tuple(job.id for job in library.jobs.jobs())
    turn = Turn(ASKED, Answer(ASKED, "", (), (), (), Trace(), refused=True), waits_for=waits_for, contents=contents)
    shelf = library.catalogue.conversations
    number = shelf.begin(LOCAL, ASKED)
    shelf.keep(LOCAL, number, 0, TurnRecord(ASKED, "", as_json(turn)), known=None)
    return number


def opened_at(number: int) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=240)
    page.query_params["c"] = str(number)
    page.run()
    assert not page.exception
    return page
