"""The command line of ingestion, as a person or a script meets it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from ingest.cli import main
from tests.ingest.make_files import zipped

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


pytestmark = pytest.mark.usefixtures("home")


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, list[dict], str]:
    code = main([*argv, "--json"])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_add_list_chunks_remove(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    note = tmp_path / "note.md"
    note.write_text("# Harbour\n\nThe harbour opens at six. Boats leave with the tide.\n")
    code, (row,), _ = run(capsys, "add", str(note))
    assert (code, row["state"], row["chunks"], row["source"]) == (0, "ready", 1, str(note))
    assert run(capsys, "add", str(note))[1][0]["state"] == "unchanged"
    _, (listed,), _ = run(capsys, "list")
    assert (listed["id"], listed["title"]) == (row["document"], "Harbour")
    _, (chunk,), _ = run(capsys, "chunks", str(row["document"]))
    assert "opens at six" in chunk["text"]
    assert run(capsys, "chunks", str(note))[1] == [chunk]
    assert run(capsys, "chunks", "nothing.md")[0] == 2
    assert run(capsys, "doctor")[0] == 0
    assert run(capsys, "remove", str(note))[0] == 0
    assert run(capsys, "list")[1] == []


def test_a_changed_file_replaces_itself(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    note = tmp_path / "note.txt"
    note.write_text("The harbour opens at six.")
    _, (first,), _ = run(capsys, "add", str(note))
    note.write_text("The harbour opens at seven.")
    _, (second,), _ = run(capsys, "add", str(note))
    assert (second["state"], second["document"]) == ("ready", first["document"])
    _, (chunk,), _ = run(capsys, "chunks", str(first["document"]))
    assert chunk["text"] == "The harbour opens at seven."
    assert run(capsys, "doctor")[0] == 0


def test_one_bad_file_harms_no_other(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "b.txt").write_text("The lighthouse is white.")
    (tmp_path / "c.docx").write_text("not a zip at all")
    (tmp_path / "d\n\U0001f600.txt").write_text("The buoy is red.")
    (tmp_path / "ignored.xyz").write_text("?")
    code, rows, _ = run(capsys, "add", str(tmp_path))
    states = {Path(row["source"]).name: row["state"] for row in rows}
    assert code == 1
    assert states == {
        "a.pdf": "failed",
        "b.txt": "ready",
        "c.docx": "failed",
        "d\n\U0001f600.txt": "ready",
        "ignored.xyz": "skipped",
    }
    assert all(row["reason"] for row in rows if row["state"] in ("failed", "skipped"))
    assert len(run(capsys, "list")[1]) == 2


@pytest.mark.parametrize("path", ["/no/such/path", "bad\0name", "."])
def test_paths_of_no_use_are_wrong_use(
    capsys: pytest.CaptureFixture[str], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, rows, err = run(capsys, "add", path)
    assert (code, rows) == (2, [])
    assert len(err.strip().splitlines()) == 1


def test_settings_that_cannot_be_used_are_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_INDEXX", "faiss")
    code, _, err = run(capsys, "list")
    assert code == 2
    assert "there is no setting FOOTNOTE_INDEXX, but FOOTNOTE_INDEX;" in err


@pytest.mark.slow
def test_another_collection_is_apart(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    note = tmp_path / "note.txt"
    note.write_text("The harbour opens at six.")
    run(capsys, "add", str(note))
    run(capsys, "add", str(note), "--collection", "second")
    assert len(run(capsys, "list")[1]) == 2
    assert len(run(capsys, "list", "--collection", "second")[1]) == 1
    assert run(capsys, "remove", str(note))[0] == 2
    assert run(capsys, "remove", str(note), "--collection", "second")[0] == 0


@pytest.mark.slow
def test_reindex_after_another_chunker(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    run(capsys, "add", str(SAMPLES / "self-locking-nuts.pdf"))
    assert run(capsys, "reindex")[1] == []
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "fixed")
    assert [row["state"] for row in run(capsys, "reindex")[1]] == ["ready"]
    assert run(capsys, "reindex")[1] == []


@pytest.mark.slow
def test_bars_on_a_terminal(capsys: pytest.CaptureFixture[str]):
    assert main(["add", str(SAMPLES / "self-locking-nuts.pdf")]) == 0
    assert "1 ready" in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    note = tmp_path / "note.txt"
    note.write_text("secret")
    note.chmod(0)
    code, (row,), _ = run(capsys, "add", str(note))
    assert (code, row["state"]) == (1, "failed")


@pytest.mark.slow
def test_an_upload_is_read_again_from_the_copy_that_was_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
):
    content = b"The harbour opens at six."
    kept = home / "uploads" / hashlib.sha256(content).hexdigest()[:16] / "note.txt"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(content)
    run(capsys, "add", str(kept), "--name", "note.txt")
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "fixed")
    assert [(row["source"], row["state"]) for row in run(capsys, "reindex")[1]] == [("note.txt", "ready")]
    kept.unlink()
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "sentence")
    code, (row, left), _ = run(capsys, "reindex")
    assert left == {"state": "stale", "documents": [1]}
    assert (code, row["state"]) == (1, "failed")
    assert len(run(capsys, "list")[1]) == 1


@pytest.mark.slow
def test_a_file_with_a_name_of_its_own_is_kept_as_an_upload_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
):
    note = tmp_path / "2024-11-03.txt"
    note.write_text("The harbour opens at six.")
    for state in ("ready", "unchanged"):
        assert [row["state"] for row in run(capsys, "add", str(note), "--name", "Harbour rules")[1]] == [state]
    (shown,) = run(capsys, "show", "Harbour rules")[1]
    assert shown["sources"] == [{"source": "Harbour rules", "state": "kept in the library"}]
    note.unlink()
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "fixed")
    assert [(row["source"], row["state"]) for row in run(capsys, "reindex")[1]] == [("Harbour rules", "ready")]
    assert run(capsys, "doctor")[0] == 0
    note.write_text("The harbour opens at seven.")
    assert [row["state"] for row in run(capsys, "add", str(note), "--name", "Harbour rules")[1]] == ["ready"]
    assert len(list((home / "uploads").glob("*/*"))) == 1
    assert run(capsys, "remove", "Harbour rules", "--for-good")[0] == 0
    assert (note.exists(), list((home / "uploads").glob("*"))) == (True, [])


def test_of_a_name_in_a_list_it_is_said_that_its_file_is_not_kept(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    (tmp_path / "a.txt").write_text("The harbour opens at six.")
    (tmp_path / "list").write_text(json.dumps({"path": str(tmp_path / "a.txt"), "name": "rules.txt"}))
    assert run(capsys, "add", "--list", str(tmp_path / "list"))[0] == 0
    (shown,) = run(capsys, "show", "rules.txt")[1]
    assert shown["sources"][0]["state"] == "not kept in the library: only its text is there"


def test_names_that_are_no_utf8_stay_two_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "odd"
    folder.mkdir()
    for name, text in ((b"i\xff.txt", "Zebras are striped."), (b"i\xfe.txt", "Penguins swim.")):
        (folder / os.fsdecode(name)).write_text(text)
    _, rows, _ = run(capsys, "add", str(folder))
    assert [row["state"] for row in rows] == ["ready", "ready"]
    assert len({row["source"] for row in rows}) == 2
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "fixed")
    assert [row["state"] for row in run(capsys, "reindex")[1]] == ["ready", "ready"]


def test_what_is_no_file_is_not_waited_for(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (str(tmp_path / "pipe.txt"), "/dev/zero"):
        code, (row,), _ = run(capsys, "add", path)
        assert (code, row["state"]) == (1, "failed")
        assert "is not a file" in row["reason"]


def test_text_that_begins_like_another_format_is_text(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    texts = {
        "a.md": "A PDF file starts with %PDF-1.7, they say.",
        "b.txt": "GIF87a was the first.",
        "c.txt": "Rar! said it.",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    paths = [str(tmp_path / name) for name in texts]
    assert {row["state"] for row in run(capsys, "add", *paths)[1]} == {"ready"}


def test_deep_html_keeps_what_comes_after_it(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    page = tmp_path / "deep.html"
    page.write_text("<p>before</p>" + "<div>" * 300 + "inside" + "</div>" * 300 + "<p>after</p>")
    _, (row,), _ = run(capsys, "add", str(page))
    text = " ".join(chunk["text"] for chunk in run(capsys, "chunks", str(row["document"]))[1])
    assert text.split() == ["before", "inside", "after"]


SCHEMA_PAGES = "SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'"


def test_a_damaged_catalogue_is_one_sentence_everywhere(capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path):
    note = tmp_path / "note.txt"
    note.write_text("The harbour opens at six.")
    run(capsys, "add", str(note))
    file = home / "catalogue.sqlite"
    schema = {page for (page,) in apsw.Connection(str(file)).execute(SCHEMA_PAGES)}
    pages = [file.read_bytes()[at : at + 4096] for at in range(0, file.stat().st_size, 4096)]
    file.write_bytes(b"".join(page if n in schema else b"\x5a" * 4096 for n, page in enumerate(pages, start=1)))
    for command in (["list"], ["add", str(note)]):
        code, _, err = run(capsys, *command)
        assert code == 1
        assert "damaged" in err
        assert len(err.strip().splitlines()) == 1
    code, findings, _ = run(capsys, "doctor")
    assert (code, findings[0]["what"], findings[0]["good"]) == (1, "catalogue", False)


def test_a_failed_run_ends_quietly(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    (tmp_path / "empty.pdf").write_bytes(b"")
    command = [sys.executable, "-m", "ingest", "add", str(tmp_path / "empty.pdf")]
    done = subprocess.run(command, cwd=SAMPLES.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    capsys.readouterr()


def test_a_path_that_does_not_exist_costs_no_other(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    (tmp_path / "a.txt").write_text("The harbour opens at six.")
    code, rows, _ = run(capsys, "add", str(tmp_path / "a.txt"), str(tmp_path / "gone.txt"))
    assert code == 1
    assert {Path(row["source"]).name: row["state"] for row in rows} == {"a.txt": "ready", "gone.txt": "failed"}


def test_those_with_the_same_content_are_counted_as_such(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in ("a.md", "b.md", "c.md"):
        (folder / name).write_text("The harbour opens at six.")
    (folder / "d.zip").write_bytes(zipped({"e.md": "Boats leave.", "f.md": "Boats leave."}))
    assert main(["add", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "4 files: 4 ready (2 of them the same as others), 0 unchanged, 0 failed; " in said
    assert "; 2 files inside: 2 ready (1 of them the same as others); 2 passages read" in said
    assert main(["add", str(folder)]) == 0
    assert "4 files: 0 ready, 4 unchanged, 0 failed; 2 files inside: 2 unchanged; 0" in capsys.readouterr().out


def test_remove_takes_one_of_two_names_out(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("The harbour opens at six.")
        assert run(capsys, "add", str(tmp_path / name))[0] == 0
    assert run(capsys, "remove", str(tmp_path / "a.txt"))[1][0]["source"] == str(tmp_path / "a.txt")
    (left,) = run(capsys, "list")[1]
    assert (left["source"], left["also"]) == (str(tmp_path / "b.txt"), [])
    run(capsys, "add", str(tmp_path / "a.txt"))
    assert len(run(capsys, "remove", str(left["id"]))[1]) == 2
    assert run(capsys, "list")[1] == []
