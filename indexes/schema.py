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
    """
    -- Where a document's bytes were found: the same bytes under two names are one document with two sources.
    CREATE TABLE sources (
        collection_id INTEGER NOT NULL REFERENCES collections (id),
        source TEXT NOT NULL,
        document_id INTEGER NOT NULL REFERENCES documents (id),
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL,
        etag TEXT NOT NULL DEFAULT '',
        last_modified TEXT NOT NULL DEFAULT '',
        container_id INTEGER REFERENCES documents (id),
        PRIMARY KEY (collection_id, source)
    ) WITHOUT ROWID;
    CREATE INDEX sources_by_document ON sources (document_id);
    CREATE INDEX sources_by_container ON sources (container_id) WHERE container_id IS NOT NULL;
    INSERT INTO sources (collection_id, source, document_id, size, modified_ns, changed_ns)
        SELECT collection_id, source, id, size, modified_ns, 0 FROM documents;
    ALTER TABLE documents DROP COLUMN modified_ns;
    ALTER TABLE documents ADD COLUMN n_members INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
    CREATE INDEX documents_by_content ON documents (sha256);

    -- Where words and tables stand on a page: JSON, deflated.
    CREATE TABLE layouts (
        document_id INTEGER NOT NULL REFERENCES documents (id),
        page INTEGER NOT NULL,
        places BLOB NOT NULL,
        PRIMARY KEY (document_id, page)
    ) WITHOUT ROWID;

    -- `library` tells a catalogue from another one of the same sequence; searches use the vectors of `embedder_id`.
    ALTER TABLE change ADD COLUMN library TEXT NOT NULL DEFAULT '';
    ALTER TABLE change ADD COLUMN embedder_id INTEGER REFERENCES embedders (id);
    UPDATE change SET embedder_id =
        (SELECT embedder_id FROM vectors GROUP BY embedder_id ORDER BY COUNT(*) DESC, embedder_id DESC LIMIT 1);
    ALTER TABLE embedders ADD COLUMN tokenizer TEXT NOT NULL DEFAULT '';

    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        batch TEXT NOT NULL,
        collection TEXT NOT NULL,
        source TEXT NOT NULL,
        path TEXT NOT NULL,
        size INTEGER NOT NULL,
        options TEXT NOT NULL,
        container_id INTEGER,
        depth INTEGER NOT NULL,
        state TEXT NOT NULL,
        step TEXT NOT NULL DEFAULT '',
        done INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        document_id INTEGER,
        pages INTEGER NOT NULL DEFAULT 0,
        chunks INTEGER NOT NULL DEFAULT 0,
        warnings TEXT NOT NULL DEFAULT '[]',
        attempts INTEGER NOT NULL DEFAULT 0,
        owner TEXT NOT NULL DEFAULT '',
        lease_until REAL NOT NULL DEFAULT 0,
        queued_at REAL NOT NULL,
        started_at REAL NOT NULL DEFAULT 0,
        finished_at REAL NOT NULL DEFAULT 0
    );
    CREATE UNIQUE INDEX open_jobs ON jobs (collection, source)
        WHERE state NOT IN ('ready', 'unchanged', 'failed', 'cancelled');
    CREATE INDEX jobs_by_state ON jobs (state, id);
    CREATE INDEX jobs_by_batch ON jobs (batch, id);
    """,
    """
    -- By which version of the readers a failed file was given up for good; empty where another try may go better.
    ALTER TABLE jobs ADD COLUMN given_up TEXT NOT NULL DEFAULT '';
    DELETE FROM jobs WHERE container_id IS NOT NULL AND container_id NOT IN (SELECT id FROM documents);
    CREATE INDEX jobs_by_container ON jobs (container_id) WHERE container_id IS NOT NULL;

    -- What each file inside of an outermost one has handed out, under its name from there; '' is the outermost itself.
    CREATE TABLE unpacked (
        outermost_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        n_files INTEGER NOT NULL,
        n_bytes INTEGER NOT NULL,
        PRIMARY KEY (outermost_id, name)
    ) WITHOUT ROWID;
    """,
    """
    -- The bytes of files that were given up for good: the same bytes are not tried again.
    CREATE TABLE refused (
        job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL
    );
    """,
    """
    -- Which bytes nobody can read, in which version of the readers and why. It stays when the list of jobs is cleared.
    ALTER TABLE refused RENAME TO refused_jobs;
    CREATE TABLE refused (
        collection TEXT NOT NULL,
        source TEXT NOT NULL,
        container_id INTEGER REFERENCES documents (id) ON DELETE CASCADE,
        readers TEXT NOT NULL,
        reason TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL,
        PRIMARY KEY (collection, source)
    ) WITHOUT ROWID;
    CREATE INDEX refused_by_container ON refused (container_id) WHERE container_id IS NOT NULL;
    INSERT OR IGNORE INTO refused
        SELECT j.collection, j.source, j.container_id, j.given_up, j.reason, coalesce(r.sha256, ''),
            coalesce(r.size, 0), coalesce(r.modified_ns, 0), coalesce(r.changed_ns, 0)
        FROM jobs j LEFT JOIN refused_jobs r ON r.job_id = j.id
        WHERE j.state = 'failed' AND j.given_up <> ''
            AND (j.container_id IS NULL OR j.container_id IN (SELECT id FROM documents));
    DROP TABLE refused_jobs;

    -- When a file was asked for once more; `queued_at` tells to which run it belongs.
    ALTER TABLE jobs ADD COLUMN retried_at REAL NOT NULL DEFAULT 0;
    """,
    """
    -- How much meaning counts against words in a collection: as a person has set it, and as it was tuned by questions
    -- made from passages, when there were so many, with the vectors of that embedder.
    CREATE TABLE weights (
        collection_id INTEGER PRIMARY KEY REFERENCES collections (id) ON DELETE CASCADE,
        fixed REAL,
        tuned REAL,
        n_questions INTEGER NOT NULL DEFAULT 0,
        n_chunks INTEGER NOT NULL DEFAULT 0,
        embedder TEXT NOT NULL DEFAULT '',
        tuned_at TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX documents_by_collection ON documents (collection_id, n_chunks);
    """,
    """
    -- What was asked and answered, by whom. Times are seconds, UTC. `folded` and `said` are what is searched.
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        folded TEXT NOT NULL,
        is_pinned INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        changed_at REAL NOT NULL,
        removed_at REAL
    );
    CREATE INDEX conversations_by_owner ON conversations (owner, changed_at);
    CREATE TABLE turns (
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        asked_at REAL NOT NULL,
        question TEXT NOT NULL,
        said TEXT NOT NULL,
        turn TEXT NOT NULL,
        PRIMARY KEY (conversation_id, n)
    ) WITHOUT ROWID;
    """,
    """
    -- What people said of answers: reasons as a JSON list, and no word of theirs. `ms` is what the answer took.
    CREATE TABLE feedback (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        owner TEXT NOT NULL,
        is_up INTEGER NOT NULL,
        reasons TEXT NOT NULL,
        model TEXT NOT NULL,
        refused INTEGER NOT NULL,
        ms REAL NOT NULL
    );
    CREATE INDEX feedback_by_time ON feedback (at);

    -- Their words, where they may be kept: with the turn, whose question it is, and gone with it; or without one, for
    -- as long as the audit log keeps texts.
    CREATE TABLE feedback_texts (
        feedback_id INTEGER PRIMARY KEY REFERENCES feedback (id) ON DELETE CASCADE,
        conversation_id INTEGER,
        n INTEGER,
        question TEXT NOT NULL DEFAULT '',
        comment TEXT NOT NULL DEFAULT '',
        FOREIGN KEY (conversation_id, n) REFERENCES turns (conversation_id, n) ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX feedback_texts_by_turn ON feedback_texts (conversation_id, n);
    """,
    """
    -- Whose a collection is, and who may see it; without a row it is nobody's and public. Its members see it while it
    -- is shared.
    CREATE TABLE access (
        collection_id INTEGER PRIMARY KEY REFERENCES collections (id) ON DELETE CASCADE,
        visibility TEXT NOT NULL,
        owner TEXT NOT NULL
    );
    CREATE TABLE access_members (
        collection_id INTEGER NOT NULL REFERENCES access (collection_id) ON DELETE CASCADE,
        person TEXT NOT NULL,
        may_edit INTEGER NOT NULL,
        PRIMARY KEY (collection_id, person)
    ) WITHOUT ROWID;
    """,
    """
    -- Documents that were removed and can be put back until a time (seconds, UTC): where they were, and nothing of what
    -- they said. `act` is one removal. `former` tells whose the collection was, as JSON, once that is deleted itself.
    CREATE TABLE removed (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        act TEXT NOT NULL,
        collection TEXT NOT NULL,
        sources TEXT NOT NULL,
        title TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        options TEXT NOT NULL,
        n_members INTEGER NOT NULL,
        container_id INTEGER REFERENCES documents (id) ON DELETE CASCADE,
        depth INTEGER NOT NULL,
        is_kept INTEGER NOT NULL,
        person TEXT NOT NULL,
        removed_at REAL NOT NULL,
        until REAL NOT NULL,
        former TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX removed_by_act ON removed (act, collection, former, until, removed_at);
    CREATE INDEX removed_by_content ON removed (sha256);
    CREATE INDEX removed_by_container ON removed (container_id) WHERE container_id IS NOT NULL;
    """,
    """
    -- What of the files that came in a person wants to be told no more: all that ended up to a time (seconds, UTC).
    CREATE TABLE dismissals (person TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
    """,
    """
    -- A comment is written for whoever runs Footnote, so it stays where another answer takes the place of its own.
    -- Those of conversations that were removed by now were given on other terms, and go with them.
    ALTER TABLE feedback ADD COLUMN comment TEXT NOT NULL DEFAULT '';
    UPDATE feedback SET comment = coalesce((SELECT t.comment FROM feedback_texts t
        LEFT JOIN conversations c ON c.id = t.conversation_id
        WHERE t.feedback_id = feedback.id AND c.removed_at IS NULL), '');
    ALTER TABLE feedback_texts DROP COLUMN comment;
    """,
)
"""Each entry takes the catalogue one version further; `PRAGMA user_version` counts the entries applied."""
