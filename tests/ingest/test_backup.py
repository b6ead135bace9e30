"""A backup is the whole home at one moment, and nothing else is taken for one."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.backup import back_up
from ingest.cli import main
from ingest.doctor import examine
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from ingest.restoring import restore_to
from rag.errors import InputError
from rag.settings import Settings
from tests.ingest.working import ROOT, until, working

pytestmark = pytest.mark.slow


def filled(home: Path, n: int = 5) -> Library:
    library = Library(Settings(home=home))
    kept = [keep(home, f"{i}.md", f"# Boat {i}\n\nBoat {i} is painted in colour {i * 7}.".encode()) for i in range(n)]
    outcomes = list(Pipeline(library, "default").add(File(each.path, each.name) for each in kept))
    assert {outcome.state for outcome in outcomes} == {"ready"}
    return library


def answers(library: Library) -> list[tuple[str, str]]:
    hits = [library.retriever.retrieve(f"which colour has boat {i}", 1).hits[0] for i in range(5)]
    return [(hit.chunk.source, hit.chunk.text) for hit in hits]


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
    with pytest.raises(InputError):
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


def closed_to_root(*command: str) -> list[str]:
    """The command without the rights by which root reads everything."""
    caps = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", caps, "--inh-caps", caps, *command] if os.getuid() == 0 else list(command)


def test_kept_files_that_are_missing_altered_or_closed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = tmp_path / "home"
    filled(home, 4).close()
    gone, altered, closed, _ = sorted((home / "uploads").iterdir())
    shutil.rmtree(gone)
    next(altered.iterdir()).write_text("Something else.")
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    assert main(["backup", str(tmp_path / "one")]) == 1
    said = capsys.readouterr().out
    assert "4 documents, 3 kept files" in said
    assert "1 document whose kept file is missing, so that it is not in the backup: " in said
    assert "1 document whose kept file has been altered; it is in the backup as it is: " in said
    assert restore_to(tmp_path / "other", tmp_path / "one")["documents"] == 4
    closed.chmod(0)
    command = closed_to_root(sys.executable, "-m", "ingest", "backup", str(tmp_path / "two"))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "1 document whose kept file cannot be read by you, so that it is not in the backup: " in done.stdout
    command = closed_to_root(sys.executable, "-m", "ingest", "doctor")
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert "kept files closed to you, as their rights say: " in said
    closed.chmod(0o700)


def test_two_at_once_never_share_a_draft(tmp_path: Path):
    """Whoever ends first has the name, and the file is whole; what a killed one left goes with the next."""
    home = tmp_path / "home"
    filled(home).close()
    (tmp_path / ".all.backup.dead.partial").write_bytes(b"half")
    environment = os.environ | {"FOOTNOTE_HOME": str(home)}
    command = [sys.executable, "-m", "ingest", "backup", str(tmp_path / "all.backup")]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=240)[0].decode() for process in started]
    assert sorted(process.returncode for process in started)[0] == 0, said
    assert sum(process.returncode == 0 for process in started) == 1, said
    assert all("exists" in text for process, text in zip(started, said, strict=True) if process.returncode)
    assert not list(tmp_path.glob(".all*"))
    assert restore_to(tmp_path / "other", tmp_path / "all.backup")["documents"] == 5


@pytest.mark.parametrize("has_library", [False, True])
def test_a_home_that_is_a_disk_of_its_own_is_filled_in_place(tmp_path: Path, has_library: bool):
    back_up(filled(tmp_path / "home"), tmp_path / "all.backup")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["/bin/mount", "-t", "tmpfs", "none", str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        if has_library:
            filled(disk, 2).close()
        told = restore_to(disk, tmp_path / "all.backup", replace=has_library)
        assert told["documents"] == 5
        library = Library(Settings(home=disk))
        assert len(answers(library)) == 5
        assert [finding.text for finding in examine(library) if not finding.good and finding.what != "disk"] == []
        library.close()
        if has_library:
            with closing(Library(Settings(home=Path(told["former"])))) as former:
                assert len(former.catalogue.documents()) == 2
            again = restore_to(disk, tmp_path / "all.backup", replace=True)
            assert Path(told["former"]).is_dir()
            assert again["former"] != told["former"]
        assert not [path.name for path in disk.iterdir() if "restored" in path.name]
    finally:
        subprocess.run(["/bin/umount", "-l", str(disk)], check=True)


NOTHING = {"size": 0, "sha256": "x"}


@pytest.mark.parametrize(
    "manifest",
    [
        {"footnote_backup": 1, "files": {"catalogue.sqlite": {"size": float("inf"), "sha256": "x"}}},
        {"footnote_backup": float("inf"), "files": {}},
        {"footnote_backup": 1, "files": {"catalogue.sqlite": {"size": 0, "sha256": hashlib.sha256().hexdigest()}}},
        {"footnote_backup": 1, "files": {"catalogue.sqlite": NOTHING, "uploads/a/b\0c": NOTHING}},
    ],
    ids=["endless", "of no version", "empty", "a zero in a name"],
)  # fmt: skip
def test_a_manifest_that_was_written_by_somebody_else_is_refused_in_a_sentence(tmp_path: Path, manifest: dict):
    file = tmp_path / "all.backup"
    with tarfile.open(file, "w") as archive:
        data = json.dumps(manifest).encode()
        for name, content in {"MANIFEST.json": data, **dict.fromkeys(manifest["files"], b"")}.items():
            head = tarfile.TarInfo(name.split("\0")[0])
            head.pax_headers = {"path": name} if "\0" in name else {}
            head.size = len(content)
            archive.addfile(head, io.BytesIO(content))
    with pytest.raises(InputError):
        restore_to(tmp_path / "other", file)
    assert not (tmp_path / "other").exists()
