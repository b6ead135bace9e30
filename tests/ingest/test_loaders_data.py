"""Notebooks, transcripts, Parquet and SQLite tables."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import pyarrow
import pyarrow.parquet
import pytest

from ingest.fence import Fence
from ingest.loaders import load, tables
from rag.errors import LoadError
from rag.types import Document
from tests.ingest.document_rules import check_document

FILES = Path(__file__).parents[1] / "files"
LIMIT = 10_000_000


def loaded(folder: Path, name: str, data: str | bytes) -> Document:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    document = load(path, name, max_bytes=LIMIT)
    check_document(document)
    return document


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_a_key_that_an_object_has_twice_keeps_both_texts(tmp_path: Path) -> None:
    document = loaded(
        tmp_path, "a.json", '{"harbour": "opens at six", "harbour": "closes at ten", "buoy": {"a": 1, "a": 2}}'
    )
    for text in ("opens at six", "closes at ten", "- 1", "- 2"):
        assert text in document.text
    document = loaded(tmp_path, "a.jsonl", '{"note": "red", "note": "green"}')
    assert "red" in document.text
    assert "green" in document.text


def test_real_notebook() -> None:
    path = FILES / "markitdown/test_notebook.ipynb"
    document = load(path, path.name, max_bytes=LIMIT)
    assert document.title == "Test Notebook Title"
    assert document.metadata["programming_language"] == "python"
    assert blocks(document)[:3] == [
        ("heading", "# Test Notebook"),
        ("code", 'print("markitdown")'),
        ("code", "markitdown"),
    ]


def test_notebook_outputs(tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n", "two"]},
        {"output_type": "execute_result", "data": {"text/plain": "42", "text/html": "<b>42</b>", "image/png": "aGk="}},
        {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["long"]},
        {"output_type": "stream", "text": "x" * 30_000},
    ]
    cells = [{"cell_type": "code", "source": "f()", "outputs": outputs}, {"cell_type": "raw", "source": "raw"}, "odd"]
    document = loaded(tmp_path, "a.ipynb", json.dumps({"nbformat": 4, "cells": cells}))
    assert [text for _, text in blocks(document)][:4] == ["f()", "red\ntwo", "42", "KeyError: 'x'"]
    assert document.warnings == ("Outputs of cells longer than 20,000 characters were cut off: 1.",)


def test_a_notebook_in_which_a_key_comes_twice_keeps_all_text(tmp_path: Path) -> None:
    output = '{"data": {"text/plain": "one"}, "data": {"text/plain": ["two"], "text/plain": "three"}}'
    code = f'{{"cell_type": "code", "source": "f()", "outputs": [{output}], "outputs": [{{"text": "four"}}]}}'
    words = '{"cell_type": "code", "cell_type": "markdown", "source": ["# Red\\n", "apples"], "source": "green pears"}'
    about = '"metadata": {"title": "First"}, "metadata": {"title": "Last", "kernelspec": {"language": "julia"}}'
    document = loaded(tmp_path, "a.ipynb", f'{{{about}, "cells": [{words}], "cells": [{code}]}}')
    assert blocks(document) == [
        ("heading", "# Red"),
        ("paragraph", "apples\ngreen pears"),
        ("code", "f()"),
        ("code", "one\ntwo\nthree"),
        ("code", "four"),
    ]
    assert (document.title, document.metadata["programming_language"]) == ("Last", "julia")


@pytest.mark.parametrize("level", ['"two"', "[]", "1e999", "-3", "99", "null"])
def test_a_heading_of_no_level_is_one_of_the_first(tmp_path: Path, level: str) -> None:
    cell = f'{{"cell_type": "heading", "level": {level}, "source": "Harbours"}}'
    document = loaded(tmp_path, "a.ipynb", f'{{"nbformat": 3, "worksheets": [{{"cells": [{cell}]}}]}}')
    assert [(block.kind, block.level) for block in document.blocks] == [("heading", 1)]


def test_a_number_of_a_notebook_may_be_of_any_length(tmp_path: Path) -> None:
    cells = '{"cell_type": "heading", "level": 2, "source": "Harbours"}, {"cell_type": "raw", "source": "It opens."}'
    text = f'{{"metadata": {{"seed": {"9" * 5000}}}, "cells": [{cells}]}}'
    document = loaded(tmp_path, "a.ipynb", text)
    assert [(block.kind, block.level) for block in document.blocks] == [("heading", 2), ("paragraph", 0)]


@pytest.mark.parametrize(("text", "words"), [("[1]", "no cells"), ("{", "not valid JSON"), ("{}", "no cells")])
def test_file_that_is_no_notebook(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(LoadError, match=words):
        loaded(tmp_path, "a.ipynb", text)


def test_real_transcript() -> None:
    path = FILES / "docling/webvtt_example_01.vtt"
    document = load(path, path.name, max_bytes=LIMIT)
    check_document(document)
    first, second, *_ = (text for _, text in blocks(document))
    assert first.startswith("[00:00:11] Roger Bingham: We are in New York City We’re actually at the Lucern Hotel")
    assert second == "[00:00:30] Neil deGrasse Tyson: Didn’t we talk about enough in that conversation?"
    assert "Copyright" not in document.text


def test_subrip(tmp_path: Path) -> None:
    text = (
        "1\r\n00:01:15,500 --> 00:01:17,000\r\n<i>Hello</i> &amp; {\\an8}welcome\r\nto the show.\r\n\r\n"
        "2\r\n00:01:17,100 --> 00:01:19,000\r\nIt goes on.\r\n\r\n"
        "3\r\n01:02:03,000 --> 01:02:04,000\r\nMuch later.\r\n"
    )
    document = loaded(tmp_path, "a.srt", text)
    assert [text for _, text in blocks(document)] == [
        "[00:01:15] Hello & welcome to the show. It goes on.",
        "[01:02:03] Much later.",
    ]


def test_captions_that_roll_up_are_said_once(tmp_path: Path) -> None:
    cues = ["one", "one\ntwo", "two\nthree", "three"]
    times = ["00:00.000 --> 00:01.000", "00:01.000 --> 00:02.000", "00:02.000 --> 00:03.000", "00:03.000 --> 00:03.010"]
    text = "WEBVTT - Rolling\n\nSTYLE\n::cue { color: red }\n\n" + "\n\n".join(
        map("\n".join, zip(times, cues, strict=True))
    )
    document = loaded(tmp_path, "a.vtt", text)
    assert (document.title, document.text) == ("Rolling", "[00:00:00] one two three")


def test_long_speech_is_parted_at_sentences(tmp_path: Path) -> None:
    cues = "\n\n".join(f"00:{n:02}.000 --> 00:{n:02}.900\n{'word ' * 30}end {n}." for n in range(30))
    texts = [text for _, text in blocks(loaded(tmp_path, "a.vtt", "WEBVTT\n\n" + cues))]
    assert len(texts) > 3
    assert all(len(text) < 1700 and text.endswith(".") for text in texts)


def test_transcript_without_times(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="no text with times"):
        loaded(tmp_path, "a.srt", "just words")


def test_parquet(tmp_path: Path) -> None:
    table = pyarrow.table({"name": ["Ada", None], "born": [1815, 1912], "tags": [["a|b"], []], "raw": [b"xy", b""]})
    pyarrow.parquet.write_table(table, tmp_path / "people.parquet")
    with Fence() as fence:
        document = fence.load(tmp_path / "people.parquet", "people.parquet", max_bytes=LIMIT)
    check_document(document)
    assert blocks(document)[0][1].startswith("Columns: name (string), born (int64), tags (list<")
    assert '| Ada | 1815 | ["a\\|b"] | (2 bytes) |' in document.text
    assert [page.label for page in document.pages] == ["people"]


def test_large_table_is_cut_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_RECORDS", 1500)
    pyarrow.parquet.write_table(pyarrow.table({"n": list(range(5000))}), tmp_path / "a.parquet")
    document = load(tmp_path / "a.parquet", "a.parquet", max_bytes=LIMIT)
    assert document.warnings == ("Only the first 1,500 of 5,000 records were read.",)
    assert document.text.endswith("| 1499 |")


def test_damaged_parquet(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="damaged"):
        loaded(tmp_path, "a.parquet", b"PAR1" + bytes(200) + b"PAR1")


def database(path: Path, sql: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(sql)
    connection.close()


def test_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "da ta#1?.db"
    database(
        path,
        """CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, picture BLOB);
        INSERT INTO people VALUES (1, 'Ada', x'00ff'), (2, 'Alan', NULL);
        CREATE VIEW names AS SELECT name FROM people;
        CREATE VIRTUAL TABLE found USING fts5(words); INSERT INTO found VALUES ('deep sea');
        CREATE TABLE "odd "" name" (x); INSERT INTO "odd "" name" VALUES (1.0), (2.5);""",
    )
    with Fence() as fence:
        document = fence.load(path, path.name, max_bytes=LIMIT)
    check_document(document)
    assert [page.label for page in document.pages] == ["people", "found", 'odd " name']
    assert blocks(document)[:3] == [
        ("heading", "people"),
        ("paragraph", "Columns: id (integer), name (text), picture (blob)"),
        ("table", "| id | name | picture |\n| --- | --- | --- |\n| 1 | Ada | (2 bytes) |\n| 2 | Alan |  |"),
    ]
    assert "deep sea" in document.text
    assert document.warnings == ("1 view was left out.",)
    assert sorted(tmp_path.iterdir()) == [path], "nothing was written beside it"
    monkeypatch.setattr(tables, "MAX_RECORDS", 1)
    assert "first 1 of 2 records of the table “people”" in load(path, path.name, max_bytes=LIMIT).warnings[0]


def test_sqlite_schema_runs_nothing(tmp_path: Path) -> None:
    """A generated column is part of the file; what it calls must be harmless, and a forged schema is an error."""
    path = tmp_path / "a.db"
    database(path, "CREATE TABLE t (a, b AS (upper(a))); INSERT INTO t VALUES ('x');")
    assert "| x | X |" in load(path, "a.db", max_bytes=LIMIT).text
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(LoadError, match="is cut off"):
        load(path, "a.db", max_bytes=LIMIT)


def test_empty_sqlite(tmp_path: Path) -> None:
    database(tmp_path / "a.db", "CREATE TABLE t (a); DROP TABLE t;")
    with pytest.raises(LoadError, match="no text in it"):
        load(tmp_path / "a.db", "a.db", max_bytes=LIMIT)
