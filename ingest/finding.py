"""What the doctor finds, and how it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexes.library import Library

Cure = Callable[[Library], str]
"""Mends what was found; what it did, in a sentence, as `Finding.text` has them."""
Tell = Callable[[str, int, int], None]
"""(what is being done, how much of it is over, how much there is)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `cure` is None where all is well, or nothing can be done by itself."""

    what: str
    good: bool
    text: str
    """In English; one that a page says in its reader's language, too, is a `rag.said.Said`."""
    cure: Cure | None = None
    hides: bool = False
    """Whether nothing that stands in the catalogue can be told before this is mended."""


Look = Callable[[Library], Finding]
"""Looks at one thing and changes nothing."""
