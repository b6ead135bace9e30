"""What counts as read, rightly refused and wrong is decided by words that no loader of ours found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cli import main
from evals.expectations import DEFAULT, Expected, read_expected
from evals.outcomes import state_of
from evals.parsing import Row, measure
from evals.parsing_table import table
from evals.visible import visible
from ingest.fence import Fence
from rag.errors import InputError
from rag.types import Block, Document
from tests.ingest import make_files as make

FILES = Path(__file__).parents[1] / "files"
TEXT = "Seven bright lamps burn above the harbour of the old town tonight."
NOTHING = Expected({}, {}, {})


def halved(path: Path, _name: str, **_options: object) -> Document:
    """A loader that loses most of a file."""
    text = path.read_text()[:12]
    return Document(text, "t", "text/plain", blocks=(Block("paragraph", 0, len(text)),))


def measured(folder: Path, expected: Expected = NOTHING, *, fence: Fence | None = None) -> dict[str, Row]:
    rows = measure(folder, expected, max_bytes=10_000_000, told=lambda _: None, fence=fence)
    return {row.file: row for row in rows}


def test_small_files_of_many_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    report = tmp_path / "rows.json"
    assert main(["parsing", str(FILES), "--json", str(report)]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "| all |" in said
    assert "Wrong: 0" in said
    rows = json.loads(report.read_text())
    assert {row["kind"] for row in rows} >= {"docx", "pdf", "pptx", "odt", "xlsx", "epub", "rtf", "eml"}
    assert all(row["peak_mb"] > 10 for row in rows if row["state"] == "text")
    judged = [row for row in rows if row["share"] is not None and row["kind"] in ("docx", "pdf", "pptx", "odt", "rtf")]
    assert len(judged) > 5
    assert min(row["share"] for row in judged) > 0.5


def test_wrong_are_a_lossy_reading_and_a_refusal_of_what_has_words(tmp_path: Path):
    (tmp_path / "whole.txt").write_text(TEXT)
    (tmp_path / "text.png").write_text(TEXT)
    (tmp_path / "empty.txt").write_text("")
    rows = measured(tmp_path)
    assert {name: bool(row.wrong) for name, row in rows.items()} == {
        "whole.txt": False, "text.png": True, "empty.txt": False,
    }  # fmt: skip
    assert rows["text.png"].wrong == "refused, but 11 words are found in it"
    with Fence(loader="tests.evals.test_parsing:halved") as fence:
        lossy = measured(tmp_path, fence=fence)["whole.txt"]
    assert lossy.wrong == "only 18% of the 11 words found in it are in its text"
    listed = Expected({"text.png": "it is no picture"}, {"whole.txt": "said so"}, {})
    assert not any(row.wrong for row in measured(tmp_path, listed).values())
    text = table(list(measured(tmp_path, listed).values()))
    assert "- text.png: text.png " in text
    assert "— it is no picture" in text
    stale = Expected({"whole.txt": "said to be empty"}, {}, {})
    assert "- whole.txt: said to be empty" in table(list(measured(tmp_path, stale).values()))


def test_wrong_is_a_picture_without_its_listed_words(tmp_path: Path):
    (tmp_path / "a.txt").write_text(TEXT)
    shows = Expected({}, {}, {"a.txt": ("lamps", "harbour", "zeppelin")})
    assert not measured(tmp_path, shows)["a.txt"].wrong
    shows = Expected({}, {}, {"a.txt": ("lamps", "walrus", "zeppelin")})
    assert "walrus, zeppelin" in measured(tmp_path, shows)["a.txt"].wrong


def test_wrong_is_a_parser_that_ends(tmp_path: Path):
    (tmp_path / "deed.txt").write_text("abort")
    with Fence(loader="tests.ingest.hostile:load") as fence:
        row = measured(tmp_path, fence=fence)["deed.txt"]
    assert (row.state, row.wrong) == ("crash", "its parser ended with: crash")


@pytest.mark.parametrize(
    ("deed", "state"),
    [("abort", "crash"), ("exit", "crash"), ("allocate", "memory"), ("fault", "fault"), ("lie", "fault"),
     ("refuse", "refused"), ("loop", "time"), ("sleep", "time")],
)  # fmt: skip
def test_states_are_told_apart_by_the_fences_own_sentences(tmp_path: Path, deed: str, state: str):
    (tmp_path / "deed.txt").write_text(deed)
    with Fence(loader="tests.ingest.hostile:load", timeout_s=1, memory_mb=1024) as fence:
        assert measured(tmp_path, fence=fence)["deed.txt"].state == state


def test_words_are_found_without_our_loaders(tmp_path: Path):
    made = {
        "a.docx": make.docx(make.paragraph(TEXT)),
        "a.odt": make.odt(f"<text:p>{TEXT}</text:p>"),
        "a.epub": make.epub({"One": f"<p>{TEXT}</p>"}),
        "a.xlsx": make.xlsx({"One": [[TEXT, "x"]]}),
        "a.pdf": make.pdf([make.prose([TEXT])]),
        "a.html": f"<style>p {{ color: red }}</style><p>{TEXT}</p>".encode(),
        "a.eml": f"Subject: Lamps\n\n{TEXT}".encode(),
        "a.rtf": f"{{\\rtf1{{\\fonttbl{{\\f0 Arial;}}}}\\f0 {TEXT}\\par}}".encode(),
        "a.json": json.dumps({"text": TEXT}).encode(),
        "a.txt": TEXT.encode("utf-16"),
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
        found = visible(tmp_path / name).words
        assert {"seven", "bright", "harbour", "tonight"} <= found, name
        assert not found & {"color", "arial"}, name


def test_ink_is_seen_where_there_is_no_text(tmp_path: Path):
    drawn = make.pdf([[], make.prose([TEXT])]).replace(b"/Contents", b"/Contents", 1)
    (tmp_path / "a.pdf").write_bytes(drawn)
    assert visible(tmp_path / "a.pdf").inked == ()
    (tmp_path / "b.pdf").write_bytes(make.written(
        ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
         "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
         "<< /Length 22 >>\nstream\n100 100 300 300 re f  \nendstream"], "/Root 1 0 R"))  # fmt: skip
    assert visible(tmp_path / "b.pdf").inked == (1,)


def test_the_list_names_each_file_once_and_says_why():
    expected = read_expected(DEFAULT)
    assert expected.of(expected.refused, Path("/x/unstructured/empty.txt")) == "0 bytes"
    assert expected.of(expected.refused, Path("/x/other/empty.txt")) is None
    assert all(reason for reason in (*expected.refused.values(), *expected.partial.values()))
    assert not expected.refused.keys() & expected.words.keys()


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "list.toml").write_text("[[refused]]\nfile = 'a'")
    with pytest.raises(InputError, match="list.toml"):
        read_expected(tmp_path / "list.toml")


def test_other_sentences_are_refusals():
    assert state_of("a.pdf is protected with a password: save a copy without a password and add that.") == "refused"
