"""What may be asked next stands below the last answer, is kept with it, and is asked by a button."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app.recording_home import QUESTION, asking

MAIN = Path(__file__).parents[2] / "app" / "main.py"
TEXT = "\n\n".join(
    (
        "The lighthouse of Varn is 41 metres high, and stands on a rock before the harbour. " * 12,
        "The Bell of Harrow is an old ship's bell that rings in fog. It was cast far away and came by sea. " * 12,
    )
)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with asking(tmp_path, text=TEXT) as (workspace, _):
        assert workspace.library.catalogue.n_chunks() > 1
    st.cache_resource.clear()
    return AppTest.from_file(str(MAIN), default_timeout=60).run()


def offered(page: AppTest) -> list[str]:
    assert not page.exception
    return [one.key for one in page.button if str(one.key).startswith("next-")]


def test_a_button_asks_it_and_a_reload_has_it_again(page: AppTest):
    assert not offered(page)
    page.chat_input[0].set_value(QUESTION).run()
    assert "next-1-0" in offered(page)
    (turn,) = page.session_state["turns"]
    again = AppTest.from_file(str(MAIN), default_timeout=60)
    again.query_params["c"] = "1"
    assert offered(again.run()) == offered(page)
    page.button(key="next-1-0").click().run()
    assert [one.question for one in page.session_state["turns"]] == [QUESTION, turn.next_questions[0]]
    assert not page.session_state["turns"][1].answer.refused
    assert not {"next-1-0"} & set(offered(page))
