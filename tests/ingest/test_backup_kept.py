"""A backup says which kept files are not in it as they were added, and is whole whenever it says that it is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.restore import restore_to
from rag.types import counted
from tests.ingest.homes import filled
from tests.ingest.working import ROOT, until

pytestmark = pytest.mark.slow

POWERLESS = ("--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search")
"""So that the rights of files hold for root, too."""


def command(*arguments: str, powerless: bool = False) -> list[str]:
    before = ["setpriv", *POWERLESS] if powerless and not os.geteuid() else []
    return [*before, sys.executable, "-m", "ingest", *arguments]


def run(home: Path, *arguments: str, powerless: bool = False) -> subprocess.CompletedProcess[str]:
    if powerless and not os.geteuid() and shutil.which("setpriv") is None:
        pytest.skip("root may read everything, and setpriv is not there to prevent it")
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    line = command(*arguments, powerless=powerless)
    return subprocess.run(line, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def kept(home: Path, name: str) -> Path:
    return next((home / "uploads").rglob(name))


def test_what_is_missing_or_altered_is_named_and_the_rest_is_written(tmp_path: Path):
    home = tmp_path / "home"
    filled(home, 3).close()
    shutil.rmtree(kept(home, "0.md").parent)
    kept(home, "1.md").write_text("changed")
    done = run(home, "backup", str(tmp_path / "all.backup"))
    assert done.returncode == 1
    assert "1 document whose kept file is missing, so that it is not in the backup: 0.md" in done.stdout
    assert "1 document whose kept file has been altered; it is in the backup as it is: 1.md" in done.stdout
    assert restore_to(tmp_path / "other", tmp_path / "all.backup")["documents"] == 3
    told = json.loads(run(home, "backup", "--json", str(tmp_path / "again.backup")).stdout)
    assert (told["missing"], told["altered"], told["unreadable"]) == (["0.md"], ["1.md"], [])


def test_files_that_were_added_by_their_path_are_not_missed(tmp_path: Path):
    home = tmp_path / "home"
    filled(home, 1).close()
    (tmp_path / "by-path.md").write_text("The harbour opens at six.")
    assert run(home, "add", str(tmp_path / "by-path.md")).returncode == 0
    (tmp_path / "by-path.md").unlink()
    assert run(home, "backup", str(tmp_path / "all.backup")).returncode == 0


@pytest.mark.parametrize("closed", ["uploads", "folder", "file"])
def test_what_may_not_be_read_is_named_by_backup_and_doctor(tmp_path: Path, closed: str):
    home = tmp_path / "home"
    filled(home, 2).close()
    file = kept(home, "0.md")
    path = {"uploads": home / "uploads", "folder": file.parent, "file": file}[closed]
    rights = path.stat().st_mode & 0o777
    path.chmod(0)
    try:
        done = run(home, "backup", str(tmp_path / "all.backup"), powerless=True)
        doctor = run(home, "doctor", powerless=True)
    finally:
        path.chmod(rights)
    assert done.returncode == 1, done
    n = 2 if closed == "uploads" else 1
    assert (
        f"{counted(n, 'document')} whose kept file cannot be read by you, so that it is not in the backup: 0.md"
        in done.stdout
    )
    assert restore_to(tmp_path / "other", tmp_path / "all.backup")["documents"] == 2
    finding = next(line for line in doctor.stdout.splitlines() if "originals:" in line)
    assert "closed to you, so that they can be neither checked nor read again: 0.md" in finding
    assert "gone or altered" not in finding
    assert kept(home, "0.md").exists()


def test_of_two_backups_to_one_file_one_is_whole_and_the_other_says_that_it_is_there(tmp_path: Path):
    home, file = tmp_path / "home", tmp_path / "all.backup"
    filled(home, 3).close()
    (home / "uploads" / ("0" * 16)).mkdir()
    (home / "uploads" / ("0" * 16) / "large.bin").write_bytes(os.urandom(60_000_000))
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    line = command("backup", str(file))
    both = [subprocess.Popen(line, cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = {each.communicate()[1]: each.returncode for each in both}
    assert sorted(said.values()) == [0, 2], said
    assert "exists already" in max(said)
    assert restore_to(tmp_path / "other", file)["documents"] == 3
    assert not list(tmp_path.glob(".footnote-draft-*"))


def test_what_a_killed_backup_left_is_removed_by_the_next_one(tmp_path: Path):
    home = tmp_path / "home"
    filled(home, 1).close()
    (home / "uploads" / ("0" * 16)).mkdir()
    (home / "uploads" / ("0" * 16) / "large.bin").write_bytes(os.urandom(120_000_000))
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    killed = subprocess.Popen(command("backup", str(tmp_path / "one.backup")), cwd=ROOT, env=variables)
    until(lambda: list(tmp_path.glob(".footnote-draft-*/backup")))
    time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "one.backup").exists()
    assert list(tmp_path.glob(".footnote-draft-*"))
    assert run(home, "backup", str(tmp_path / "two.backup")).returncode == 0
    assert not list(tmp_path.glob(".footnote-draft-*"))
