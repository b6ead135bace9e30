"""Tables and columns that a catalogue lacks: made anew from the rest and the files where these tell what stood there.

Of what nothing else tells of it is said what is lost, and the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from indexes.access import close_all
from indexes.database import Database
from indexes.library import Library
from indexes.queries import NEWEST
from indexes.schema_check import LostColumn, mend_column, missing, missing_columns, tables_among
from ingest.finding import Cure, Finding
from ingest.index_check import embed_again, rebuild_keyword, rebuild_vector_index
from ingest.reading_again import read_again
from ingest.source_check import fill_sources
from rag.said import say
from rag.types import DocumentRecord

_READ_AGAIN = "the documents are read again from their files"
_FILLED = "the indexes are filled again from it"
_EMBEDDED = "every passage is embedded again"
COSTS: Mapping[str, str] = {
    "change": _FILLED,
    "texts": _READ_AGAIN,
    "pages": _READ_AGAIN,
    "chunks": _READ_AGAIN,
    "layouts": _READ_AGAIN,
    "tombstones": _FILLED,
    "embedders": _EMBEDDED,
    "vectors": _EMBEDDED,
    "generations": "the vector index is written again",
    "sources": "further names of the same bytes come back when their folders are added or synced again",
    "jobs": "files that were on their way have to be added or synced again",
    "unpacked": "what archives have unpacked is counted from nothing",
    "refused": "files that could not be read are tried once more",
    "conversations": "conversations are no longer named: their list is empty",
    "turns": "what was asked and answered in conversations is gone",
    "feedback": "what people said of answers is gone",
    "feedback_texts": "questions are no longer known of what people said of answers",
    "removed": "what was removed lately cannot be put back any more",
    "dismissals": "failures that were put aside are told once more",
    "access": "every collection is closed to all but admins, until these say again whose it is and who may see it",
    "access_members": "collections that were shared have to be shared again",
    "weights": "each collection tunes its dense weight again, and one that was set by hand has to be set again",
}
"""Table -> what making it anew costs."""
LOST: Mapping[str, str] = {
    "collections": "the names of the collections",
    "documents": "which texts, sources and vectors belong to which document",
}
"""Table -> what nothing else tells."""
COLUMN_COSTS: Mapping[tuple[str, str], str] = {
    ("documents", "n_members"): "the files inside of each document are counted again",
    ("documents", "options"): "settings that held for single documents are those for all again",
    ("sources", "etag"): "web pages are fetched again when they are synced",
    ("sources", "last_modified"): "web pages are fetched again when they are synced",
    ("embedders", "tokenizer"): "it is noted again at the next use",
}
"""(table, column) -> what adding it with its default costs; of others the words for a new row are used."""
_COUNT_MEMBERS = """UPDATE documents SET n_members = (SELECT COUNT(*) FROM (
    SELECT source FROM sources WHERE container_id = documents.id UNION
    SELECT source FROM refused WHERE container_id = documents.id UNION
    SELECT source FROM jobs WHERE container_id = documents.id))"""
_WAY_OUT = (
    "put a backup back (`python -m ingest restore FILE --replace`), or set FOOTNOTE_HOME to a new folder and `sync` "
    "or `add` the documents there"
)


@dataclass(frozen=True, slots=True)
class _Lacking:
    """What is not there, by how it comes back."""

    parts: Mapping[str, str]
    """Tables and indexes that are missing -> the statement that makes each."""
    mendable: Sequence[LostColumn]
    """Columns that get their name or their default back."""
    lost: Sequence[LostColumn]
    """Others; their tables have to be made anew."""

    @property
    def anew(self) -> list[str]:
        """The tables that have to be made anew."""
        return list(dict.fromkeys([*tables_among(self.parts), *(column.table for column in self.lost)]))

    @property
    def untold(self) -> list[str]:
        """What stood in those of which nothing else tells."""
        columns = {column.table: f"what stood in {column}" for column in self.lost}
        return [columns.get(name, LOST.get(name, f"what stood in {name}")) for name in self.anew if name not in COSTS]

    @property
    def told(self) -> str:
        """All of it; of tables that are missing not their indexes as well."""
        columns = [*map(str, self.lost), *map(_named, self.mendable)]
        return ", ".join([*tables_among(self.parts), *columns] or self.parts)

    @property
    def costs(self) -> str:
        """What making it anew costs, each after a semicolon."""
        costs = [*(COSTS[name] for name in self.anew), *(_cost(c) for c in self.mendable if not c.called)]
        return "".join(f"; {cost}" for cost in dict.fromkeys(costs))


def catalogue_finding(library: Library) -> Finding:
    """Whether SQLite finds the catalogue whole, with every table, column and index that it should have."""
    database = library.catalogue.database
    verdict, lacking = library.catalogue.check(), _lacking(database)
    is_whole = not (lacking.parts or lacking.mendable or lacking.lost)
    if is_whole and verdict == "ok" and not database.is_counting():
        text = f"the row that counts its changes is gone or damaged: it can be set anew; {_FILLED}"
        return Finding("catalogue", False, text, _count_anew, hides=True)
    if is_whole:
        return Finding("catalogue", verdict == "ok", say("SQLite says {verdict}", verdict=verdict))
    said = f"SQLite says {verdict}, but it lacks {lacking.told}"
    if lacking.untold:
        text = f"{said}: {' and '.join(lacking.untold)} cannot be told from the rest; {_WAY_OUT}"
        return Finding("catalogue", False, text, hides=True)
    text = f"{said}: it can be made anew{lacking.costs}"
    return Finding("catalogue", False, text, _cure(lacking), hides=bool(lacking.anew or lacking.mendable))


def _lacking(database: Database) -> _Lacking:
    columns = missing_columns(database)
    mendable = [column for column in columns if column.called or (column.has_default and column.table != "change")]
    return _Lacking(missing(database), mendable, [column for column in columns if column not in mendable])


def _named(column: LostColumn) -> str:
    return f"{column} (which is called {column.called} there)" if column.called else str(column)


def _cost(column: LostColumn) -> str:
    return COLUMN_COSTS.get((column.table, column.name), f"{column} is as for a new row")


def _cure(lacking: _Lacking) -> Cure:
    tables = lacking.anew

    def make_anew(library: Library) -> str:
        database = library.catalogue.database
        with database.unreferenced():
            for column in lacking.mendable:
                mend_column(database, column)
            for name in {column.table for column in lacking.lost}:
                database.execute(f"DROP TABLE {name}")
            for statement in missing(database).values():
                database.execute(statement)
            for name, fill in _FILL.items():
                if name in tables:
                    fill(database)
            if any((column.table, column.name) == ("documents", "n_members") for column in lacking.mendable):
                database.execute(_COUNT_MEMBERS)
        return f"{lacking.told} made anew{lacking.costs}{_told(library, tables)}"

    return make_anew


def _count_anew(library: Library) -> str:
    database = library.catalogue.database
    with database.writing():
        database.execute("DELETE FROM change")
        _fill_change(database)
    return f"the row that counts the changes was set anew; {_FILLED}{_told(library, ['change'])}"


def _told(library: Library, tables: Collection[str]) -> str:
    """Bring back what the new tables had in them, and say what could not be."""
    lost = set(tables)
    said = ""
    if lost & {"change", "tombstones", "chunks"}:
        _forget_indexes(library)
    if lost & {"embedders", "vectors"}:
        embed_again(library)
    if wanted := _to_read(library, lost):
        said = f" ({read_again(library, wanted)})"
    if lost & {"change", "tombstones", "chunks", "generations"}:
        rebuild_vector_index(library)
        rebuild_keyword(library)
    return said


def _to_read(library: Library, lost: Collection[str]) -> list[DocumentRecord]:
    records = library.catalogue.documents()
    if {"texts", "chunks"}.intersection(lost):
        return records
    return [record for record in records if record.n_pages] if {"pages", "layouts"}.intersection(lost) else []


def _forget_indexes(library: Library) -> None:
    """Another identity, so that every index which another process keeps is filled anew as well."""
    database = library.catalogue.database
    with database.writing():
        database.execute("UPDATE change SET library = lower(hex(randomblob(16))), sequence = sequence + 1")
    library.catalogue.embedders.forget_generations()


def _fill_change(database: Database) -> None:
    database.execute(
        f"""INSERT INTO change (sequence, library, embedder_id)
        SELECT ({NEWEST}) + 1, lower(hex(randomblob(16))),
            (SELECT embedder_id FROM vectors GROUP BY embedder_id ORDER BY COUNT(*) DESC, embedder_id DESC LIMIT 1)"""  # noqa: S608
    )


def _fill_chunks(database: Database) -> None:
    """Their numbers are given out again, so nothing may be left that has one."""
    for table in ("vectors", "tombstones"):
        database.execute(f"DELETE FROM {table}")  # noqa: S608


def _fill_embedders(database: Database) -> None:
    database.execute("DELETE FROM vectors")
    database.execute("UPDATE change SET embedder_id = NULL")


_FILL: Mapping[str, Callable[[Database], object]] = {
    "access": close_all,
    "chunks": _fill_chunks,
    "embedders": _fill_embedders,
    "sources": fill_sources,
    "change": _fill_change,  # at last, since it names the embedder of the vectors that are left
}
