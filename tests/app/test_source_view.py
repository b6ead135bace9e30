"""The drawer of a source over a real library: pages turned, places gone to, and what is said of a file that is gone."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.components.opened_source import View
from app.components.original_button import original_bytes
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from ingest.files import File, digest
from ingest.pipeline import Pipeline
from rag.errors import InputError
from rag.rights import OWNER
from rag.settings import Settings
from rag.types import Citation

NAME = "word-processors.pdf"
SAMPLE = Path(__file__).parents[2] / "samples" / "documents" / NAME

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    st.cache_data.clear()
    workspace = Workspace(Settings(home=tmp_path / "home", reranker="none"))
    path = tmp_path / NAME
    path.write_bytes(SAMPLE.read_bytes())
    assert [one.state for one in Pipeline(workspace.library, "default").add([File(path, str(path))])] == ["ready"]
    yield workspace
    workspace.close()


def drawer(workspace: Workspace) -> AppTest:
    """The drawer with the document's first passage open, which is cited twice; a third citation is of the last one."""

    def script(catalogue: object) -> None:
        from app.components import source_view

        source_view.show(catalogue)  # type: ignore[arg-type]

    chunks = workspace.library.catalogue.chunks_of(1)
    first, last = chunks[0], chunks[-1]
    cited = (
        Citation(1, first, first.start, first.start + 40),
        Citation(2, first, first.start + 41, first.start + 80),
        Citation(3, last, last.start, last.end),
    )
    page = AppTest.from_function(script, default_timeout=60, args=(PersonalWorkspace(workspace, OWNER).catalogue,))
    page.session_state["opened-source"] = View(cited[0], cited)
    return page.run()


def texts(page: AppTest) -> list[str]:
    return [one.value for one in (*page.markdown, *page.caption, *page.warning)]


def names(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_pages_are_turned_and_the_ends_are_told(workspace: Workspace):
    n_pages = workspace.library.catalogue.document(1).n_pages
    page = drawer(workspace)
    assert not page.exception
    assert f"1 of {n_pages}" in texts(page)
    assert page.button(key="source-before").disabled
    page.button(key="source-after").click().run()
    assert f"2 of {n_pages}" in texts(page)
    assert not page.button(key="source-before").disabled
    for _ in range(n_pages - 2):
        page.button(key="source-after").click().run()
    assert page.button(key="source-after").disabled


def test_every_place_that_the_answer_cites_is_one_press_away_and_the_open_one_is_marked(workspace: Workspace):
    last = workspace.library.catalogue.chunks_of(1)[-1]
    page = drawer(workspace)
    assert [button.key for button in page.button if button.key.startswith("source-go")] == [
        "source-go-1-open",
        "source-go-2",
        "source-go-3",
    ]
    page.button(key="source-after").click().run()
    page.button(key="source-go-3").click().run()
    assert page.session_state["opened-source"].source.n == 3
    assert any(text.startswith(f"{last.page} of ") for text in texts(page))
    assert "source-go-3-open" in [button.key for button in page.button]


def test_zoom_ends_where_it_says(workspace: Workspace):
    page = drawer(workspace)
    assert page.button(key="source-smaller").disabled
    for _ in range(3):
        page.button(key="source-larger").click().run()
    assert page.button(key="source-larger").disabled
    assert not page.button(key="source-smaller").disabled


def test_a_page_is_turned_by_quarters_and_so_are_those_after_it_until_it_is_closed(workspace: Workspace):
    page = drawer(workspace)
    upright = pictured(page)
    page.button(key="source-rotate").click().run()
    assert pictured(page) == (*reversed(upright),)
    page.button(key="source-after").click().run()
    assert pictured(page) == (*reversed(upright),)
    for _ in range(3):
        page.button(key="source-rotate").click().run()
    assert pictured(page) == upright


def pictured(page: AppTest) -> tuple[int, int]:
    """Width and height of the page's picture."""
    (drawn,) = (data for one in page.get("bidi_component") if "picture" in (data := json.loads(one.proto.json or "{}")))
    return Image.open(BytesIO(b64decode(drawn["picture"]))).size


def test_a_file_that_changed_is_not_handed_out_and_its_text_is_there(workspace: Workspace, tmp_path: Path):
    (tmp_path / NAME).write_bytes(b"%PDF-1.4 something else")
    page = drawer(workspace)
    assert not page.exception
    assert any("cannot be downloaded" in text for text in texts(page))
    assert any("cannot be drawn" in text for text in texts(page))
    assert [one for one in page.get("bidi_component") if one.key.startswith("passage-")]


def test_a_removed_document_leaves_the_passage_as_it_was(workspace: Workspace):
    page = drawer(workspace)
    workspace.library.catalogue.remove(1)
    page.run()
    assert not page.exception
    assert any("changed or removed" in text for text in texts(page))
    assert "source-after" not in [button.key for button in page.button]
    assert [one for one in page.get("bidi_component") if one.key.startswith("passage-")]


def test_a_document_that_is_back_shows_what_it_was_cited_for(workspace: Workspace, tmp_path: Path):
    page = drawer(workspace)
    workspace.library.catalogue.remove(1)
    assert any("changed or removed" in text for text in texts(page.run()))
    path = tmp_path / NAME
    assert [one.state for one in Pipeline(workspace.library, "default").add([File(path, str(path))])] == ["ready"]
    assert not workspace.library.catalogue.has(1)
    page.run()
    assert not page.exception
    assert not any("changed or removed" in text for text in texts(page))
    assert "source-after" in [button.key for button in page.button]


def test_only_the_very_bytes_are_handed_out(tmp_path: Path):
    sha256 = digest(SAMPLE)
    assert original_bytes(SAMPLE, sha256) == SAMPLE.read_bytes()
    for path in (tmp_path / "missing.pdf", tmp_path):
        with pytest.raises(InputError, match="moved, changed or deleted"):
            original_bytes(path, sha256)
    with pytest.raises(InputError, match="moved, changed or deleted"):
        original_bytes(SAMPLE, "0" * 64)
