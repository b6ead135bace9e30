"""A backup is the whole home at one moment, and nothing else is taken for one."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.backup import back_up
from ingest.cli import main
from ingest.doctor import examine
from ingest.kept import keep
from ingest.restore import restore_to
from rag.errors import InputError, StoreError
from rag.settings import Settings
from tests.ingest.homes import answers, filled
from tests.ingest.working import until, working

pytestmark = pytest.mark.slow


def test_what_is_restored_answers_alike(tmp_path: Path):
    library = filled(tmp_path / "home")
    told = back_up(library, tmp_path / "all.backup")
    assert (told["documents"], told["originals"]) == (5, 5)
    restored = restore_to(tmp_path / "other", tmp_path / "all.backup")
    assert restored == {"documents": 5, "former": None}
    other = Library(Settings(home=tmp_path / "other"))
    assert answers(other) == answers(library)
    assert [finding.text for finding in examine(other) if not finding.good] == []
    assert sorted(path.read_bytes() for path in (tmp_path / "other/uploads").rglob("*.md")) == sorted(
        path.read_bytes() for path in (tmp_path / "home/uploads").rglob("*.md")
    )


def test_made_while_a_worker_writes_it_is_whole(tmp_path: Path):
    library = filled(tmp_path / "home")
    kept = [keep(tmp_path / "home", f"more{i}.md", f"Buoy {i} is red.\n\n".encode() * 40) for i in range(80)]
    from app.jobs import JobBoard

    board = JobBoard(library)
    board.add(((each.name, each.path.read_bytes()) for each in kept), "default")
    with working(tmp_path / "home"):
        until(lambda: len(library.catalogue.documents()) > 10)
        told = back_up(library, tmp_path / "all.backup")
        until(lambda: not board.is_busy)
    n = restore_to(tmp_path / "other", tmp_path / "all.backup")["documents"]
    assert 10 < n <= 85
    assert told["documents"] == n, "what is in the file is counted, and not what has come since"
    other = Library(Settings(home=tmp_path / "other"))
    wrong = [finding.text for finding in examine(other) if not finding.good and finding.what != "jobs"]
    assert wrong == []


def test_a_home_that_is_there_is_put_aside_when_asked(tmp_path: Path):
    library = filled(tmp_path / "home")
    back_up(library, tmp_path / "all.backup")
    library.close()
    with pytest.raises(InputError, match="--replace"):
        restore_to(tmp_path / "home", tmp_path / "all.backup")
    with working(tmp_path / "home"):
        from ingest.living import living_workers

        until(lambda: living_workers(tmp_path / "home"))
        with pytest.raises(InputError, match="in use"):
            restore_to(tmp_path / "home", tmp_path / "all.backup", replace=True)
    former = restore_to(tmp_path / "home", tmp_path / "all.backup", replace=True)["former"]
    assert len(Library(Settings(home=Path(former))).catalogue.documents()) == 5
    assert len(Library(Settings(home=tmp_path / "home")).catalogue.documents()) == 5


@pytest.mark.parametrize("deed", ["cut", "flip", "strange", "escape", "text"])
def test_a_damaged_or_foreign_file_is_no_backup(tmp_path: Path, deed: str):
    file = tmp_path / "all.backup"
    back_up(filled(tmp_path / "home"), file)
    data = file.read_bytes()
    if deed == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif deed == "flip":
        at = data.index(b"painted in colour 7")
        file.write_bytes(data[:at] + b"PAINTED" + data[at + 7 :])
    elif deed == "text":
        file.write_text("no archive")
    else:
        with tarfile.open(file, "a") as archive:
            archive.add(__file__, "uploads/a/b/c.py" if deed == "strange" else "../outside.py")
    with pytest.raises(StoreError):
        restore_to(tmp_path / "other", file)
    assert not (tmp_path / "other").exists()
    assert not (tmp_path.parent / "outside.py").exists()
    assert not list(tmp_path.glob(".other*"))


def test_only_its_owner_may_read_it(tmp_path: Path):
    back_up(filled(tmp_path / "home", 1), tmp_path / "all.backup")
    assert (tmp_path / "all.backup").stat().st_mode & 0o777 == 0o600


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path):
    (tmp_path / "all.backup").write_text("mine")
    with pytest.raises(InputError, match="exists"):
        back_up(filled(tmp_path / "home", 1), tmp_path / "all.backup")
    assert (tmp_path / "all.backup").read_text() == "mine"
    shutil.rmtree(tmp_path / "home")


def test_documents_without_their_file_in_it_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    filled(tmp_path / "home", 2).close()
    (tmp_path / "by-path.md").write_text("The harbour opens at six.")
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    assert main(["backup", str(tmp_path / "uploads-alone.backup")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["add", str(tmp_path / "by-path.md")]) == 0
    capsys.readouterr()
    assert main(["backup", str(tmp_path / "all.backup")]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "3 documents, 2 kept files" in first
    assert second.startswith("1 of them as text alone: files that were added by their path are not in it")
