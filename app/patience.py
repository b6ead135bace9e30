"""This file keeps the clock of a whole wait for an endpoint, whatever steps it consists of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float] = ContextVar("end", default=float("inf"))


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


def seconds_left() -> float:
    """Of the wait that this thread is in; infinite outside of one, and negative when it is over."""
    return _end.get() - time.monotonic()
