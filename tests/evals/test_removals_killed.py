"""Removals and their ends killed at steps of the disk: nothing promised is lost, and nothing is left for ever."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from app.jobs import JobBoard
from evals.failing_disk import Fault, compiled, run
from evals.steps import moments
from indexes.library import Library
from ingest.keeping import Keeping
from ingest.removal import remove
from ingest.sweeping import sweep
from ingest.worker import Worker
from rag.settings import Settings

pytestmark = pytest.mark.slow

CANARY = b"quokkaharbour"
REMOVE = ("-m", "ingest", "remove", "1")
FOR_GOOD = ("-m", "ingest", "removed", "--all", "--for-good")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    if compiled() is None:
        pytest.skip("a disk is made to fail by a small C library, and there is no C compiler")
    with closing(Library(Settings(home=tmp_path / "home"))) as library:
        JobBoard(library).add([("note.md", b"The " + CANARY + b" opens at six.")], "default")
        with Worker(library) as worker:
            assert [outcome.state for outcome in worker.work()] == ["ready"]
    return tmp_path / "home"


def originals(home: Path) -> list[Path]:
    return [path for path in (home / "uploads").rglob("*") if path.is_file() and CANARY in path.read_bytes()]


def killed(home: Path, tmp_path: Path, command: Sequence[str]) -> Iterator[Path]:
    """Copies of a home in which the command was killed, each at another step of the disk."""
    steps = run(Path(shutil.copytree(home, tmp_path / "plain")), command, tmp_path / "log").steps
    numbers = moments(steps)
    for number in numbers[:: max(1, len(numbers) // 8)]:
        copy = Path(shutil.copytree(home, tmp_path / f"at{number}"))
        assert run(copy, command, tmp_path / "log", Fault(number, "kill")).code != 0
        yield copy


def test_killed_in_a_removal_it_is_there_or_can_be_put_back(home: Path, tmp_path: Path):
    seen = set()
    for copy in killed(home, tmp_path, REMOVE):
        with closing(Library(Settings(home=copy))) as library:
            n_documents, n_removed = len(library.catalogue.documents()), len(library.catalogue.removed.all(time.time()))
        assert (n_documents, n_removed) in {(1, 0), (0, 1)}
        assert len(originals(copy)) == 1
        seen.add(n_removed)
    assert seen == {0, 1}, "it was killed before and after"


def test_killed_in_its_end_the_next_sweep_ends_it(home: Path, tmp_path: Path):
    with closing(Library(Settings(home=home))) as library:
        remove(library, [1], Keeping(library, days=7))
    seen = set()
    for copy in killed(home, tmp_path, FOR_GOOD):
        with closing(Library(Settings(home=copy))) as library:
            can_be_put_back = bool(library.catalogue.removed.all(time.time()))
            if can_be_put_back:
                assert len(originals(copy)) == 1
            else:
                sweep(library)
                assert originals(copy) == []
                assert library.catalogue.database.one("SELECT COUNT(*) FROM removed") == 0
            seen.add(can_be_put_back)
    assert seen == {True, False}, "it was killed before and after"
