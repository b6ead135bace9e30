"""Sections that are called by their number: "section 4 of the lease", "§ 4", "chapter 2"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding_text import SEPARATOR
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
    """What stands under a heading, or in a plain text a line, that begins with this number."""

    def __init__(self, number: str) -> None:
        called = rf"(?:{_KIND} ?)?{re.escape(number)}(?:\.\d{{1,2}})*"
        self._heading = re.compile(rf"{called}(?![\w]|\.\d)", re.IGNORECASE)
        self._line = re.compile(rf"^[ \t]*(?i:{called})[.):]?[ \t]+[^\W\d_a-z]", re.MULTILINE)

    def matches(self, chunks: Sequence[Chunk], _vectors: Vectors) -> NDArray[np.bool_]:
        """Which passages stand there."""
        headed = [any(map(self._heading.match, chunk.heading.split(SEPARATOR))) for chunk in chunks]
        found = headed if any(headed) else [bool(self._line.search(chunk.text)) for chunk in chunks]
        return np.array(found, dtype=np.bool_)
