"""Folders and files that this user may not read: named with what to do, and nothing else stops."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.cli import main
from tests.ingest.working import ROOT

pytestmark = pytest.mark.slow

_DROPPED = "-dac_override,-dac_read_search"


def run(module: str, *arguments: object) -> tuple[int, str]:
    """A command of a user whom rights bind, which root is not; its code and all that it says."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root can give up no rights here")
        command = ["setpriv", "--bounding-set", _DROPPED, "--inh-caps", _DROPPED, *command]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder that the library holds; afterwards everything can be deleted again."""
    made = tmp_path / "notes"
    (made / "locked").mkdir(parents=True)
    (made / "a.txt").write_text("The harbour opens at six.")
    (made / "locked" / "b.txt").write_text("A buoy is red.")
    assert main(["add", str(made)]) == 0
    yield made
    for path in (home, home / "keyword", home / "keyword" / "2", home / "catalogue.sqlite", made / "locked"):
        path.chmod(0o700)


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_a_folder_that_cannot_be_entered_is_named_and_the_rest_goes_on(folder: Path, mode: int):
    locked = folder / "locked"
    locked.chmod(mode)
    (folder / "new.txt").write_text("A lighthouse is white.")
    code, said = run("ingest", "sync", folder)
    assert code == 0, said
    assert f"closed     {locked}" in said
    assert "1 added, 0 changed, 0 moved, 0 removed, 1 closed, 1 unchanged" in said
    code, said = run("ingest", "add", folder)
    assert code == 1
    assert (
        f"failed: {locked}: locked is not a file but a folder, into which nobody could look: check its rights" in said
    )
    assert "2 unchanged, 1 failed" in said
    locked.chmod(0o700)
    assert "2 documents" not in run("ingest", "status")[1]
    assert "3 unchanged" in run("ingest", "sync", folder)[1]


@pytest.mark.parametrize("closed", ["keyword", "keyword/2"])
def test_without_the_keyword_index_documents_are_found_by_meaning(folder: Path, home: Path, closed: str):
    (home / closed).chmod(0)
    code, said = run("app", "search", "what colour has the buoy")
    assert code == 0, said
    assert f"footnote: the keyword index cannot be opened: {home}/keyword/2" in said
    assert "Permission denied): give yourself the rights to it" in said
    assert "until then documents are found by meaning alone" in said
    assert "b.txt" in said
    code, said = run("ingest", "doctor")
    assert code == 1
    (bad,) = [line for line in said.splitlines() if line.startswith("BAD")]
    assert bad.startswith(f"BAD  keyword index: {home}/keyword/2")
    assert "give yourself the rights" in bad
    assert "Errno" not in bad
    assert folder.exists()


@pytest.mark.parametrize("closed", ["", "catalogue.sqlite"])
def test_a_library_that_cannot_be_read_is_said_with_advice(folder: Path, home: Path, closed: str):
    (home / closed).chmod(0)
    for module, command in (("ingest", ["status"]), ("ingest", ["add", folder]), ("app", ["search", "buoy"])):
        code, said = run(module, *command)
        assert code == 1
        (line,) = said.splitlines()
        assert line.startswith("footnote: the ")
        assert "rights" in line
