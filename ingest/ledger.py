"""Who is told what becomes of each file, and may stop it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.files import File

Progress = Callable[[str, str, int, int], None]
"""(source, stage, done, total), where stage is fetching, parsing, chunking, cut, embedding or indexing."""


_SAME_CONTENT = "It has the same content as"


def same_as(source: str) -> str:
    """The reason of a file that got ready by being listed as another name of a document that is there."""
    return f"{_SAME_CONTENT} {source}, which is stored once and listed under both."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: state is ready, unchanged, failed, unreadable, cancelled, taken over or skipped; `reason`
    says why.

    `taken over` is a file that another worker was given, since this one was silent for too long.
    `unreadable` is a file that failed before, itself or inside of an unchanged one, and was not tried again since
    nothing that matters has changed.
    """

    source: str
    state: str
    reason: str = ""
    document: int | None = None
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    is_final: bool = False
    """Whether the same bytes would fail again, by these versions of the readers."""

    @property
    def is_same_as_another(self) -> bool:
        """Whether no document of its own came of it."""
        return self.state == "ready" and self.reason.startswith(_SAME_CONTENT)


class Ledger(Protocol):
    """Told every step of every file. All of it may raise Cancelled: the file is then not wanted any more."""

    def step(self, file: File, stage: str, done: int, total: int) -> None: ...
    def ended(self, file: File, outcome: Outcome, members: Sequence[File]) -> None:
        """What became of a file. For one that gets ready this is a part of the transaction that makes it visible;
        `members` are the files that were found inside of it, which shall be taken in next."""
        ...

    def next_member(self) -> File | None:
        """A member that waits to be taken in by this very run."""
        ...


class InMemory:
    """A Ledger for a run that nobody else watches: members wait in a queue of its own."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._members: deque[File] = deque()

    def step(self, file: File, stage: str, done: int, total: int) -> None:
        """Tell the progress function."""
        if self._progress:
            self._progress(file.source, stage, done, total)

    def ended(self, _file: File, _outcome: Outcome, members: Sequence[File]) -> None:
        """Remember the members."""
        self._members.extend(members)

    def next_member(self) -> File | None:
        """The first that waits."""
        return self._members.popleft() if self._members else None
