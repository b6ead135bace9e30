"""What the doctor says about the job table, and about kept bytes whose file never became a document."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexes.damaged_jobs import damaged_jobs
from indexes.jobs import NewJob
from indexes.library import Library
from ingest.cli import main
from ingest.doctor import examine, mend
from rag.settings import Settings
from tests.ingest.site import serving
from tests.ingest.test_backup import filled
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
    assert found["originals"].text == "1 kept files belong to no document"
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
    ],
    ids=["unknown", "bytes", "empty", "warnings", "number", "no-list"],
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
    assert main(["worker", "--once"]) == 1, "other.md is nowhere"
    assert [record.source for record in library.catalogue.documents()] == [str(note)]
    assert bad(library) == {}


@pytest.mark.parametrize("field", ["batch", "collection", "source", "path", "reason", "options", "owner"])
def test_bytes_in_a_field_of_text_are_named_and_shown(home: Path, capsys: pytest.CaptureFixture[str], field: str):
    library = Library(Settings(home=home))
    library.jobs.add("b", "default", [NewJob("other.md", "/nowhere/other.md", 9)])
    library.catalogue.database.execute(f"UPDATE jobs SET {field} = x'00ff41'")  # noqa: S608 - one of those above
    assert main(["jobs"]) == 0
    assert ("other.md" in capsys.readouterr().out) is (field != "source")
    assert [number for number, _ in damaged_jobs(library.catalogue.database)] == [1]
    assert main(["doctor"]) == 1
    assert "1 " in capsys.readouterr().out
    main(["doctor", "--repair"])
    assert damaged_jobs(library.catalogue.database) == []


def test_a_job_table_that_was_dropped_is_made_anew(home: Path, capsys: pytest.CaptureFixture[str]):
    library = filled(home)
    library.catalogue.database.execute("DROP TABLE jobs")
    library.close()
    assert main(["jobs"]) == 1
    assert "doctor --repair" in capsys.readouterr().err
    assert main(["doctor"]) == 1
    assert "it lacks jobs, open_jobs, jobs_by_state" in capsys.readouterr().out
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


def test_a_table_that_cannot_be_made_anew_is_named(home: Path):
    library = filled(home)
    library.catalogue.database.execute("DROP TABLE tombstones")
    (finding,) = [finding for finding in examine(library) if finding.what == "catalogue"]
    assert not finding.good
    assert finding.cure is None
    assert "lacks tombstones" in finding.text
    assert "from a backup" in finding.text
