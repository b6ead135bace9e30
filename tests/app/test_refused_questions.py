"""A question that is refused stays in its conversation with the reason, and the page around it is whole; so does one
that cannot be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from indexes.conversations import ConversationShelf
from rag.errors import StoreError
from rag.retriever import MAX_QUESTION
from rag.types import Turn
from tests.app.recording_home import QUESTION, asking
from tests.app.test_pages import MAIN, card

SECOND = "Where is the lighthouse of Varn?"
REFUSED = "may be asked, and so many were: ask again in"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """After the one question that may be asked in a minute, and another one."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_QUESTIONS_PER_MINUTE", "1")
    with asking(tmp_path):
        pass
    st.cache_resource.clear()
    opened = AppTest.from_file(str(MAIN), default_timeout=60).run()
    for question in (QUESTION, SECOND):
        opened.chat_input[0].set_value(question).run()
        assert not opened.exception
    yield opened
    st.cache_resource.clear()


def held(page: AppTest) -> list[Turn]:
    turns: list[Turn] = page.session_state["turns"]
    return turns


def test_it_stays_with_the_reason_and_can_be_asked_again(page: AppTest):
    """How long to wait is not kept: it would be told for ever."""
    assert [turn.question for turn in held(page)] == [QUESTION, SECOND]
    shown = card(page, 1)
    assert shown["notice"] == "1 question a minute may be asked, and so many were."
    [told] = page.toast
    assert re.fullmatch(r"Ask again in (\d\d) seconds\.", told.value)
    assert (shown["copy"], shown["flow"]) == ("", None), "there is nothing to copy, and nothing was done"
    assert page.button(key="again-1")
    assert not page.error
    assert any(QUESTION.rstrip("?") in str(button.label) for button in page.sidebar.button), "the list is not drawn"


def test_asked_again_too_early_it_has_the_reason_of_now(page: AppTest):
    page.button(key="again-1").click().run()
    assert not page.exception
    assert [turn.question for turn in held(page)] == [QUESTION, SECOND]
    assert card(page, 1)["notice"] == "1 question a minute may be asked, and so many were."
    assert not page.warning


def test_one_that_is_too_long_stays_and_can_be_made_shorter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with asking(tmp_path):
        pass
    st.cache_resource.clear()
    page, long = AppTest.from_file(str(MAIN), default_timeout=60).run(), QUESTION + "!" * MAX_QUESTION
    page.chat_input[0].set_value(long).run()
    page.run()
    assert [turn.question for turn in held(page)] == [long]
    assert "at most 4,000 can be searched for" in card(page)["notice"]
    box = page.text_area(key="edited-0")
    assert (box.value, box.max_chars) == (long, 0), "where there is a limit the browser takes no change beyond it"
    for text in (long[:-5], QUESTION):
        page.text_area(key="edited-0").set_value(text)
        next(button for button in page.button if button.label == "Ask").click().run()
        assert [turn.question for turn in held(page)] == [text]
    assert "41 metres" in held(page)[0].answer.text
    assert page.text_area(key="edited-0").max_chars == MAX_QUESTION
    st.cache_resource.clear()


def test_an_answer_that_was_to_be_replaced_stays_and_the_reason_stands_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_QUESTIONS_PER_MINUTE", "1")
    with asking(tmp_path):
        pass
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=60).run()
    page.chat_input[0].set_value(QUESTION).run()
    page.button(key="again-0").click().run()
    assert not page.exception
    assert "41 metres" in held(page)[0].answer.text
    assert [REFUSED in one.value for one in page.warning] == [True]
    assert len(held(page)) == 1
    st.cache_resource.clear()


def test_an_answer_that_cannot_be_kept_stands_once_and_says_so_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> int:
        raise StoreError("the disk is full: make room")

    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with asking(tmp_path):
        pass
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=60).run()
    with monkeypatch.context() as disk:
        disk.setattr(ConversationShelf, "begin", full)
        page.chat_input[0].set_value(QUESTION).run()
        for _ in range(2):
            assert not page.exception
            assert [message.name for message in page.chat_message] == ["user", "assistant"]
            (told,) = (one.value for one in page.warning)
            assert told.replace("\\", "") == "This conversation is not kept: the disk is full: make room"
            page.run()
    page.chat_input[0].set_value(SECOND).run()
    assert not page.warning
    assert len(held(page)) == 2
    st.cache_resource.clear()
