"""Learned weights that ship as a JSON file of names and values, a constant among them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.errors import ModelError
from rag.interaction import Floats

_CONSTANT = "constant"


def write_named(path: Path, names: Sequence[str], weights: Floats) -> None:
    """The weight of each name, and the constant behind them; `read_named` gives the same back but for rounding."""
    values = {name: round(float(value), 5) for name, value in zip((*names, _CONSTANT), weights, strict=True)}
    path.write_text(json.dumps(values, indent=2) + "\n", "utf-8")


def read_named(path: Path, names: Sequence[str]) -> Floats:
    """Raises ModelError where the file is missing, damaged, or of another version of the code."""
    try:
        values = json.loads(path.read_text("utf-8"))
        found = np.array([values[name] for name in (*names, _CONSTANT)], dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be used ({error!r}): fetch this version of Footnote again") from error
    if len(values) != len(found) or not np.isfinite(found).all():
        raise ModelError(f"{path} is of another version: fetch this version of Footnote again")
    return found
