"""What the drawer of a source hands to the browser: the marks on a scan, and of mail, web pages and tables their facts
and rows."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.components.opened_source import View
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from ingest.files import File
from ingest.pipeline import Pipeline
from rag.rights import OWNER
from rag.settings import Settings
from rag.types import Citation

FILES = Path(__file__).parents[1] / "files"
ADDRESS = "https://harbour.example/tides"
PAGE = """<html><head><title>Tides</title><meta name="author" content="Ann Lee"></head>
<body><main><h1>Tides of Looe</h1><p>At Looe the neap tide rises 2.1 m.</p></main></body></html>"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    st.cache_data.clear()
    folder = tmp_path_factory.mktemp("kinds")
    picture = Image.open(FILES / "unstructured" / "english-and-korean.png").convert("RGB")
    picture.crop((0, 385, 650, 564)).save(folder / "scan.pdf", resolution=75)
    (folder / "tides.html").write_text(PAGE)
    files = [
        File(folder / "scan.pdf", str(folder / "scan.pdf")),
        File(folder / "tides.html", ADDRESS),
        File(FILES / "unstructured" / "fake-email-attachment.eml", "letter.eml"),
        File(FILES / "docling" / "xlsx_05_table_with_title.xlsx", "ducks.xlsx"),
    ]
    workspace = Workspace(Settings(home=folder / "home", reranker="none"))
    assert {one.state for one in Pipeline(workspace.library, "default").add(files)} == {"ready"}
    yield workspace
    workspace.close()


def drawn(workspace: Workspace, source: str, quote: str) -> dict[str, Any]:
    """What the browser is given to draw these words of a document with."""

    def script(catalogue: object) -> None:
        from app.components import source_view

        source_view.show(catalogue)  # type: ignore[arg-type]

    catalogue = workspace.library.catalogue
    record = catalogue.find("default", source)
    assert record is not None
    chunk = next(one for one in catalogue.chunks_of(record.id) if quote in one.text)
    at = chunk.start + chunk.text.index(quote)
    page = AppTest.from_function(script, default_timeout=60, args=(PersonalWorkspace(workspace, OWNER).catalogue,))
    page.session_state["opened-source"] = View(Citation(1, chunk, at, at + len(quote)))
    page.run()
    assert not page.exception
    given = [json.loads(one.proto.json or "{}") for one in page.get("bidi_component")]
    return next(one for one in given if "picture" in one or "blocks" in one)


def test_words_that_ocr_read_are_marked_where_they_stand_on_the_scan(workspace: Workspace):
    scan = next(one.source for one in workspace.library.catalogue.documents() if one.source.endswith("scan.pdf"))
    given = drawn(workspace, scan, "emails were successfully sent")
    pixels = np.asarray(Image.open(BytesIO(b64decode(given["picture"]))).convert("RGB"))
    yellow = (pixels[..., 0] > 240) & (pixels[..., 2] < 140)
    for line in ((0.52, 0.26, 0.74, 0.42), (0.03, 0.48, 0.36, 0.63)):
        assert yellow[place(yellow, *line)].mean() > 0.5, "but for the letters"
    for around in ((0.49, 0.22, 0.77, 0.48), (0.0, 0.42, 0.4, 0.68)):
        yellow[place(yellow, *around)] = False
    assert not yellow.any(), "no other word is marked"
    assert given["at"] == pytest.approx([0.51, 0.24], abs=0.03), "the page opens at the first of them"


def place(of: Any, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:  # noqa: ANN401 - an array
    """The pixels of a picture between these shares of it."""
    height, width = of.shape
    return slice(round(top * height), round(bottom * height)), slice(round(left * width), round(right * width))


def test_of_a_letter_the_browser_gets_who_wrote_to_whom_and_its_words_without_that(workspace: Workspace):
    given = drawn(workspace, "letter.eml", "Here's the attachments!")
    who = "Mallori Harrell <mallori@unstructured.io>"
    assert given["facts"] == [
        ["Subject", "Fake email with attachment"],
        ["From", who],
        ["To", who],
        ["Date", "Fri, 23 Dec 2022 12:08:48 -0600"],
    ]
    pieces = [piece for block in given["blocks"] for piece in block["pieces"]]
    assert ["quote", "Here's the attachments!"] in pieces
    assert not any("From:" in words for _, words in pieces)


def test_of_a_web_page_the_browser_gets_its_address(workspace: Workspace):
    given = drawn(workspace, ADDRESS, "the neap tide rises 2.1 m")
    assert given["facts"] == [["Title", "Tides"], ["Address", ADDRESS], ["Author", "Ann Lee"]]
    assert ["quote", "the neap tide rises 2.1 m"] in given["blocks"][-1]["pieces"]


def test_of_a_table_the_browser_gets_head_and_rows_with_the_quoted_one_marked(workspace: Workspace):
    given = drawn(workspace, "ducks.xlsx", "| 2021 | 150 |")
    (table,) = (block for block in given["blocks"] if block["kind"] == "table")
    assert table["head"] == ["Year", "Freshwater Ducks"]
    assert [row["quoted"] for row in table["rows"]] == [False, False, True, False, False, False]
    assert table["rows"][2]["cells"] == [[["quote", "2021"]], [["quote", "150"]]]
    assert not table["is_cut"]
