"""After documents came in, the page offers what they answer: the newest ones, of those that a person may see."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.personal import PersonalWorkspace
from app.wiring import Workspace
from indexes.access import Visibility
from rag.rights import OWNER, Person, Role
from rag.settings import Settings
from rag.types import Scope
from tests.app.stepping import add

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[2] / "app" / "main.py"
BRIDGE = {"bridge.txt": "The Varn Bridge was opened by the mayor of the town in 1931. It is the oldest of its kind."}
NUT = {"nut.txt": "The Boots self-locking nut is a nut of one piece. It holds tight despite severe vibration."}
ASKED_BRIDGE, ASKED_NUT = "When was the Varn Bridge opened?", "What is the Boots self-locking nut?"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    opened = Workspace(Settings(home=tmp_path / "home"))
    add(opened, tmp_path, "default", BRIDGE)
    yield opened
    opened.close()
    st.cache_resource.clear()


def offered(mine: PersonalWorkspace, *collections: str) -> tuple[str, ...]:
    """Once they are made."""
    end = time.monotonic() + 60
    while (found := mine.first_questions(Scope(collections))) is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_they_follow_what_comes_in_and_what_is_chosen(workspace: Workspace, tmp_path: Path):
    mine = PersonalWorkspace(workspace, OWNER)
    assert mine.first_questions(Scope()) is None, "nobody waits for them"
    assert offered(mine) == (ASKED_BRIDGE,)
    add(workspace, tmp_path, "tools", NUT)
    assert set(offered(mine)) == {ASKED_NUT, ASKED_BRIDGE}
    assert offered(mine, "tools") == (ASKED_NUT,)
    assert offered(mine, "nowhere") == ()


def test_nobody_is_offered_what_they_may_not_see(workspace: Workspace, tmp_path: Path):
    access = workspace.library.catalogue.access
    access.begin("tools", "anna")
    add(workspace, tmp_path, "tools", NUT)
    access.show_to("default", Visibility.PUBLIC)
    assert set(offered(PersonalWorkspace(workspace, Person("anna", Role.EDITOR)))) == {ASKED_NUT, ASKED_BRIDGE}
    assert offered(PersonalWorkspace(workspace, Person("ben", Role.EDITOR))) == (ASKED_BRIDGE,)
    assert offered(PersonalWorkspace(workspace, Person("ben", Role.EDITOR)), "tools") == ()


@pytest.mark.usefixtures("workspace")
def test_the_page_offers_them_and_asks_what_is_pressed():
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    end = time.monotonic() + 60
    while "suggested-0" not in [button.key for button in page.button]:
        assert time.monotonic() < end
        page.run()
    page.button(key="suggested-0").click().run()
    assert not page.exception
    assert page.session_state["turns"][0].question == ASKED_BRIDGE
