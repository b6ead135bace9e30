"""The weights by which claims are judged, as they ship, over the process's one encoder."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from indexes.late_weights import FOLDER, read_weights, token_encoder
from rag.errors import ModelError
from rag.interaction import Floats
from rag.verification.support import SUPPORT_VALUES, Support

NAME = "support.json"
_NAMES = (*SUPPORT_VALUES, "constant")


@cache
def support() -> Support:
    """The process's own. Raises ModelError where the weights that ship cannot be used."""
    return Support(token_encoder(), read_weights().rarity, read_support(FOLDER))


def write_support(weights: Floats, folder: Path) -> None:
    """`read_support` gives the same back but for rounding."""
    values = {name: round(float(value), 5) for name, value in zip(_NAMES, weights, strict=True)}
    (folder / NAME).write_text(json.dumps(values, indent=2) + "\n", "utf-8")


def read_support(folder: Path) -> Floats:
    """Raises ModelError where the file is missing, damaged, or of another version of the code."""
    try:
        values = json.loads((folder / NAME).read_text("utf-8"))
        found = np.array([values[name] for name in _NAMES], dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / NAME} cannot be used ({error!r}): fetch this version of Footnote again") from error
    if len(values) != len(_NAMES) or not np.isfinite(found).all():
        raise ModelError(f"{folder / NAME} is of another version: fetch this version of Footnote again")
    return found
