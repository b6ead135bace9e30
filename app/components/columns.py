"""Columns of tables, which keep one name inside, and are headed and written in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from app.formula_cells import guarded, is_formula, unguarded
from app.words import msgid, numeral, tr

_AT_RIGHT = (msgid("Tokens"), msgid("Tokens read"), msgid("Tokens written"), msgid("Cost"))
"""Figures that are written out, and so are texts for the table."""


def headed(rows: Iterable[Mapping[str, object]]) -> dict[str, Any]:
    """How each column of these rows is drawn, for `column_config`; their names are marked by `msgid`."""
    return {name: head(name) for row in rows for name in row}


def head(name: str, width: int | None = None, told: str = "") -> Any:  # noqa: ANN401 - Streamlit's own kind of column
    """What stands above a column, at which side its cells do, and what is `told` of it to who asks; marked by
    `msgid`."""
    alignment: Literal["right"] | None = "right" if name in _AT_RIGHT else None
    return st.column_config.Column(tr(name), width=width, alignment=alignment, help=tr(told) if told else None)


def written(
    columns: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, object]], how: Mapping[str, Callable[[Any], str]]
) -> Any:  # noqa: ANN401 - the kind of table whose cells have words of their own
    """The table with the cells of some columns written by a function, and other numbers as whole ones; sorted, and
    saved by the table's own button, they are by what they are, but for texts that a spreadsheet would run."""
    from pandas import DataFrame

    frame = DataFrame(columns)
    wanted: dict[Any, Callable[..., object]] = dict.fromkeys(frame.select_dtypes("number"), numeral)
    wanted |= {name: how[name] for name in how if name in frame}
    for name in frame:
        if name not in wanted and any(map(is_formula, frame[name])):
            frame[name], wanted[name] = frame[name].map(guarded), unguarded
    return frame.style.format(wanted, na_rep="")
