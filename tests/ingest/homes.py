"""Homes with a few documents, for tests of what is done with a whole home."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from indexes.library import Library
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from rag.settings import Settings


def filled(home: Path, n: int = 5) -> Library:
    """A home with so many documents, which it keeps: a copy of one that was really taken in, once in a test run."""
    shutil.copytree(_made(n), home, dirs_exist_ok=True)
    return Library(Settings(home=home))


@cache
def _made(n: int) -> Path:
    home = Path(tempfile.mkdtemp(prefix="footnote-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    library = Library(Settings(home=home))
    kept = [keep(home, f"{i}.md", f"# Boat {i}\n\nBoat {i} is painted in colour {i * 7}.".encode()) for i in range(n)]
    outcomes = list(Pipeline(library, "default").add(File(each.path, each.name) for each in kept))
    assert {outcome.state for outcome in outcomes} == {"ready"}
    library.close()
    return home


def answers(library: Library) -> list[tuple[str, str]]:
    """What five questions about such documents find."""
    hits = [library.retriever.retrieve(f"which colour has boat {i}", 1).hits[0] for i in range(5)]
    return [(hit.chunk.source, hit.chunk.text) for hit in hits]
