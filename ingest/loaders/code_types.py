"""A definition in source code, whatever the language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """Lines `start` to `end` (after the last) of a function, class or the like; `level` is 1 at the outermost."""

    label: str
    level: int
    start: int
    end: int
    first_inner: int | None = None
    """The line at which the first definition inside of it begins; None where there is none."""
