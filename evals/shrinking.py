"""This file makes an input that goes wrong as small as it can be while it still goes wrong."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable

from evals.mutations import members_of, packed

Still = Callable[[bytes], bool]
"""Whether an input still goes wrong in the same way."""


class Shrinker:
    """Takes members and stretches out of an input, within a number of tries and seconds."""

    def __init__(self, still: Still, *, tries: int, seconds: float) -> None:
        self._still = still
        self._tries = tries
        self._deadline = time.monotonic() + seconds

    def shrunk(self, data: bytes) -> bytes:
        """The input with less in it; the input itself where nothing can go."""
        try:
            members = members_of(data)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            members = []
        if members and self._try(packed(members)):
            data = packed(self._less_in_each(self._fewer(members)))
        return self._fewer_bytes(data, self._still)

    def _is_over(self) -> bool:
        return self._tries <= 0 or time.monotonic() > self._deadline

    def _try(self, data: bytes, still: Still | None = None) -> bool:
        self._tries -= 1
        return (still or self._still)(data)

    def _fewer(self, members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        for member in list(members):
            fewer = [other for other in members if other is not member]
            if not self._is_over() and self._try(packed(fewer)):
                members = fewer
        return members

    def _less_in_each(self, members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        for at, (name, inner) in enumerate(members):

            def still_with(part: bytes, at: int = at, name: str = name) -> bool:
                return self._still(packed([*members[:at], (name, part), *members[at + 1 :]]))

            members[at] = (name, self._fewer_bytes(inner, still_with))
        return members

    def _fewer_bytes(self, data: bytes, still: Still) -> bytes:
        """Stretches are taken out, half of it first, then smaller ones, as long as it still goes wrong."""
        size = max(1, len(data) // 2)
        while size >= max(1, len(data) // 256) and not self._is_over():
            at = 0
            while at < len(data) and not self._is_over():
                fewer = data[:at] + data[at + size :]
                if self._try(fewer, still):
                    data = fewer
                else:
                    at += size
            size //= 2
        return data
