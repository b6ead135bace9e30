"""What a catalogue lacks of the tables, indexes and columns that it should have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apsw

from indexes.schema import MIGRATIONS

if TYPE_CHECKING:
    from indexes.database import Database

_PARTS = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
_COLUMNS = """SELECT m.name, c.cid, c.name, c.type, c."notnull", c.dflt_value, c.pk
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY m.name, c.cid"""
_Column = tuple[int, str, str, int, str | None, int]
"""Place, name, type, whether it must be set, default, and place in the key."""


@dataclass(frozen=True, slots=True)
class LostColumn:
    """A column that a table should have and has not."""

    table: str
    name: str
    declared: str
    """How it is made: its type, whether it must be set, and its default."""
    has_default: bool
    """Whether it can be added to rows that are there, each of which gets its default."""
    called: str = ""
    """Another name under which a column of its kind stands in its place; empty where there is none."""

    def __str__(self) -> str:
        return f"the column {self.name} of {self.table}"


def missing(database: Database, version: int = len(MIGRATIONS)) -> dict[str, str]:
    """Name -> statement that makes it, of every table and index that is not there."""
    with _model(version) as model:
        whole: dict[str, str] = dict(row for row in model.execute(_PARTS))
    here = {name for name, _ in database.rows(_PARTS)}
    return {name: statement for name, statement in whole.items() if name not in here}


def missing_tables(database: Database, version: int = len(MIGRATIONS)) -> list[str]:
    """The tables among what is missing: an index is made anew without any loss."""
    return tables_among(missing(database, version))


def tables_among(parts: Mapping[str, str]) -> list[str]:
    """The names of the tables among tables and indexes, given with the statements that make them."""
    return [name for name, sql in parts.items() if sql.startswith("CREATE TABLE")]


def missing_columns(database: Database, version: int = len(MIGRATIONS)) -> list[LostColumn]:
    """The columns that tables lack which are there."""
    with _model(version) as model:
        whole = _by_table(model.execute(_COLUMNS).fetchall())
    here = _by_table(database.rows(_COLUMNS))
    return [lost for table, columns in whole.items() if table in here for lost in _lost(table, columns, here[table])]


def lacking(database: Database, version: int = len(MIGRATIONS)) -> list[str]:
    """What nobody can do without, in words: tables and columns."""
    return [*missing_tables(database, version), *map(str, missing_columns(database, version))]


def mend_column(database: Database, column: LostColumn) -> None:
    """Give a column its name back, or add it with its default; within a transaction."""
    if column.called:
        stranger = column.called.replace('"', '""')
        database.execute(f'ALTER TABLE {column.table} RENAME COLUMN "{stranger}" TO {column.name}')
        return
    database.execute(f"ALTER TABLE {column.table} ADD COLUMN {column.name} {column.declared}")


@contextmanager
def _model(version: int) -> Iterator[apsw.Connection]:
    """A catalogue of this version with nothing in it."""
    with closing(apsw.Connection(":memory:")) as model:
        for migration in MIGRATIONS[:version]:
            model.execute(migration)
        yield model


def _by_table(rows: Iterable[tuple[Any, ...]]) -> Mapping[str, list[_Column]]:
    columns: dict[str, list[_Column]] = defaultdict(list)
    for table, place, name, *kind in rows:
        columns[table].append((place, name, *kind))
    return columns


def _lost(table: str, whole: Sequence[_Column], here: Sequence[_Column]) -> Iterator[LostColumn]:
    wanted, names = {column[1] for column in whole}, {column[1] for column in here}
    strangers = {(place, *kind): name for place, name, *kind in here if name not in wanted}
    for place, name, *kind in whole:
        if name not in names:
            type_, is_set, default, in_key = kind
            declared = f"{type_}{' NOT NULL' if is_set else ''}{'' if default is None else f' DEFAULT {default}'}"
            has_default = default is not None and not in_key
            yield LostColumn(table, name, declared, has_default, strangers.get((place, *kind), ""))
