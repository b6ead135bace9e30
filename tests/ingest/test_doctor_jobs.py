"""What the doctor says about the job table, and about kept bytes whose file never became a document."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexes.damaged_jobs import damaged_jobs
from indexes.job_records import NewJob
from indexes.library import Library
from ingest.cli import main
from ingest.doctor import mend
from rag.settings import Settings
from tests.ingest.homes import filled
from tests.ingest.site import serving
from tests.ingest.test_doctor import bad

pytestmark = pytest.mark.slow


def test_a_page_that_cannot_be_read_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch):
    with serving() as site:
        monkeypatch.setenv("FOOTNOTE_FETCH_NETWORKS", "127.0.0.0/8")
        monkeypatch.setenv("FOOTNOTE_FETCH_PORTS", str(site.port))
        damaged = site.page("/a.pdf", b"%PDF-1.4 and then nothing", content_type="application/pdf")
        assert main(["add", damaged]) == 1
        assert list((home / "uploads").iterdir()) == []
        assert main(["add", site.page("/good", "<p>The harbour opens at six.</p>"), damaged]) == 1
    assert len(list((home / "uploads").iterdir())) == 1
    assert bad(Library(Settings(home=home))) == {}


def test_a_page_whose_bytes_were_left_before_is_named_and_cleared(home: Path):
    """As an earlier version left them, or a process that was killed: its job names the address alone."""
    library = filled(home)
    folder = home / "uploads" / "0123456789abcdef"
    folder.mkdir()
    (folder / "page.html").write_text("<p>nobody's</p>")
    os.utime(folder, (1, 1))
    (number,) = library.jobs.add("b", "default", [NewJob("https://example.org/a", "https://example.org/a")])
    library.catalogue.database.execute("UPDATE jobs SET state = 'failed' WHERE id = ?", (number,))
    found = bad(library)
    assert found["originals"].text == "1 kept file without a document"
    mend(library, found["originals"])
    assert bad(library) == {}
    assert not folder.exists()


@pytest.mark.parametrize(
    "harm",
    [
        "state = 'dancing'",
        "state = x'00ff'",
        "state = ''",
        "warnings = '{broken'",
        "depth = 'deep'",
        "warnings = '7'",
        "options = x'00'",
        "reason = x'ff'",
        "owner = x'00'",
        "options = '{broken'",
        "options = '[1]'",
    ],
    ids=[
        "unknown",
        "bytes",
        "empty",
        "warnings",
        "number",
        "no-list",
        "options",
        "reason",
        "owner",
        "no-json",
        "list",
    ],
)
def test_a_damaged_row_is_named_and_done_again(home: Path, tmp_path: Path, harm: str):
    note = tmp_path / "note.md"
    note.write_text("The harbour opens at six.")
    library = Library(Settings(home=home))
    library.jobs.add("b", "default", [NewJob(str(note), str(note), 9), NewJob("other.md", "/nowhere/other.md", 9)])
    library.catalogue.database.execute(f"UPDATE jobs SET {harm} WHERE id = 1")  # noqa: S608 - a row of the table above
    assert main(["jobs"]) == 0
    assert damaged_jobs(library.catalogue.database) == [(1, str(note))]
    found = bad(library)["jobs"]
    assert str(note) in found.text
    assert "other.md" not in found.text
    assert main(["doctor", "--repair"]) == 1  # what waits has no worker
    assert damaged_jobs(library.catalogue.database) == []
    assert main(["worker", "--once"]) == 1  # the other one is not there
    assert [record.source for record in library.catalogue.documents()] == [str(note)]
    assert bad(library) == {}


@pytest.mark.parametrize("harm", ["source = x'00ff'", "collection = x'00ff'", "path = x'00ff', done = 'much'"])
def test_a_row_of_which_nobody_knows_the_file_is_named_and_fails(
    home: Path, tmp_path: Path, harm: str, capsys: pytest.CaptureFixture[str]
):
    note = tmp_path / "note.md"
    note.write_text("The harbour opens at six.")
    library = Library(Settings(home=home))
    library.jobs.add("b", "default", [NewJob(str(note), str(note), 9), NewJob("other.md", "/nowhere/other.md", 9)])
    library.catalogue.database.execute(f"UPDATE jobs SET {harm} WHERE id = 1")  # noqa: S608 - a row of the table above
    assert main(["jobs"]) == 0
    assert ("damaged b'\\x00\\xff'" in capsys.readouterr().out) == ("source" in harm)
    assert "rows are damaged" in bad(library)["jobs"].text
    main(["doctor", "--repair"])
    assert damaged_jobs(library.catalogue.database) == []
    row, _ = library.jobs.jobs()
    assert row.state == "failed"
    assert "nobody knows which file this was" in row.reason
    assert main(["add", str(note)]) == 0


@pytest.mark.parametrize("harm", ["source = x'00ff'", "collection = x'00ff'", "reason = x'00ff'"])
def test_a_worker_refuses_a_damaged_row_and_goes_on(home: Path, tmp_path: Path, harm: str):
    library = Library(Settings(home=home))
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"The harbour of {name} opens at six.")
        library.jobs.add("b", "default", [NewJob(name, str(tmp_path / name))])
    library.catalogue.database.execute(f"UPDATE jobs SET {harm} WHERE id = 1")  # noqa: S608 - a row of the table above
    main(["worker", "--once"])
    assert [job.state for job in library.jobs.jobs()][1] == "ready"
    assert not library.jobs.has_open()


def test_add_ends_where_its_row_is_in_no_state(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"The harbour of {name} opens at six.")
    library = Library(Settings(home=home))
    (number,) = library.jobs.add("b", "default", [NewJob(str(tmp_path / "a.md"), str(tmp_path / "a.md"))])
    library.catalogue.database.execute("UPDATE jobs SET state = 'weird'")
    assert main(["add", str(tmp_path / "a.md"), str(tmp_path / "b.md")]) == 1
    said = capsys.readouterr().out
    assert f"Its row in the job table, number {number}, is damaged: 'weird' is no state" in said
    assert "`python -m ingest doctor --repair` queues it again" in said
    assert "2 files: 1 ready, 0 unchanged, 1 failed" in said
    main(["doctor", "--repair"])
    assert main(["add", str(tmp_path / "a.md"), str(tmp_path / "b.md")]) == 0


def test_a_job_table_that_was_dropped_is_made_anew(home: Path, capsys: pytest.CaptureFixture[str]):
    library = filled(home)
    library.catalogue.database.execute("DROP TABLE jobs")
    library.close()
    assert main(["jobs"]) == 1
    assert "`python -m ingest doctor` says what can be made anew" in capsys.readouterr().err
    assert main(["doctor"]) == 1
    assert (
        "it lacks jobs: it can be made anew; files that were on their way have to be added" in capsys.readouterr().out
    )
    assert main(["doctor", "--repair"]) == 0
    assert main(["jobs"]) == 0
    library.jobs.add("b", "default", [NewJob("a.md", "/nowhere/a.md"), NewJob("a.md", "/nowhere/a.md")])
    assert len(library.jobs.jobs()) == 1


def test_without_the_memory_of_failures_files_are_read_again_after_a_repair(home: Path, tmp_path: Path):
    library = filled(home)
    library.catalogue.database.execute("DROP TABLE refused")
    library.close()
    (tmp_path / "new.md").write_text("A buoy is red.")
    assert main(["add", str(tmp_path / "new.md")]) == 1
    assert main(["doctor", "--repair"]) == 0
    assert main(["add", str(tmp_path / "new.md")]) == 0


def test_a_file_inside_of_nothing_is_cancelled_once_and_the_worker_goes_on(home: Path, tmp_path: Path):
    """As in a row whose archive is no document: nobody wants it, and it must not be taken up for ever."""
    library = Library(Settings(home=home))
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"The harbour of {name} opens at six.")
        library.jobs.add("b", "default", [NewJob(name, str(tmp_path / name))])
    library.catalogue.database.execute("UPDATE jobs SET container_id = 999, depth = 1 WHERE id = 1")
    assert main(["worker", "--once"]) == 0
    assert [job.state for job in library.jobs.jobs()] == ["cancelled", "ready"]


def test_a_worker_takes_over_a_lease_that_is_no_time(home: Path, tmp_path: Path):
    (tmp_path / "a.md").write_text("The harbour opens at six.")
    library = Library(Settings(home=home))
    library.jobs.add("b", "default", [NewJob("a.md", str(tmp_path / "a.md"))])
    library.catalogue.database.execute("UPDATE jobs SET state = 'embedding', owner = '1', lease_until = 'soon'")
    assert main(["worker", "--once"]) == 0
    assert [record.source for record in library.catalogue.documents()] == ["a.md"]
