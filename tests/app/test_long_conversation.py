"""A conversation of hundreds of questions is drawn thirty at a time, and all scripts get through to the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.components.resources import workspace
from evals.pictures import large

MAIN = Path(__file__).parents[2] / "app" / "main.py"

pytestmark = pytest.mark.slow


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    number = large.fill(tmp_path / "home")
    yield number
    workspace().close()
    workspace.clear()


def test_thirty_more_each_time(number: int):
    page = AppTest.from_file(str(MAIN), default_timeout=240)
    page.query_params["c"] = str(number)
    page.run()
    for n_drawn in (*range(30, large.N_TURNS, 30), large.N_TURNS):
        assert len(page.chat_message) == 2 * n_drawn
        earlier = [button for button in page.button if button.key == "earlier"]
        assert bool(earlier) == (n_drawn < large.N_TURNS)
        if earlier:
            assert (
                earlier[0].label
                == f"Show {min(30, large.N_TURNS - n_drawn)} of {large.N_TURNS - n_drawn} earlier questions"
            )
            earlier[0].click().run()
    page.button(key="new").click().run()
    page.button(key=f"open-{number}").click().run()
    assert len(page.chat_message) == 60
