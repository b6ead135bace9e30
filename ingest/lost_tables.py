"""Tables that a catalogue lacks: made anew from the rest and from the files where these tell what stood in them.

Of a table that nothing else tells of it is said what is lost, and the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from indexes.database import Database
from indexes.library import Library
from indexes.queries import NEWEST
from ingest.finding import Cure, Finding
from ingest.index_check import embed_again, rebuild_keyword, rebuild_vector_index
from ingest.reading_again import read_again
from ingest.source_check import fill_sources
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
}
"""Table -> what making it anew costs."""
LOST: Mapping[str, str] = {
    "collections": "the names of the collections",
    "documents": "which texts, sources and vectors belong to which document",
}
"""Table -> what nothing else tells."""
_WAY_OUT = (
    "put a backup back (`python -m ingest restore FILE --replace`), or set FOOTNOTE_HOME to a new folder and `sync` "
    "or `add` the documents there"
)


def catalogue_finding(library: Library) -> Finding:
    """Whether SQLite finds the catalogue whole, with every table and index that it should have."""
    verdict = library.catalogue.check()
    missing = library.catalogue.database.missing()
    if not missing and verdict == "ok" and not library.catalogue.database.is_counting():
        text = f"the row that counts its changes is gone or damaged: it can be set anew; {_FILLED}"
        return Finding("catalogue", False, text, _count_anew, hides=True)
    if not missing:
        return Finding("catalogue", verdict == "ok", f"SQLite says {verdict}")
    tables = library.catalogue.database.missing_tables()
    said = f"SQLite says {verdict}, but it lacks {', '.join(tables or missing)}"
    if lost := [LOST.get(name, f"what stood in {name}") for name in tables if name not in COSTS]:
        text = f"{said}: {' and '.join(lost)} cannot be told from the rest; {_WAY_OUT}"
        return Finding("catalogue", False, text, hides=True)
    text = f"{said}: it can be made anew{_costs(tables)}"
    return Finding("catalogue", False, text, _cure(missing, tables), hides=bool(tables))


def _costs(tables: Iterable[str]) -> str:
    return "".join(f"; {cost}" for cost in dict.fromkeys(COSTS[name] for name in tables))


def _cure(missing: Mapping[str, str], tables: Collection[str]) -> Cure:
    def make_anew(library: Library) -> str:
        database = library.catalogue.database
        with database.writing():
            for statement in missing.values():
                database.execute(statement)
            for name, fill in _FILL.items():
                if name in tables:
                    fill(database)
        return f"{', '.join(tables or missing)} made anew{_costs(tables)}{_told(library, tables)}"

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
    "chunks": _fill_chunks,
    "embedders": _fill_embedders,
    "sources": fill_sources,
    "change": _fill_change,  # at last, since it names the embedder of the vectors that are left
}
