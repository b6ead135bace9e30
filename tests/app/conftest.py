"""What the tests of questions past one lookup ask, and the browser of a file's tests, and a password."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.wiring import Workspace
from evals.served import BROWSER_FLAGS
from indexes.passwords import hashed
from rag.settings import Settings
from tests.app.stepping import SECRET, TEXTS, Asked, add
from tests.fake_endpoint import Reply

RIGHT = "long enough"
"""A password."""


@pytest.fixture(scope="session")
def right() -> str:
    """Its hash, which takes its time."""
    return hashed(RIGHT)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One Chromium for all tests of a file; each opens a page that knows nothing of the others.

    Not for longer: while its driver runs, no other test of the process could have a loop of asyncio.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def rents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    workspace = Workspace(Settings(home=folder / "home", reranker="none"))
    add(workspace, folder, "default", TEXTS)
    add(workspace, folder, "hidden", {SECRET: "The rent of the flat in Oslo is 7777 euros a month."})
    workspace.close()
    return folder / "home"


@pytest.fixture
def asked(rents: Path) -> Iterator[Callable[..., Asked]]:
    made: list[Asked] = []

    def opened(*replies: Reply, **settings: Any) -> Asked:  # noqa: ANN401
        made.append(Asked(rents, *replies, **settings).__enter__())
        return made[-1]

    yield opened
    for one in made:
        one.__exit__()


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Any]]:
    """Of every download button that a page has drawn: the name of its file, and what makes its content once it is
    pressed, which a page without a browser cannot be asked for."""
    from streamlit.runtime.media_file_manager import MediaFileManager

    found: dict[str, Callable[[], Any]] = {}

    def add(_manager: object, make: Callable[[], Any], *_: object, file_name: str, **_more: object) -> str:
        found[file_name] = make
        return "deferred"

    monkeypatch.setattr(MediaFileManager, "add_deferred", add)
    return found
