"""Commands that say two things at once: wrong use, and nothing is done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.jobs import JobBoard
from indexes.library import Library
from ingest.cli import main
from ingest.keeping import Keeping
from ingest.removal import remove
from rag.settings import Settings
from tests.ingest.working import take_in

pytestmark = pytest.mark.slow


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    """One document that is there, two that were removed, and one file on its way."""
    with closing(Library(Settings(home=home))) as opened:
        notes = [(f"{name}.md", f"The {name} opens at six.".encode()) for name in ("harbour", "gate", "lock")]
        take_in(opened, *notes)
        remove(opened, [one.id for one in opened.catalogue.documents()[1:]], Keeping(opened, days=7))
        JobBoard(opened).add([("coming.md", b"Boats leave.")], "default")
        yield opened


def state(library: Library) -> tuple[object, ...]:
    jobs = [(job.id, job.state) for job in library.jobs.jobs()]
    return library.catalogue.collections(), len(library.catalogue.removed.all(time.time())), jobs


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("removed {removed} --all --for-good --yes", "or --all, and not both"),
        ("removed {removed} --all", "or --all, and not both"),
        ("put-back {removed} --all", "or --all, and not both"),
        ("cancel 77 --all", "or --all, and not both"),
        ("retry 77 --all", "or --all, and not both"),
        ("removed --for-good", "in `python -m ingest removed`, or --all\n"),
        ("cancel", "in `python -m ingest jobs`, or --all\n"),
        ("removed --all --for-good", "--all is 2 documents: --yes deletes them for good"),
        ("collections default --rename other --delete --yes", "--delete goes with no other change"),
        ("collections default --visible public --delete --yes", "--delete goes with no other change"),
        ("collections default --unshare Bob --delete --yes", "--delete goes with no other change"),
    ],
)
def test_what_contradicts_itself_does_nothing(
    library: Library, capsys: pytest.CaptureFixture[str], line: str, said: str
):
    before, number = state(library), library.catalogue.removed.all(time.time())[0].id
    capsys.readouterr()
    assert main(line.format(removed=number).split()) == 2
    assert said in capsys.readouterr().err
    assert state(library) == before


@pytest.mark.parametrize(
    ("line", "n_removed", "n_open"),
    [
        ("removed {removed} --for-good", 1, 1),
        ("removed --all --for-good --yes", 0, 1),
        ("removed --all", 2, 1),
        ("cancel --all", 2, 0),
        ("collections default --rename other", 2, 0),
    ],
)
def test_what_says_one_thing_is_done(library: Library, line: str, n_removed: int, n_open: int):
    if "--rename" in line:
        main(["cancel", "--all"])
    assert main(line.format(removed=library.catalogue.removed.all(time.time())[0].id).split()) == 0
    assert len(library.catalogue.removed.all(time.time())) == n_removed
    assert sum(not job.is_finished for job in library.jobs.jobs()) == n_open
