"""Columns of tables, which keep one name inside and are headed in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.words import tr


def headed(rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """What stands above each column of these rows, for `column_config`; their names are marked by `msgid`."""
    return {name: tr(name) for row in rows for name in row}
