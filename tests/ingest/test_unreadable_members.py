"""A file inside of another that can never be read is named as that, not read again for nothing, and leaves nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import ingest.known
import ingest.worker
from indexes.job_records import Job
from indexes.library import Library
from ingest.cli import main
from ingest.removal import clear_jobs
from rag.settings import Settings
from tests.ingest.make_files import zipped
from tests.ingest.test_inside import mail

pytestmark = pytest.mark.slow

BAD = b"%PDF-1.7 nothing"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive with a member that is damaged, and an archive in it with another."""
    made = tmp_path / "d"
    made.mkdir()
    inner = zipped({"pier.md": "The pier is long.", "worse.pdf": BAD + b" at all"})
    (made / "all.zip").write_bytes(zipped({"good.md": "A buoy is red.", "bad.pdf": BAD, "in.zip": inner}))
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, str]]:
    """The exit code, and what became of each file or is planned for it."""
    capsys.readouterr()
    code = main([*map(str, arguments), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {Path(row["source"]).name: row.get("plan") or row["state"] for row in rows}


def jobs(home: Path) -> dict[str, Job]:
    return {job.name: job for job in Library(Settings(home=home)).jobs.jobs()}


def kept(home: Path) -> set[str]:
    return {path.name for path in (home / "uploads").rglob("*.*") if path.is_file()}


FAILED = {"bad.pdf": "failed", "worse.pdf": "failed"}
STILL = {"bad.pdf": "unreadable", "worse.pdf": "unreadable"}
READY = {"all.zip": "ready", "good.md": "ready", "in.zip": "ready", "pier.md": "ready"}


def test_it_is_tried_once_and_stays_in_sight(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    assert run(capsys, "sync", folder) == (1, {"all.zip": "ready"} | READY | FAILED)
    before = jobs(home)
    assert {name: job.state for name, job in before.items()} == FAILED
    assert run(capsys, "sync", folder) == (0, STILL)
    assert run(capsys, "sync", folder, "--dry-run") == (0, STILL)
    assert run(capsys, "add", folder) == (0, {"all.zip": "unchanged"} | STILL)
    (folder / "all.zip").touch()
    assert run(capsys, "add", folder / "all.zip") == (0, {"all.zip": "unchanged"} | STILL)
    assert jobs(home) == before
    assert main(["sync", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "0 changed" in said
    assert "1 unchanged; inside of files: 2 still not readable" in said
    assert "bad.pdf" not in said
    main(["sync", str(folder), "--dry-run"])
    assert "bad.pdf: bad.pdf" in capsys.readouterr().out  # the reason
    assert main(["add", str(folder)]) == 0
    assert (
        "1 file: 0 ready, 1 unchanged, 0 failed; 5 files inside: 3 unchanged, 2 still not readable"
        in capsys.readouterr().out
    )


def test_other_bytes_are_tried(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    (folder / "all.zip").write_bytes(zipped({"good.md": "A buoy is red.", "bad.pdf": BAD + b"."}))
    code, states = run(capsys, "sync", folder)
    assert (code, states["bad.pdf"]) == (1, "failed")
    assert set(jobs(home)) == {"bad.pdf"}
    assert kept(home) == {"good.md", "bad.pdf"}
    (folder / "all.zip").write_bytes(zipped({"good.md": "A buoy is red.", "more.md": "So is a lamp."}))
    assert run(capsys, "sync", folder)[0] == 0
    assert (jobs(home), kept(home)) == ({}, {"good.md", "more.md"})


def test_other_readers_try(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    run(capsys, "sync", folder)
    for module in (ingest.known, ingest.worker):
        monkeypatch.setattr(module, "READERS", "a later version")
    code, states = run(capsys, "sync", folder)
    assert code == 1
    assert states.items() >= FAILED.items()
    assert run(capsys, "sync", folder) == (0, STILL)
    assert {job.given_up for job in jobs(home).values()} == {"a later version"}


def test_whoever_asks_gets_another_try(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    bad = jobs(home)["bad.pdf"]
    assert run(capsys, "retry", bad.id) == (0, {"bad.pdf": "queued"})
    Path(bad.path).write_bytes(b"%PDF")  # another failure, to see that it was read
    assert main(["worker", "--once"]) == 1
    again = jobs(home)["bad.pdf"]
    assert (again.id, again.state) == (bad.id, "failed")
    assert again.started_at > bad.started_at
    assert run(capsys, "sync", folder) == (0, STILL)


def test_what_may_go_better_next_time_is_tried_again(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    worse = jobs(home)["worse.pdf"]
    shutil.rmtree(Path(worse.path).parent)
    run(capsys, "retry", worse.id)
    assert main(["worker", "--once"]) == 1
    gone = jobs(home)["worse.pdf"]
    assert ("cannot be read (No such file" in gone.reason, gone.given_up) == (True, "")
    assert run(capsys, "sync", folder, "--dry-run") == (0, {"all.zip": "retried"})  # though it lies two files deep
    code, states = run(capsys, "sync", folder)
    assert (code, states["worse.pdf"]) == (1, "failed")
    assert run(capsys, "sync", folder) == (0, STILL)


def test_it_goes_with_the_file_that_holds_it(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    assert kept(home) == {"good.md", "bad.pdf", "in.zip", "pier.md", "worse.pdf"}
    assert run(capsys, "remove", folder / "all.zip")[0] == 0
    assert (jobs(home), kept(home)) == ({}, set())
    assert list((home / "uploads").iterdir()) == []


def test_a_folder_that_lost_its_archive(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    (folder / "note.md").write_text("The harbour opens at six.")
    run(capsys, "sync", folder)
    (folder / "all.zip").unlink()
    assert run(capsys, "sync", folder) == (0, {"all.zip": "removed"})
    assert (jobs(home), kept(home)) == ({}, set())


def test_clearing_the_list_is_about_the_list(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    assert main(["jobs", "--clear"]) == 0
    assert (jobs(home), kept(home)) == ({}, {"good.md", "in.zip", "pier.md"})
    assert run(capsys, "sync", folder) == (0, STILL)
    main(["sync", str(folder), "--dry-run"])
    assert "bad.pdf: bad.pdf cannot be opened" in capsys.readouterr().out
    inner = zipped({"pier.md": "The pier is short.", "worse.pdf": BAD + b" at all"})
    (folder / "all.zip").write_bytes(zipped({"good.md": "A buoy is red.", "bad.pdf": BAD, "in.zip": inner}))
    code, states = run(capsys, "sync", folder)
    assert (code, states) == (0, READY | STILL | {"good.md": "unchanged"}), "other bytes are read, the same are not"
    assert kept(home) == {"good.md", "in.zip", "pier.md"}


def test_a_retry_that_is_cancelled_leaves_what_was_known(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    before = {name: (job.state, job.reason) for name, job in jobs(home).items()}
    run(capsys, "retry", "--all")
    assert run(capsys, "sync", folder, "--dry-run") == (0, {"all.zip": "retried"}), "somebody wants them tried"
    run(capsys, "cancel", "--all")
    assert {name: (job.state, job.reason) for name, job in jobs(home).items()} == before
    assert run(capsys, "sync", folder) == (0, STILL)
    run(capsys, "retry", "--all")
    code, states = run(capsys, "sync", folder)
    assert (code, states["bad.pdf"], states["worse.pdf"]) == (1, "failed", "failed")


def test_a_moved_archive_takes_along_what_failed_in_it(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    run(capsys, "sync", folder)
    (folder / "sub").mkdir()
    (folder / "all.zip").rename(folder / "sub" / "other.zip")
    assert run(capsys, "sync", folder) == (0, {"other.zip": "moved"})
    top = f"{folder}/sub/other.zip!/"
    assert {job.source for job in jobs(home).values()} == {f"{top}bad.pdf", f"{top}in.zip!/worse.pdf"}
    assert run(capsys, "sync", folder) == (0, STILL)
    assert main(["add", str(folder)]) == 0
    assert "5 files inside: 3 unchanged, 2 still not readable" in capsys.readouterr().out
    inner = zipped({"pier.md": "The pier is short.", "worse.pdf": BAD + b" at all"})
    (folder / "sub" / "other.zip").write_bytes(zipped({"good.md": "A buoy.", "bad.pdf": BAD, "in.zip": inner}))
    assert run(capsys, "sync", folder)[0] == 0, "changed where it is now, it is still the same that cannot be read"
    assert run(capsys, "remove", folder / "sub" / "other.zip")[0] == 0
    assert Library(Settings(home=home)).catalogue.database.rows("SELECT * FROM refused") == []


def test_reindex_leaves_alone_what_nobody_can_read(
    capsys: pytest.CaptureFixture[str], home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    run(capsys, "sync", folder)
    before = jobs(home)
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    assert main(["reindex"]) == 0
    said = capsys.readouterr().out
    assert "1 file: 1 ready, 0 unchanged, 0 failed; 5 files inside: 3 ready, 2 still not readable" in said
    assert jobs(home) == before
    (folder / "all.zip").write_bytes(zipped({"good.md": "A buoy is red.", "new.pdf": BAD}))
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "120")
    assert run(capsys, "reindex")[0] == 1
    assert run(capsys, "sync", folder) == (0, {"new.pdf": "unreadable"}), "reindex has learnt it, too"


def test_bytes_that_two_archives_share_stay_for_the_other(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    shutil.copy(folder / "all.zip", folder / "copy.zip")
    (folder / "copy.zip").write_bytes(zipped({"bad.pdf": BAD, "other.md": "Another file."}))
    run(capsys, "sync", folder)
    run(capsys, "remove", folder / "all.zip")
    assert kept(home) == {"bad.pdf", "other.md"}
    clear_jobs(Library(Settings(home=home)))
    assert kept(home) == {"other.md"}


@pytest.mark.usefixtures("home")
def test_an_attachment_that_cannot_be_read(capsys: pytest.CaptureFixture[str], folder: Path):
    (folder / "all.zip").unlink()
    (folder / "m.eml").write_bytes(mail().replace(b'filename="boats.txt"', b'filename="boats.pdf"'))
    assert run(capsys, "sync", folder) == (1, {"m.eml": "ready", "boats.pdf": "failed"})
    assert run(capsys, "sync", folder) == (0, {"boats.pdf": "unreadable"})


def test_what_a_refused_archive_had_given_is_gone(capsys: pytest.CaptureFixture[str], home: Path, folder: Path):
    (folder / "all.zip").write_bytes(zipped({"good.md": "A buoy is red.", "bomb.txt": bytes(20_000_000)}))
    assert run(capsys, "add", folder) == (1, {"all.zip": "failed"})
    assert kept(home) == set()
