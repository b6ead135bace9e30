"""This file keeps the clock of a whole wait for an endpoint, and lets a person end it before anything has come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOOK_SECONDS = 0.2
"""So often a wait looks whether it shall be ended."""

_end: ContextVar[float] = ContextVar("end", default=float("inf"))
_look: ContextVar[Callable[[], None]] = ContextVar("look", default=lambda: None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread waits for meanwhile on a connection of `open_client` ends in so many seconds.

    Never yield to a caller inside: its waits would be bounded, too.
    """
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


@contextmanager
def looking(look: Callable[[], None]) -> Iterator[None]:
    """What this thread waits for meanwhile, on such a connection or in `pause`, calls `look` again and again; what that
    raises ends the wait, and closes the connection."""
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


def look() -> None:
    """See whether this thread's wait shall be ended."""
    _look.get()()


def watched(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts: those that come too often for a wait between them are looked up from now and then, too."""
    due = time.monotonic() + LOOK_SECONDS
    for part in parts:
        yield part
        if time.monotonic() >= due:
            look()
            due = time.monotonic() + LOOK_SECONDS


def pause(seconds: float) -> None:
    """Sleep, but not on when it shall be ended."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_SECONDS))
        look()


def seconds_left() -> float:
    """Of the wait that this thread is in; infinite outside of one, and negative when it is over."""
    return _end.get() - time.monotonic()
