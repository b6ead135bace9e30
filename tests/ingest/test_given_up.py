"""A plain file that can never be read fails once, is named while nothing changes, and leaves when it is mended."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import ingest.known
import ingest.worker
from indexes.job_records import Job
from indexes.library import Library
from ingest.cli import main
from rag.settings import Settings

pytestmark = pytest.mark.slow

BAD = b"%PDF-1.7 nothing"
FAILED, STILL = {"bad.pdf": "failed"}, {"bad.pdf": "unreadable"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "d"
    made.mkdir()
    (made / "bad.pdf").write_bytes(BAD)
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, str]]:
    """The exit code, and what became of each file or is planned for it."""
    capsys.readouterr()
    code = main([*map(str, arguments), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {Path(row["source"]).name: row.get("plan") or row["state"] for row in rows}


def jobs(home: Path) -> list[Job]:
    return Library(Settings(home=home)).jobs.jobs()


def test_it_fails_once(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    (folder / "good.md").write_text("A buoy is red.")
    code, states = run(capsys, "sync", folder)
    assert (code, states["bad.pdf"]) == (1, "failed")
    before = jobs(home)
    assert run(capsys, "sync", folder) == (0, STILL)
    assert run(capsys, "sync", folder, "--dry-run") == (0, STILL)
    assert run(capsys, "add", folder) == (0, {"good.md": "unchanged"} | STILL)
    os.utime(folder / "bad.pdf")
    assert run(capsys, "sync", folder) == (0, STILL)
    assert main(["add", str(folder), "--detach"]) == 0
    assert "0 queued, 1 unchanged, 1 still not readable" in capsys.readouterr().out
    assert jobs(home) == before
    assert main(["sync", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "bad.pdf" not in said, "it was told when it failed"
    assert said.splitlines()[-1].endswith(
        "1 unchanged, 1 still not readable (--dry-run names those still not readable)"
    )
    main(["sync", str(folder), "--dry-run"])
    assert "bad.pdf: bad.pdf cannot be opened" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_other_bytes_are_tried(capsys: pytest.CaptureFixture[str], folder: Path):
    assert run(capsys, "add", folder) == (1, FAILED)
    (folder / "bad.pdf").write_bytes(BAD.replace(b"nothing", b"nothin!"))
    assert run(capsys, "add", folder) == (1, FAILED)
    assert run(capsys, "add", folder) == (0, STILL)
    (folder / "bad.pdf").write_bytes(BAD + b" more")
    assert run(capsys, "sync", folder, "--dry-run") == (0, {"bad.pdf": "changed"})
    assert run(capsys, "sync", folder) == (1, FAILED)


@pytest.mark.usefixtures("home")
def test_files_that_a_shell_names_are_like_those_of_a_folder(capsys: pytest.CaptureFixture[str], folder: Path):
    (folder / "worse.pdf").write_bytes(BAD + b" at all")
    names = [folder / "bad.pdf", folder / "worse.pdf"]
    assert run(capsys, "add", *names) == (1, FAILED | {"worse.pdf": "failed"})
    assert run(capsys, "add", *names) == (0, STILL | {"worse.pdf": "unreadable"})
    assert main(["add", *map(str, names)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "still not readable: 2 files as before; `python -m ingest jobs` says why, `retry` tries again",
        "2 files: 0 ready, 0 unchanged, 0 failed, 2 still not readable; 0 passages read",
    ]
    (folder / "list.jsonl").write_text("".join(json.dumps({"path": str(n), "name": str(n)}) + "\n" for n in names))
    assert run(capsys, "add", "--list", folder / "list.jsonl") == (0, STILL | {"worse.pdf": "unreadable"})
    assert main(["add", str(names[0])]) == 1
    assert "bad.pdf: bad.pdf cannot be opened" in capsys.readouterr().out


def test_other_readers_try(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    run(capsys, "sync", folder)
    for module in (ingest.known, ingest.worker):
        monkeypatch.setattr(module, "READERS", "a later version")
    assert run(capsys, "sync", folder, "--dry-run") == (0, {"bad.pdf": "retried"})
    assert run(capsys, "sync", folder) == (1, FAILED)
    assert run(capsys, "sync", folder) == (0, STILL)
    assert [job.given_up for job in jobs(home)] == ["a later version"]


def test_whoever_asks_gets_another_try(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    assert run(capsys, "add", folder) == (1, FAILED)
    assert run(capsys, "add", folder / "bad.pdf") == (1, FAILED)
    (job,) = jobs(home)
    assert run(capsys, "retry", job.id) == (0, {"bad.pdf": "queued"})
    capsys.readouterr()
    assert main(["worker", "--once"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 file: 0 ready, 0 unchanged, 1 failed; 0 passages read"
    (again,) = jobs(home)
    assert (again.id, again.state) == (job.id, "failed")
    assert again.started_at > job.started_at
    assert run(capsys, "sync", folder) == (0, STILL)


def test_clearing_the_list_is_about_the_list(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    (folder / "good.md").write_text("A buoy is red.")
    run(capsys, "add", folder)
    assert main(["jobs", "--clear"]) == 0
    assert capsys.readouterr().out == "cleared 1 job\nno files on their way\n"
    assert jobs(home) == []
    assert run(capsys, "sync", folder) == (0, STILL)
    assert main(["add", str(folder)]) == 0
    assert "1 file as before; with `--json` the reasons are told" in capsys.readouterr().out
    main(["sync", str(folder), "--dry-run"])
    assert "bad.pdf: bad.pdf cannot be opened" in capsys.readouterr().out
    (folder / "bad.pdf").write_bytes(BAD + b" more")
    assert run(capsys, "sync", folder) == (1, FAILED)
    assert main(["jobs", "--clear", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cleared": 1}
    (folder / "bad.pdf").unlink()
    assert run(capsys, "sync", folder) == (0, {"bad.pdf": "forgotten"})
    assert run(capsys, "sync", folder) == (0, {})


def test_a_retry_that_is_cancelled_leaves_what_was_known(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    before = jobs(home)
    assert run(capsys, "retry", "--all") == (0, {"bad.pdf": "queued"})
    assert run(capsys, "sync", folder, "--dry-run") == (0, {"bad.pdf": "added"}), "somebody wants it tried"
    assert run(capsys, "cancel", "--all") == (0, {"bad.pdf": "cancelled"})
    (after,) = jobs(home)
    assert (after.state, after.reason, after.given_up) == ("failed", before[0].reason, before[0].given_up)
    assert run(capsys, "sync", folder) == (0, STILL)
    (folder / "bad.pdf").write_bytes(BAD + b" more")
    assert main(["add", str(folder), "--detach"]) == 0
    run(capsys, "cancel", "--all")
    assert [job.state for job in jobs(home)] == ["cancelled"], "nobody has tried these bytes"
    assert run(capsys, "sync", folder) == (1, FAILED)


@pytest.mark.usefixtures("home")
def test_a_failure_that_is_not_final_is_tried_again(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
):
    (folder / "bad.pdf").unlink()
    (folder / "large.txt").write_text("The harbour opens at six. " * 50_000)
    monkeypatch.setenv("FOOTNOTE_MAX_FILE_MB", "1")
    for planned in ("added", "retried"):
        assert run(capsys, "sync", folder, "--dry-run") == (0, {"large.txt": planned})
        assert run(capsys, "sync", folder) == (1, {"large.txt": "failed"})


@pytest.mark.usefixtures("home")
def test_a_document_whose_file_was_damaged(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    """It stays as it was read; put back it is unchanged, and nothing tells of the failure any more."""
    good = Path(__file__).parents[2] / "samples" / "documents" / "self-locking-nuts.pdf"
    shutil.copy(good, folder / "bad.pdf")
    run(capsys, "sync", folder)
    (folder / "bad.pdf").write_bytes(BAD)
    assert run(capsys, "sync", folder) == (1, FAILED)
    assert run(capsys, "sync", folder) == (0, STILL)
    shutil.copy(good, folder / "bad.pdf")
    assert run(capsys, "sync", folder) == (0, {})
    assert jobs(home) == []
    assert len(Library(Settings(home=home)).catalogue.documents()) == 1


def test_a_file_that_was_out_of_reach_for_a_while(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    """As on a disk that was taken away: when it is back, with the same times, the failure is over."""
    (folder / "bad.pdf").unlink()
    (folder / "a.md").write_text("A buoy is red.")
    run(capsys, "add", folder)
    folder.rename(folder.with_name("elsewhere"))
    names = [str(folder / "a.md"), str(folder / "b.md")]
    assert run(capsys, "add", *names) == (1, {"a.md": "failed", "b.md": "failed"})
    folder.with_name("elsewhere").rename(folder)
    assert run(capsys, "add", folder) == (0, {"a.md": "unchanged"})
    assert [job.name for job in jobs(home)] == ["b.md"]
    assert run(capsys, "sync", folder) == (0, {"b.md": "forgotten"})
    assert jobs(home) == []


def test_a_failed_file_that_is_gone_or_ignored_is_forgotten(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path
):
    (folder / "worse.pdf").write_bytes(BAD + b" at all")
    (folder / "good.md").write_text("A buoy is red.")
    run(capsys, "sync", folder)
    (folder / "bad.pdf").unlink()
    assert run(capsys, "sync", folder, "--dry-run")[1]["bad.pdf"] == "forgotten"
    assert len(jobs(home)) == 2
    assert run(capsys, "sync", folder) == (0, {"bad.pdf": "forgotten", "worse.pdf": "unreadable"})
    assert [job.name for job in jobs(home)] == ["worse.pdf"]
    (folder / ".footnoteignore").write_text("*.pdf\n")
    assert run(capsys, "sync", folder) == (0, {"worse.pdf": "forgotten"})
    assert jobs(home) == []


def test_a_file_that_moved_to_where_another_failed(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    good = Path(__file__).parents[2] / "samples" / "documents" / "self-locking-nuts.pdf"
    shutil.copy(good, folder / "good.pdf")
    run(capsys, "sync", folder)
    (folder / "good.pdf").replace(folder / "bad.pdf")
    assert run(capsys, "sync", folder) == (0, {"bad.pdf": "moved"})
    assert jobs(home) == []
