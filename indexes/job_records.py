"""What the job table tells: files on their way in, where they are, and how they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal[
    "queued",
    "waiting",
    "fetching",
    "parsing",
    "chunking",
    "cut",
    "embedding",
    "indexing",
    "ready",
    "unchanged",
    "failed",
    "cancelled",
]
"""`waiting` is a file that a worker has taken and has not begun, `cut` one whose passages wait for the embedder."""
RUNNING: tuple[State, ...] = ("waiting", "fetching", "parsing", "chunking", "cut", "embedding", "indexing")
FINISHED: tuple[State, ...] = ("ready", "unchanged", "failed", "cancelled")
STATES: tuple[State, ...] = ("queued", *RUNNING, *FINISHED)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A file to be taken in: the source under which it is listed, and the path or URL of its bytes."""

    source: str
    path: str
    size: int = 0
    container: int | None = None
    depth: int = 0
    """How many files it lies inside of."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings for this file alone."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file on its way in; `done` of `total` counts pages while parsing and passages while embedding."""

    id: int
    batch: str
    collection: str
    source: str
    path: str
    size: int
    options: Mapping[str, Any]
    container: int | None
    depth: int
    state: State = "queued"
    step: str = ""
    """Where a failed or cancelled file was when it ended."""
    done: int = 0
    total: int = 0
    reason: str = ""
    document: int | None = None
    pages: int = 0
    chunks: int = 0
    warnings: tuple[str, ...] = ()
    attempts: int = 0
    queued_at: float = 0.0
    started_at: float = 0.0
    finished_at: float = 0.0
    given_up: str = ""
    """The version of the readers for which another try is no use; empty where it may go better."""
    owner: str = ""
    """The worker that has taken it, which may have died since."""

    @property
    def name(self) -> str:
        """What people call the file: the last part of its source."""
        return self.source.rstrip("/").rsplit("/", 1)[-1] or self.source

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED


@dataclass(frozen=True, slots=True)
class Ending:
    """How a file ended."""

    state: State
    reason: str = ""
    document: int | None = None
    pages: int = 0
    chunks: int = 0
    warnings: Sequence[str] = field(default_factory=tuple)
    given_up: str = ""
    step: str = ""
    """The last one, where it is not in the table yet."""


@dataclass(frozen=True, slots=True)
class Moving:
    """Files that run or ended lately, and how many files and bytes wait."""

    jobs: Sequence[Job]
    n_waiting: int
    bytes_waiting: float
