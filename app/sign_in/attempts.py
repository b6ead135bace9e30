"""Guessing at passwords made slow: after some wrong ones a name has to wait, longer each time. So is the log of those
who come back from a provider with nothing."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from indexes.users import key

FREE = 5
"""Wrong passwords of one name before it waits."""
LONGEST_WAIT_S = 300.0
"""So that nobody is kept out for long by somebody else's guesses, and nobody guesses more than 300 a day."""
_FORGOTTEN_S = 3600.0
_MOST_NAMES = 10_000
_MOST_IN_ALL = 120
_WINDOW_S = 60.0


@dataclass(slots=True)
class _Tried:
    n: int = 0
    at: float = 0.0


class Attempts:
    """What was tried lately, in the server's memory: the latest 10,000 names, whether anybody has them or not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names: OrderedDict[str, _Tried] = OrderedDict()
        self._all: deque[float] = deque(maxlen=_MOST_IN_ALL)
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Seconds until this name may be tried; 0: now, and this try counts as wrong until `succeeded`, so that many at
        once are no way round."""
        with self._lock:
            now, tried = self._clock(), self._tried(key(name))
            waits = max(self._until(tried) - now, self._until_all(now) - now)
            if waits > 0:
                return waits
            tried.n, tried.at = tried.n + 1, now
            self._all.append(now)
            return 0.0

    def succeeded(self, name: str) -> None:
        """The password was right."""
        with self._lock:
            self._names.pop(key(name), None)
            if self._all:
                self._all.pop()

    def _tried(self, name: str) -> _Tried:
        tried = self._names.setdefault(name, _Tried())
        self._names.move_to_end(name)
        if self._clock() - tried.at > _FORGOTTEN_S:
            tried.n = 0
        if len(self._names) > _MOST_NAMES:
            self._names.popitem(last=False)
        return tried

    def _until(self, tried: _Tried) -> float:
        return tried.at + min(2.0 ** (tried.n - FREE), LONGEST_WAIT_S) if tried.n >= FREE else 0.0

    def _until_all(self, now: float) -> float:
        return self._all[0] + _WINDOW_S if len(self._all) == _MOST_IN_ALL else now
