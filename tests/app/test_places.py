"""A place in a workbook is on a sheet, in a presentation on a slide, wherever it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answer_form import place_line
from app.components.answer_card import place
from app.components.document_view import cut
from app.words import speaking
from app.words.places import on_page, page_count
from indexes.library import Library
from ingest.cli import main
from ingest.pipeline import File, Pipeline
from ingest.sniff import FORMATS
from rag.page_kinds import page_kind
from rag.query.references import place_of
from rag.settings import Settings
from rag.types import Citation, Hit
from tests.ingest.make_files import xlsx


def test_every_format_of_workbooks_and_presentations_is_known():
    kinds = {name: {page_kind(f"a{ending}") for ending in found.suffixes} for name, found in FORMATS.items()}
    sheets, slides = ({name for name, found in kinds.items() if found == {kind}} for kind in ("sheet", "slide"))
    assert (sheets, slides) == ({"xlsx", "xls", "ods"}, {"pptx", "ppt", "odp"})


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("/a/Boats.XLSX", "sheet"),
        ("lamps.zip!/talk.pptx", "slide"),
        ("https://a.example/b.ods?c=1", "sheet"),
        ("b.xlsx.md", "page"),
        ("https://a.example/?file=b.ods", "page"),
    ],
)
def test_it_is_told_by_the_ending(source: str, kind: str):
    assert page_kind(source) == kind


def test_the_second_sheet_is_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    rows = [[f"The team of town number {n}", f"won {n} cups in all"] for n in range(60)]
    (tmp_path / "cups.xlsx").write_bytes(xlsx({"Teams": rows, "Since 67": rows}))
    library = Library(Settings(home=tmp_path / "home"))
    assert [one.state for one in Pipeline(library, "default").add([File(tmp_path / "cups.xlsx", "cups.xlsx")])] == [
        "ready"
    ]
    chunk = library.catalogue.chunks_of(1)[-1]
    assert chunk.page == 2
    citation = Citation(1, chunk, chunk.start, chunk.end)
    assert place(Hit(chunk, 1.0, "dense")).startswith("sheet 2")
    assert ", sheet 2" in place_line(chunk, 2)
    assert place_of(citation) == "cups.xlsx, sheet 2"
    assert cut(library.catalogue.text(1), [chunk])[0]["pieces"] == [["label", f"Passage {chunk.ordinal + 1}, sheet 2"]]
    with speaking("de"):
        assert (on_page("a.xlsx", 2), page_count("a.pptx", 2), page_count("a.pdf", 2)) == (
            "Blatt 2",
            "2 Folien",
            "2 Seiten",
        )
    library.close()
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    assert main(["chunks", "1"]) == 0
    assert ", sheet 2" in capsys.readouterr().out
