"""Cells of a file for a spreadsheet, which runs a text that begins as a formula does: an apostrophe before it helps."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""Behind apostrophes it is none any more; it gets one more nevertheless, so that `unguarded` knows them apart."""


def is_formula(cell: object) -> bool:
    """Whether a cell has to be guarded."""
    return isinstance(cell, str) and _FORMULA.match(cell) is not None


def guarded(cell: object) -> object:
    """The cell as it may stand in a file."""
    return f"'{cell}" if is_formula(cell) else cell


def unguarded(cell: object) -> object:
    """What `guarded` was made of."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and is_formula(cell) else cell
