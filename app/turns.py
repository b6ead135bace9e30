"""This file lets one go after the other, in the order in which they came, and nobody wait for ever."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from indexes.patience import LOOK_SECONDS, look
from rag.errors import ModelError


class Turns:
    """Threads share it."""

    def __init__(self) -> None:
        self._line: deque[object] = deque()
        """Whoever has its turn, and behind it those that wait."""
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, seconds: float, refused: Callable[[int], ModelError]) -> Iterator[None]:
        """While this holds all others wait. Raises what `refused` makes of how many are before where it has not come to
        it within so many seconds, and what `look` raises."""
        mine, end = object(), time.monotonic() + seconds
        with self._moved:
            self._line.append(mine)
        try:
            while n_before := self._before(mine):
                if time.monotonic() >= end:
                    raise refused(n_before)
                look()
            yield
        finally:
            with self._moved:
                self._line.remove(mine)
                self._moved.notify_all()

    def _before(self, mine: object) -> int:
        """How many are before, after a moment where there are any."""
        with self._moved:
            if self._line[0] is not mine:
                self._moved.wait(LOOK_SECONDS)
            return self._line.index(mine)
