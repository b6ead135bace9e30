"""The catalogue's tables, and how a catalogue of an older version becomes one of this version."""

from __future__ import annotations

DERIVED = ("keyword", "vectors", "chroma")
"""Folders of a home that are made from its catalogue."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE change (sequence INTEGER NOT NULL);
    INSERT INTO change VALUES (0);

    CREATE TABLE collections (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL
    );

    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        collection_id INTEGER NOT NULL REFERENCES collections (id),
        source TEXT NOT NULL,
        title TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        media_type TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        n_pages INTEGER NOT NULL,
        n_chunks INTEGER NOT NULL,
        warnings TEXT NOT NULL,
        metadata TEXT NOT NULL,
        added_at TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        UNIQUE (collection_id, source)
    );

    CREATE TABLE texts (document_id INTEGER PRIMARY KEY REFERENCES documents (id), text TEXT NOT NULL);

    CREATE TABLE pages (
        document_id INTEGER NOT NULL REFERENCES documents (id),
        number INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID;

    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents (id),
        ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        page INTEGER,
        last_page INTEGER,
        heading TEXT NOT NULL,
        context TEXT NOT NULL,
        text TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        UNIQUE (document_id, ordinal)
    );
    CREATE INDEX chunks_by_sequence ON chunks (sequence);

    CREATE TABLE tombstones (chunk_id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);
    CREATE INDEX tombstones_by_sequence ON tombstones (sequence);

    CREATE TABLE embedders (
        id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        dim INTEGER NOT NULL,
        canaries BLOB NOT NULL
    );

    -- No foreign key to chunks: checking it would scan this table for every chunk removed. `doctor` looks for strays.
    CREATE TABLE vectors (
        embedder_id INTEGER NOT NULL REFERENCES embedders (id),
        chunk_id INTEGER NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (embedder_id, chunk_id)
    ) WITHOUT ROWID;

    CREATE TABLE generations (
        name TEXT PRIMARY KEY,
        directory TEXT NOT NULL,
        sequence INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
)
"""Each entry takes the catalogue one version further; `PRAGMA user_version` counts the entries applied."""
