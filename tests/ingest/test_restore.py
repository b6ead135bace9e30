"""A restore changes a home at once and for all, or not at all, wherever the home is and whoever else is there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexes.catalogue import Catalogue
from indexes.library import Library
from indexes.sessions import Sessions
from indexes.users import UserFile
from ingest import restore, swap
from ingest.backup import back_up
from ingest.doctor import examine
from ingest.files import File
from ingest.kept import keep
from ingest.restore import restore_to
from ingest.worker import Worker, job_of, new_batch
from rag.errors import InputError, Replaced, StoreError
from rag.rights import Role
from rag.settings import Settings
from tests.ingest.homes import answers, filled
from tests.ingest.test_backup_kept import run
from tests.ingest.working import ROOT, start_worker, until

pytestmark = pytest.mark.slow


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Of a library with five documents."""
    library = filled(tmp_path / "made-of")
    back_up(library, tmp_path / "all.backup")
    library.close()
    return tmp_path / "all.backup"


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of 30 MB; skipped where this user may not mount one."""
    place = tmp_path / "mounted"
    place.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(line, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607


def n_documents(home: Path) -> int:
    library = Library(Settings(home=home))
    try:
        assert [f.text for f in examine(library) if not f.good and f.what not in ("disk", "jobs")] == []
        return len(library.catalogue.documents())
    finally:
        library.close()


def test_a_home_that_is_a_mount_point(mounted: Path, backup: Path):
    (mounted / "lost+found").mkdir()
    filled(mounted, 6).close()
    former = restore_to(mounted, backup, replace=True)["former"]
    assert n_documents(mounted) == 5
    assert n_documents(Path(former)) == 6
    assert (mounted / "lost+found").is_dir()


def test_an_empty_mount_point_needs_no_replace(mounted: Path, backup: Path):
    (mounted / "lost+found").mkdir()
    backup = Path(shutil.copy(backup, mounted))
    assert restore_to(mounted, backup) == {"documents": 5, "former": None}
    assert n_documents(mounted) == 5


def test_a_backup_that_lies_in_the_home_stays_there(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    filled(home, 2).close()
    inside = Path(shutil.copy(backup, home / "inside.backup"))
    restore_to(home, inside, replace=True)
    assert inside.exists()
    assert n_documents(home) == 5


def test_a_backup_in_a_folder_of_the_home_stays_there_but_not_among_what_goes(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    filled(home, 2).close()
    for name in ("backups", "uploads"):
        (home / name).mkdir(exist_ok=True)
        shutil.copy(backup, home / name / "inside.backup")
    restore_to(home, home / "backups" / "inside.backup", replace=True)
    restore_to(home, home / "backups" / "inside.backup", replace=True)
    assert n_documents(home) == 5
    (home / "uploads" / "inside.backup").write_bytes(backup.read_bytes())
    with pytest.raises(InputError, match="move it elsewhere"):
        restore_to(home, home / "uploads" / "inside.backup", replace=True)
    assert n_documents(home) == 5


def test_a_disk_in_the_home_is_told_of_before_anything_is_moved(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    filled(home, 2).close()
    line = ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(home / "uploads")]
    if shutil.which("mount") is None or subprocess.run(line, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with pytest.raises(InputError, match="is a disk of its own"):
            restore_to(home, backup, replace=True)
        Catalogue(home).close()
    finally:
        subprocess.run(["umount", "--lazy", str(home / "uploads")], check=True)  # noqa: S607
    assert n_documents(home) == 2


def test_one_that_is_refused_leaves_nothing_behind(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    filled(home, 2).close()
    before = sorted(path.name for path in home.iterdir())
    with pytest.raises(InputError, match="holds a library already"):
        restore_to(home, backup)
    assert sorted(path.name for path in home.iterdir()) == before
    restore_to(home, backup, replace=True)
    assert not (home / "restore").exists()


def test_a_backup_where_a_restore_is_prepared_is_not_cleared_away(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    (home / "restore" / "new").mkdir(parents=True)
    inside = Path(shutil.copy(backup, home / "restore" / "new"))
    with pytest.raises(InputError, match="move it elsewhere first"):
        restore_to(home, inside, replace=True)
    assert inside.exists()
    inside.rename(home / "restore" / "mine.backup")
    assert restore_to(home, Path(shutil.move(home / "restore" / "mine.backup", home)))["documents"] == 5


def test_files_that_are_no_library_are_called_so(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files already"):
        restore_to(home, backup)
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(StoreError, match="a link to what is gone"):
        restore_to(tmp_path / "link", backup)


def test_without_room_nothing_is_changed(mounted: Path, tmp_path: Path):
    library = filled(tmp_path / "large", 2)
    keep(tmp_path / "large", "large.bin", os.urandom(40_000_000))
    back_up(library, tmp_path / "large.backup")
    filled(mounted, 1).close()
    with pytest.raises(StoreError, match="no room"):
        restore_to(mounted, tmp_path / "large.backup", replace=True)
    assert n_documents(mounted) == 1


N_STEPS = 12


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("step", range(N_STEPS))
def test_stopped_at_any_step_it_is_known_and_finished_by_the_same_command(
    tmp_path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch, step: int, is_new: bool
):
    home = tmp_path / "home"
    if not is_new:
        filled(home, 6).close()
    with monkeypatch.context() as patch:
        _die_at(patch, step)
        try:
            restore_to(home, backup, replace=not is_new)
        except _Killed:
            with pytest.raises(StoreError, match="restore of .* was stopped"):
                Catalogue(home)
        else:
            assert step > 2
            return
    assert restore_to(home, backup, replace=not is_new)["documents"] == 5
    assert n_documents(home) == 5
    if not is_new:
        assert n_documents(min(home.glob("before-restore-*"))) == 6


class _Killed(BaseException):
    pass


def _die_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """End the real renames of a swap after so many."""
    rename, n = Path.rename, iter(range(1000))

    def rename_or_die(path: Path, target: Path) -> Path:
        if next(n) == step:
            raise _Killed
        return rename(path, target)

    def finish(home: Path, plan: swap.Plan) -> None:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Path, "rename", rename_or_die)
            whole(home, plan)

    whole = swap.finish
    patch.setattr(swap, "finish", finish)


def test_nobody_begins_while_it_unpacks_and_a_second_restore_says_so(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    filled(home, 2).close()
    owner = swap.taken(home)
    for arguments in (["worker", "--once"], ["add", str(ROOT / "README.md")], ["reindex"]):
        done = run(home, *arguments)
        assert (done.returncode, "a restore of" in done.stderr + done.stdout) == (1, True), done
    done = run(home, "restore", "--replace", str(backup))
    assert (done.returncode, f"is running (process {os.getpid()})" in done.stderr) == (1, True)
    owner.release()
    assert run(home, "restore", "--replace", str(backup)).returncode == 0


def test_a_worker_that_came_while_it_unpacked_is_noticed(tmp_path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch):
    home = tmp_path / "home"
    library = filled(home, 2)
    unpack, workers = restore.unpack, []

    def slowly(path: Path, folder: Path) -> None:
        unpack(path, folder)
        worker = Worker(library)  # as one that had looked before the restore began
        with monkeypatch.context() as patch:
            patch.setattr("ingest.worker.check_not_restoring", lambda _home: None)
            workers.append(worker.__enter__())

    monkeypatch.setattr(restore, "unpack", slowly)
    with pytest.raises(InputError, match="in use by a worker"):
        restore_to(home, backup, replace=True)
    workers[0].__exit__(None, None, None)
    assert n_documents(home) == 2


def test_an_open_worker_and_an_open_library_notice_that_it_is_another_home(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    library = filled(home, 2)
    worker = start_worker(home)
    until(lambda: list((home / "workers").glob("*/lease")))
    home.rename(tmp_path / "away")  # as an earlier version did, or a person
    restore_to(home, backup)
    worker.communicate(timeout=240)
    assert worker.returncode == 1
    kept = keep(home, "late.md", b"The late boat is green.")
    with pytest.raises(Replaced, match="another one"):
        library.retriever.retrieve("What colour has the boat?", 1)
    with pytest.raises(Replaced, match="another one"):
        library.jobs.add(new_batch(), "default", [job_of(File(kept.path, kept.name), {})])
    library.close()
    assert n_documents(tmp_path / "away") == 2


def test_what_was_written_last_before_stays_with_the_former_library(tmp_path: Path, backup: Path):
    """Also while another process has it open: its log goes along, and closing it touches nothing of the new one."""
    home = tmp_path / "home"
    library = filled(home, 2)
    library.catalogue.database.execute("INSERT INTO collections (name, created_at) VALUES ('late', '')")
    former = Path(restore_to(home, backup, replace=True)["former"])
    new = Library(Settings(home=home))
    new.catalogue.database.execute("INSERT INTO collections (name, created_at) VALUES ('later', '')")
    library.close()
    for path, name in ((former, "late"), (home, "later")):
        other = Catalogue(path)
        assert other.database.one("SELECT COUNT(*) FROM collections WHERE name = ?", (name,)) == 1
        other.close()
    assert len(answers(new)) == 5


def test_the_same_people_may_sign_in_and_what_was_measured_stays(tmp_path: Path, backup: Path):
    home = tmp_path / "home"
    filled(home, 1).close()
    users = UserFile(home)
    token = Sessions(home, users).begin(users.add("Ada", Role.ADMIN, "a hash"))
    (home / "evaluation/sets").mkdir(parents=True)
    restore_to(home, backup, replace=True)
    found = Sessions(home, UserFile(home)).user(token)
    assert found is not None
    assert found.name == "Ada"
    assert (home / "evaluation/sets").is_dir()
    assert n_documents(home) == 5


Tamper = Callable[[dict[str, Any], dict[str, bytes]], str]


def _infinite_size(manifest: dict[str, Any], _content: dict[str, bytes]) -> str:
    manifest["files"]["catalogue.sqlite"]["size"] = float("inf")
    return "is no backup of Footnote"


def _infinite_version(manifest: dict[str, Any], _content: dict[str, bytes]) -> str:
    manifest["footnote_backup"] = float("inf")
    return "is no backup of Footnote"


def _no_name(manifest: dict[str, Any], content: dict[str, bytes]) -> str:
    content["uploads/a/b\0c"] = b"x"
    manifest["files"]["uploads/a/b\0c"] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    return "which no backup of Footnote does"


def _empty_catalogue(manifest: dict[str, Any], content: dict[str, bytes]) -> str:
    content["catalogue.sqlite"] = b""
    manifest["files"]["catalogue.sqlite"] = {"size": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    return "a catalogue without anything in it"


@pytest.mark.parametrize("tamper", [_infinite_size, _infinite_version, _no_name, _empty_catalogue])
def test_a_tampered_backup_is_refused_in_one_sentence(tmp_path: Path, backup: Path, tamper: Tamper):
    with tarfile.open(backup) as archive:
        content = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]
    manifest = json.loads(content.pop("MANIFEST.json"))
    sentence = tamper(manifest, content)
    written = json.dumps(manifest).replace("Infinity", "1e999").encode()
    with tarfile.open(tmp_path / "tampered.backup", "w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in {"MANIFEST.json": written, **content}.items():
            member = tarfile.TarInfo("x" if "\0" in name else name)
            member.pax_headers = {"path": name} if "\0" in name else {}
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    done = run(tmp_path / "other", "restore", str(tmp_path / "tampered.backup"))
    assert (done.returncode, done.stderr.count("\n"), sentence in done.stderr) == (1, 1, True), done.stderr
    assert not (tmp_path / "other").exists()
