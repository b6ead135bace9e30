"""The list of conversations beside the chat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from tests.app.test_pages import MAIN

pytestmark = pytest.mark.slow


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """With a conversation that is open, and one that is not."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    st.cache_resource.clear()
    opened = AppTest.from_file(str(MAIN), default_timeout=240).run()
    opened.chat_input(key="question").set_value("When does the harbour open?").run()
    opened.button(key="new").click().run()
    opened.chat_input(key="question").set_value("Who is the harbour master?").run()
    assert not opened.exception
    yield opened
    st.cache_resource.clear()


def asked(page: AppTest) -> list[str]:
    return [message.text[0].value for message in page.chat_message if message.name == "user"]


def remove(page: AppTest, number: int) -> None:
    page.session_state[f"menu-{number}"] = True
    page.run()
    page.button(key=f"remove-{number}").click().run()
    assert not page.exception


def test_undo_opens_the_conversation_that_was_open(page: AppTest):
    remove(page, 2)
    assert asked(page) == []
    page.button(key="undo-removal").click().run()
    assert asked(page) == ["Who is the harbour master?"]


def test_undo_leaves_what_is_open_as_it_is(page: AppTest):
    remove(page, 1)
    assert asked(page) == ["Who is the harbour master?"]
    page.button(key="undo-removal").click().run()
    assert asked(page) == ["Who is the harbour master?"]
    remove(page, 2)
    page.button(key="open-1").click().run()
    page.button(key="undo-removal").click().run()
    assert asked(page) == ["When does the harbour open?"]


def test_a_removed_one_is_put_back_after_the_page_was_loaded_anew(page: AppTest):
    remove(page, 2)
    anew = AppTest.from_file(page._script_path, default_timeout=60).run()
    anew.button(key="put-back-2").click().run()
    assert not anew.exception
    assert "put-back-2" not in [button.key for button in anew.button]
    anew.button(key="open-2").click().run()
    assert asked(anew) == ["Who is the harbour master?"]


def test_each_menu_says_whose_it_is(page: AppTest):
    assert [menu.proto.popover.label for menu in page.sidebar.get("popover")] == [
        "Menu of “Who is the harbour master?”", "Menu of “When does the harbour open?”"
    ]  # fmt: skip


def test_a_name_shows_what_can_be_seen_of_it_and_no_marks_of_its_own(page: AppTest):
    name = "*Tides* \u202ecod\u202c_file [a](http://b) :red[x]\u200b\x07"
    page.session_state["menu-2"] = True
    page.run()
    page.text_input(key="name-2").set_value(name).run()
    assert not page.exception
    (menu, _) = page.sidebar.get("popover")
    assert menu.proto.popover.label == "Menu of “Tides cod file a (http //b) red x”"
    shown = page.button(key="open-2").label
    assert shown == r"\*Tides\* cod\_file \[a\]\(http\:\u2060\/\/b\) \:red\[x\]".replace(r"\u2060", "\u2060")
    page.session_state["menu-2"] = True
    page.run()
    assert page.text_input(key="name-2").value == "*Tides* cod_file [a](http://b) :red[x]"


def test_a_name_that_nobody_has_given_follows_the_question(page: AppTest):
    names = [page.button(key=f"open-{n}").label for n in (2, 1)]
    assert names == [r"Who is the harbour master\?", r"When does the harbour open\?"]
    page.text_area(key="edited-0").set_value("Who lights the lamp?")
    next(button for button in page.button if button.label == "Ask").click().run()
    assert not page.exception
    assert asked(page) == ["Who lights the lamp?"]
    assert page.button(key="open-2").label == r"Who lights the lamp\?"


def test_it_stands_there_where_a_stop_meets_the_spinner_as_it_ends(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def stopped(_: str) -> Iterator[None]:
        yield
        get_script_run_ctx()._enqueue.__self__.request_stop()
        raise StopException

    monkeypatch.setattr(st, "spinner", stopped)
    page.chat_input(key="question").set_value("Who keeps the harbour log?").run()
    assert asked(page) == ["Who is the harbour master?", "Who keeps the harbour log?"]
    assert [message.name for message in page.chat_message][-1] == "assistant"
    assert len(page.sidebar.get("popover")) == 2
