"""What a fetch is bound by and what comes of it: its limits, its clock, and an answer that is still on its way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rag.errors import LoadError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything a fetch may take."""

    max_bytes: int
    """Of the file as it is stored, and of what comes over the line."""
    total_s: float = 60.0
    """For everything, redirects included."""
    stall_s: float = 15.0
    """Without a single byte."""
    max_redirects: int = 5


@dataclass(slots=True)
class Clock:
    """When a fetch has to be over: in time, and as soon as `stopping` is set."""

    limits: Limits
    stopping: threading.Event = field(default_factory=threading.Event)
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.limits.total_s

    def patience(self) -> float:
        """Seconds that one step may take. Raises LoadError when none are left."""
        if self.stopping.is_set():
            raise LoadError("was not fetched to its end, since the run was stopped.")
        left = self.ends - time.monotonic()
        if left <= 0:
            raise LoadError(f"took longer than {self.limits.total_s:g} s: try again later.")
        return min(left, self.limits.stall_s)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body is still on its way; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
