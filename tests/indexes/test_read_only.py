"""A home that cannot be written is searched, asked, examined and backed up; what would change it says what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexes.catalogue_file import NAME
from indexes.library import Library
from ingest.restore import restore_to
from ingest.weighing import due
from rag.errors import StoreError
from rag.settings import Settings
from rag.types import Scope
from tests.ingest.homes import answers, filled
from tests.ingest.working import ROOT, until

pytestmark = pytest.mark.slow

Closed = Callable[[Path], Path]


@pytest.fixture(params=["mount", "rights"])
def closed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Closed]:
    """Copies a home to where it cannot be written, and gives the copy."""
    home = tmp_path / "disk" / "home"
    home.parent.mkdir()
    if request.param == "mount":
        mount = ["mount", "-t", "tmpfs", "-o", "size=50M", "tmpfs", str(home.parent)]
        if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("no file system can be mounted here")
    elif not os.geteuid():
        pytest.skip("root may write whatever the rights of a folder")

    def close(living: Path) -> Path:
        shutil.copytree(living, home)
        if request.param == "mount":
            subprocess.run(["mount", "-o", "remount,ro", str(home.parent)], check=True)  # noqa: S607
        else:
            change_rights(home, write=False)
        return home

    yield close
    if request.param == "mount":
        subprocess.run(["umount", "--lazy", str(home.parent)], check=True)  # noqa: S607
    else:
        change_rights(home, write=True)


def change_rights(home: Path, *, write: bool) -> None:
    for path in (home, *home.rglob("*")):
        path.chmod((0o700 if write else 0o500) if path.is_dir() else (0o600 if write else 0o400))


def put_down(home: Path) -> list[tuple[str, str]]:
    """Fill a home that nobody has open afterwards; what it answers, as a copy of it tells."""
    filled(home).close()
    until(lambda: not (home / f"{NAME}-wal").exists())
    shutil.copytree(home, home.with_name("copy"))
    return answers(Library(Settings(home=home.with_name("copy"))))


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    full = [sys.executable, "-m", *command]
    return subprocess.run(full, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def files(home: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in home.rglob("*")}


def test_it_is_searched_asked_and_examined(closed: Closed, tmp_path: Path):
    expected = put_down(tmp_path / "living")
    living = Library(Settings(home=tmp_path / "living"))
    living.catalogue.weights.fix("default", 0.7)
    living.close()
    home = closed(tmp_path / "living")
    before = files(home)
    found = run(home, "app", "search", "which colour has boat 3", "--json")
    assert "Boat 3 is painted" in json.loads(found.stdout)[0]["text"]
    assert "Boat 3 is painted" in run(home, "app", "ask", "Which colour has boat 3?").stdout
    assert n_lines(home, "list") == 5
    assert n_lines(home, "jobs") == 0
    doctor = run(home, "ingest", "doctor")
    assert (doctor.returncode, "it can only be read" in doctor.stdout) == (0, True), doctor.stdout + doctor.stderr
    reopened = Library(Settings(home=home))
    assert answers(reopened) == expected
    assert (reopened.weight(Scope()), due(reopened)) == (0.7, [])
    assert reopened.notes == []
    assert files(home) == before
    assert run(home, "ingest", "backup", str(tmp_path / "all.backup")).returncode == 0
    restore_to(tmp_path / "other", tmp_path / "all.backup")
    assert answers(Library(Settings(home=tmp_path / "other"))) == expected


def n_lines(home: Path, command: str) -> int:
    done = run(home, "ingest", command, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return len(done.stdout.splitlines())


@pytest.mark.parametrize(
    "command",
    ["add README.md", "add README.md --detach", "remove 1", "worker --once", "worker --keep 1", "weight default 0.5"],
)
def test_what_would_change_it_says_what_to_do(closed: Closed, tmp_path: Path, command: str):
    put_down(tmp_path / "living")
    home = closed(tmp_path / "living")
    done = run(home, "ingest", *command.split())
    assert done.returncode == 1
    assert f"footnote: the library in {home} can be searched but not changed" in done.stderr
    assert "FOOTNOTE_HOME to a copy" in done.stderr
    assert "ingest doctor" not in done.stderr


@pytest.mark.parametrize("index", ["faiss", "chroma"])
def test_indexes_that_are_not_there_are_made_in_memory(closed: Closed, tmp_path: Path, index: str):
    expected = put_down(tmp_path / "living")
    for derived in ("keyword", "vectors"):
        shutil.rmtree(tmp_path / "living" / derived, ignore_errors=True)
    library = Library(Settings(home=closed(tmp_path / "living"), index=index))
    assert answers(library) == expected
    assert library.keyword.search("boat 3", 1, Scope()).ids.tolist() == [4]


def filled_just_now(home: Path) -> Library:
    """Its last document is still in the log alone, which a run empties at its end."""
    library = filled(home)
    library.catalogue.database.execute("UPDATE documents SET title = 'Boat 4, again' WHERE id = 5")
    return library


def test_the_last_changes_are_read_from_the_log(closed: Closed, tmp_path: Path):
    """As a process that was killed left them, or a copy of a home in use."""
    living = filled_just_now(tmp_path / "living")
    home = closed(tmp_path / "living")
    assert (home / f"{NAME}-wal").stat().st_size > 0
    assert answers(Library(Settings(home=home))) == answers(living)


def test_a_log_without_its_index_is_not_passed_over(closed: Closed, tmp_path: Path):
    living = filled_just_now(tmp_path / "living")
    shutil.copytree(tmp_path / "living", tmp_path / "bare", ignore=shutil.ignore_patterns("*-shm"))
    home = closed(tmp_path / "bare")
    with pytest.raises(StoreError, match=r"the last changes of the catalogue .* open a copy of the folder"):
        Library(Settings(home=home))
    living.close()


def test_the_doctor_names_it_and_mends_nothing(closed: Closed, tmp_path: Path):
    living = filled(tmp_path / "living")
    living.catalogue.database.execute("DELETE FROM vectors WHERE chunk_id = 2")
    living.close()
    done = run(closed(tmp_path / "living"), "ingest", "doctor", "--repair")
    assert done.returncode == 1
    assert "could not be mended (the library in" in done.stdout
