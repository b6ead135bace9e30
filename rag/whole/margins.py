"""What stands around a work and is none of it: who may copy it, and on what terms."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RIGHTS = re.compile(
    r"\b(?:(copyright|urheberrecht)|(licen[cs]|lizenz)|(redistribut|distribut|weitergabe|verbreit)|(reproduc|vervielfältig)|"
    r"(cop(?:y|ies)\b|kopie)|(public domain|gemeinfrei)|(trademark|warenzeichen)|(royalt)|(e-?books?\b|etext)|"
    r"(all rights reserved|alle rechte vorbehalten)|(terms of|under the terms)|(permission|genehmigung))|(©)",
    re.IGNORECASE,
)
_FEWEST = 3
"""Different words of rights by which a passage speaks of them."""
_SHARE = 0.3
"""Of a part's passages, from which on the part is about them."""


def is_about_rights(texts: Sequence[str]) -> bool:
    """Whether so many of these passages speak of the rights to a work that they are about them."""
    n = sum(len({found.lastindex for found in _RIGHTS.finditer(text)}) >= _FEWEST for text in texts)
    return n >= _SHARE * len(texts)
