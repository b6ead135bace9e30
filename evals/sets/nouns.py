"""What every set consists of, whatever form it has on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InputError


@dataclass(frozen=True, slots=True)
class Passage:
    """One text to be found."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question; `answers` is empty where the set has none."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    is_answerable: bool = True
    """False: the set says that nothing in it answers, so that refusing is right."""
    pages: tuple[int, ...] = ()
    """Where in its documents the answer stands; empty: anywhere."""
    about: str = ""
    """Id of the passage that it was asked about and that does not answer it, where the set tells."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions with what answers them, among passages or among files."""

    folder: Path
    """What it was read from: a folder, or a file."""
    queries: tuple[Query, ...]
    """Those that can be judged, in the order of the file."""
    qrels: Mapping[str, Mapping[str, int]]
    """Query id -> id of a passage, or name of a file -> grade. An unanswerable query has none."""
    passages: Callable[[], Iterator[Passage]]
    files: Mapping[str, Path] | None = None
    """Name -> place of the files to be parsed and cut; None where the corpus consists of passages."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.folder.stem

    def answerable(self) -> list[Query]:
        """The questions that something in the set answers; raises InputError where it has none."""
        found = [query for query in self.queries if query.is_answerable]
        if not found:
            raise InputError(f"{self.folder} answers none of its questions, so there is nothing to be found")
        return found

    def corpus(self) -> Iterator[Passage]:
        """Every passage in the order of the file; raises InputError naming the line of a bad or repeated one."""
        return self.passages()
