"""What is known of two versions of a document, and of passages that stand in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.types import Hit


@dataclass(frozen=True, slots=True)
class VersionDates:
    """When a document was made, as far as that is known."""

    sha256: str
    told: str = ""
    """ISO 8601, by the document's own properties."""
    file_ns: int = 0
    """By the file; nanoseconds, 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A passage that is left out of the hits, since another version of its document has it, too."""

    kept: int
    """The id of the chunk that is among the hits."""
    other: Hit
    is_older: bool
    """Whether it is known to be the older one; else nobody knows which is."""
