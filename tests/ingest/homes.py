"""Homes with a few documents, for tests of what is done with a whole home."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from rag.settings import Settings


def copied(home: Path, fill: Callable[[Path], object]) -> Path:
    """`home` as `fill` fills it: a copy of one that was really taken in, once in a test run.

    Files that `fill` wrote beside that one stay there for all copies, so that no test may change them.
    """
    shutil.copytree(_made(fill), home, dirs_exist_ok=True)
    return home


@cache
def _made(fill: Callable[[Path], object]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="footnote-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fill(folder / "home")
    return folder / "home"


def added(home: Path, *paths: Path) -> None:
    """Take in files by the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(home))
        assert main(["add", *map(str, paths)]) == 0


def filled(home: Path, n: int = 5) -> Library:
    """A home with so many documents, which it keeps."""
    return Library(Settings(home=copied(home, _boats(n))))


@cache
def _boats(n: int) -> Callable[[Path], object]:
    return partial(_take_in_boats, n)


def _take_in_boats(n: int, home: Path) -> None:
    library = Library(Settings(home=home))
    kept = [keep(home, f"{i}.md", f"# Boat {i}\n\nBoat {i} is painted in colour {i * 7}.".encode()) for i in range(n)]
    outcomes = list(Pipeline(library, "default").add(File(each.path, each.name) for each in kept))
    assert {outcome.state for outcome in outcomes} == {"ready"}
    library.close()


def answers(library: Library) -> list[tuple[str, str]]:
    """What five questions about such documents find."""
    hits = [library.retriever.retrieve(f"which colour has boat {i}", 1).hits[0] for i in range(5)]
    return [(hit.chunk.source, hit.chunk.text) for hit in hits]
