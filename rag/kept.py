"""What was worked out a moment ago, so that it is not worked out again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
W = TypeVar("W")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The last `n` values. Threads may share it; two that miss the same value both work it out."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def keep(self, n: int) -> None:
        """From now on so many."""
        with self._lock:
            self._n = n
            self._shrink()

    def forget(self) -> None:
        """Work out anew what is asked for next, as when nobody had asked for it."""
        with self._lock:
            self._values.clear()

    def of(self, wanted: Mapping[K, W], make: Callable[[Sequence[W]], Iterable[V]]) -> dict[K, V]:
        """The value of each key; `make` gives those that are not kept, of what the keys stand for."""
        with self._lock:
            found = {key: self._values[key] for key in wanted if key in self._values}
        missing = {key: of for key, of in wanted.items() if key not in found}
        if missing:
            found |= dict(zip(missing, make(list(missing.values())), strict=True))
        with self._lock:
            for key in wanted:
                self._values[key] = found[key]
                self._values.move_to_end(key)
            self._shrink()
        return found

    def _shrink(self) -> None:
        while len(self._values) > self._n:
            self._values.popitem(last=False)
