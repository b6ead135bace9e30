"""Sections that are called by their number: "section 4 of the lease", "§ 4", "chapter 2"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.types import Chunk, Vectors

_KIND = (
    r"(?:sections?|sec\.|chapter|clause|paragraph|article|part|§+|kapitel|abschnitt|artikel|absatz|ziffer|punkt|"
    r"sección|capítulo|cláusula|artículo)"
)
_CALLED = re.compile(
    rf"(?:the )?{_KIND} ?(?P<number>\d+(?:\.\d+)*|(?-i:[IVXL]+))(?: (?:of|in|from|des|der|im|von|del|de) (?P<of>.+))?",
    re.IGNORECASE,
)


def numbered(phrase: str) -> tuple[str, str]:
    """The number of the section that a phrase names, and where it stands; nothing where it names none."""
    found = _CALLED.fullmatch(phrase)
    return (found["number"], found["of"] or "") if found else ("", "")


class Section:
    """What stands under a heading with this number."""

    def __init__(self, number: str) -> None:
        self._heading = re.compile(rf"(?:{_KIND} ?)?{re.escape(number)}(?:\.\d{{1,2}})*(?![\w]|\.\d)", re.IGNORECASE)

    def matches(self, chunks: Sequence[Chunk], _vectors: Vectors) -> NDArray[np.bool_]:
        """Which passages stand there."""
        return np.array([any(map(self._heading.match, chunk.heading.split(" > "))) for chunk in chunks], dtype=np.bool_)
