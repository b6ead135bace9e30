"""SQLite databases: each table is a page with its columns and its first records; nothing is written or executed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ingest.loaders.assembly import Assembly
from ingest.loaders.source import SourceFile
from ingest.loaders.tables import add_records

if TYPE_CHECKING:
    import apsw

_MAX_TABLES = 1000
_TABLE_LIST = (
    "SELECT list.name, list.type FROM pragma_table_list AS list JOIN sqlite_schema AS made ON made.name = list.name "
    "WHERE list.schema = 'main' ORDER BY made.rowid"
)
_INTERNAL = "sqlite_"
_TEXTS_OF_SEARCH = "_content"
"""A full-text index keeps its texts in a table of this ending."""


def load_sqlite(source: SourceFile) -> Assembly:
    """The tables of a database, with a warning for what was not read. Views, which are queries, are left out."""
    _check_length(source)
    assembly = Assembly(title=source.stem)
    with closing(_open(source)) as database:
        tables, n_views = _tables(database)
        for number, name in enumerate(tables[:_MAX_TABLES], 1):
            _add_table(assembly, database, name)
            source.progress(number, len(tables))
    if len(tables) > _MAX_TABLES:
        assembly.warnings.append(f"Only the first {_MAX_TABLES:,} of {len(tables):,} tables were read.")
    if n_views:
        assembly.warnings.append("1 view was left out." if n_views == 1 else f"{n_views:,} views were left out.")
    return assembly


def _check_length(source: SourceFile) -> None:
    """A file that was cut off would be read with zeros where its end was."""
    with source.path.open("rb") as file:
        page_size, change, n_pages, counted_at = struct.unpack(
            ">16x H 6x I I 60x I", file.read(100).ljust(96, b"\0")[:96]
        )
    size = (65_536 if page_size == 1 else page_size) * n_pages
    if change == counted_at and source.path.stat().st_size < size:
        raise source.error("is cut off: get a fresh copy of it.")


def _open(source: SourceFile) -> apsw.Connection:
    """The file as it is: immutable, so that SQLite looks for no journal beside it, and its schema is not trusted."""
    import apsw

    path = quote(str(source.path.absolute()).encode("utf-8", "surrogateescape"))
    database = apsw.Connection(
        f"file:{path}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, vfs="unix-none"
    )
    for setting in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0"):
        database.execute(f"PRAGMA {setting}")
    return database


def _tables(database: apsw.Connection) -> tuple[list[str], int]:
    """Names of the tables that hold records, and the number of views."""
    rows = list(database.execute(_TABLE_LIST))
    names = [str(name) for name, kind in rows if kind == "table" or _is_searched(str(name), str(kind))]
    return [name for name in names if not name.startswith(_INTERNAL)], sum(kind == "view" for _, kind in rows)


def _is_searched(name: str, kind: str) -> bool:
    return kind == "shadow" and name.endswith(_TEXTS_OF_SEARCH)


def _add_table(assembly: Assembly, database: apsw.Connection, name: str) -> None:
    columns = list(database.execute("SELECT name, type FROM pragma_table_info(?)", (name,)))
    shown = name.removesuffix(_TEXTS_OF_SEARCH) if name.endswith(_TEXTS_OF_SEARCH) else name
    assembly.begin_page(shown)
    assembly.add("heading", shown, 1)
    about = ", ".join(f"{column} ({kind.lower()})" if kind else str(column) for column, kind in columns)
    assembly.add("paragraph", f"Columns: {about}")
    n_read = add_records(assembly, [str(column) for column, _ in columns], _records(database, name))
    if n_read is not None:
        n_records = database.execute(f"SELECT count(*) FROM {_quoted(name)}").get  # noqa: S608 - quoted
        assembly.warnings.append(
            f"Only the first {n_read:,} of {n_records:,} records of the table “{shown}” were read."
        )


def _records(database: apsw.Connection, name: str) -> Iterator[Sequence[Any]]:
    yield from database.execute(f"SELECT * FROM {_quoted(name)}")  # noqa: S608 - quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
