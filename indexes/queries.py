"""The longer statements of the catalogue."""

from __future__ import annotations

import json

from rag.types import Scope

PUT_DOCUMENT = """
    INSERT INTO documents (id, collection_id, source, title, sha256, size, media_type, fingerprint, n_pages, n_chunks,
        warnings, metadata, added_at, sequence, n_members, options)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, sha256 = excluded.sha256, size = excluded.size,
        media_type = excluded.media_type, fingerprint = excluded.fingerprint, n_pages = excluded.n_pages,
        n_chunks = excluded.n_chunks, warnings = excluded.warnings, metadata = excluded.metadata,
        added_at = excluded.added_at, sequence = excluded.sequence, n_members = excluded.n_members,
        options = excluded.options
    RETURNING id
"""
END_REMOVED = """
    DELETE FROM removed WHERE former = '' AND collection = (SELECT name FROM collections WHERE id = ?)
        AND ? IN (SELECT value FROM json_each(removed.sources))
        AND (NOT is_kept OR sha256 = (SELECT sha256 FROM documents WHERE id = ?))
"""
PUT_CHUNK = """
    INSERT INTO chunks (document_id, ordinal, start, end, page, last_page, heading, context, text, sequence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
PUT_SOURCE = """
    INSERT INTO sources (collection_id, source, document_id, size, modified_ns, changed_ns, etag, last_modified,
        container_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (collection_id, source) DO UPDATE SET document_id = excluded.document_id, size = excluded.size,
        modified_ns = excluded.modified_ns, changed_ns = excluded.changed_ns, etag = excluded.etag,
        last_modified = excluded.last_modified, container_id = excluded.container_id
"""
NEWEST = """
    SELECT max((SELECT coalesce(max(sequence), 0) FROM documents), (SELECT coalesce(max(sequence), 0) FROM chunks),
        (SELECT coalesce(max(sequence), 0) FROM tombstones), (SELECT coalesce(max(sequence), 0) FROM generations))
"""
"""The greatest number that any change has left."""
COUNT_COLLECTIONS = """
    SELECT c.name, COUNT(d.id) FROM collections c LEFT JOIN documents d ON d.collection_id = c.id
    GROUP BY c.id ORDER BY c.name
"""
DOCUMENT = """
    SELECT d.id, c.name, d.source, d.title, d.sha256, d.size, d.media_type, d.n_pages, d.n_chunks, d.warnings,
        d.metadata, d.fingerprint, d.added_at, d.n_members, d.options,
        (SELECT json_group_array(s.source) FROM sources s WHERE s.document_id = d.id AND s.source <> d.source)
    FROM documents d JOIN collections c ON c.id = d.collection_id
"""
SOURCE = """
    SELECT c.name, s.source, s.document_id, s.size, s.modified_ns, s.changed_ns, s.etag, s.last_modified,
        s.container_id, d.sha256, d.fingerprint, d.media_type, d.options,
        CASE d.n_members WHEN 0 THEN '[]' ELSE (
            WITH RECURSIVE holders (id, n) AS (
                VALUES (d.id, d.n_members) UNION
                SELECT e.id, e.n_members FROM holders h JOIN sources m ON m.container_id = h.id
                    JOIN documents e ON e.id = m.document_id WHERE e.n_members > 0)
            SELECT CASE WHEN EXISTS (
                    SELECT 1 FROM holders h WHERE h.n > (SELECT COUNT(*) FROM (
                        SELECT source FROM sources WHERE container_id = h.id UNION
                        SELECT r.source FROM refused r WHERE r.container_id = h.id AND NOT EXISTS (
                            SELECT 1 FROM jobs j WHERE j.collection = r.collection AND j.source = r.source
                                AND j.state NOT IN ('ready', 'unchanged', 'failed', 'cancelled')))))
                THEN NULL
                ELSE (SELECT json_group_array(g) FROM (
                    SELECT r.readers AS g FROM holders h JOIN refused r ON r.container_id = h.id UNION
                    SELECT j.given_up FROM holders h JOIN jobs j ON j.container_id = h.id WHERE j.state = 'failed'))
                END) END, d.n_pages, d.n_chunks, d.warnings
    FROM sources s JOIN collections c ON c.id = s.collection_id JOIN documents d ON d.id = s.document_id
"""
CHUNK = """
    SELECT k.id, k.document_id, k.ordinal, k.start, k.end, k.text, k.heading, k.context, k.page, k.last_page,
        d.source, d.title, c.name, CASE WHEN k.ordinal > 0 THEN (
            SELECT substr(o.text, 1, 1000) FROM chunks o WHERE o.document_id = k.document_id AND o.ordinal = 0) END,
        CASE WHEN k.page < k.last_page THEN (
            SELECT json_group_array(json_array(p.number, p.start)) FROM pages p
            WHERE p.document_id = k.document_id AND p.start > k.start AND p.start < k.end) END
    FROM chunks k JOIN documents d ON d.id = k.document_id JOIN collections c ON c.id = d.collection_id
"""
_IN_SCOPE = """
    WHERE (? = 0 OR d.id IN (SELECT value FROM json_each(?)))
        AND (? = 0 OR c.name IN (SELECT value FROM json_each(?)))
        AND (? IS NULL OR c.name IN (SELECT value FROM json_each(?)))
"""
SCOPED = f"""
    SELECT k.id FROM documents d JOIN collections c ON c.id = d.collection_id JOIN chunks k ON k.document_id = d.id
    {_IN_SCOPE} ORDER BY k.id
"""  # noqa: S608
NAMES = f"""
    SELECT d.id, d.title, d.source, d.n_chunks FROM documents d JOIN collections c ON c.id = d.collection_id
    {_IN_SCOPE} AND d.n_chunks > 0 ORDER BY d.id
"""  # noqa: S608
PASSAGES = f"""
    SELECT k.id FROM documents d JOIN collections c ON c.id = d.collection_id JOIN chunks k ON k.document_id = d.id
    {_IN_SCOPE} ORDER BY d.id, k.ordinal
"""  # noqa: S608
_INSIDE = """
    WITH RECURSIVE inside (id) AS (
        SELECT value FROM json_each(?) UNION
        SELECT s.document_id FROM sources s JOIN inside i ON s.container_id = i.id)
"""
HOLDERS = """
    WITH RECURSIVE up (id, n) AS (
        VALUES (?, 0) UNION
        SELECT s.container_id, n + 1 FROM up JOIN sources s ON s.document_id = up.id
        WHERE s.container_id IS NOT NULL AND n < 20)
    SELECT id FROM up ORDER BY n
"""
CONTENTS = f"{_INSIDE} SELECT DISTINCT sha256 FROM documents WHERE id IN (SELECT id FROM inside)"  # noqa: S608
DOCUMENTS_INSIDE = f"{_INSIDE} SELECT id FROM inside"  # noqa: S608
JOBS_INSIDE = f"{_INSIDE} SELECT id FROM jobs WHERE container_id IN (SELECT id FROM inside)"  # noqa: S608
SOURCES_INSIDE = f"{_INSIDE} SELECT source FROM sources WHERE container_id IN (SELECT id FROM inside)"  # noqa: S608
LANGUAGES = """
    SELECT id, coalesce(json_extract(metadata, '$.language'), 'en') FROM documents
    WHERE id IN (SELECT value FROM json_each(?))
"""
VECTORS = """
    SELECT chunk_id, vector FROM vectors
    WHERE embedder_id = ? AND typeof(vector) = 'blob' AND length(vector) = ?
"""
WITHOUT_VECTOR = """
    SELECT k.id FROM chunks k LEFT JOIN vectors v ON v.embedder_id = ? AND v.chunk_id = k.id
    WHERE v.chunk_id IS NULL ORDER BY k.id
"""


def scope_bindings(scope: Scope) -> tuple[object, ...]:
    """What stands for a scope in SCOPED, NAMES and PASSAGES."""
    allowed = None if scope.allowed is None else json.dumps(sorted(scope.allowed))
    documents, collections = json.dumps(scope.documents), json.dumps(scope.collections)
    return len(scope.documents), documents, len(scope.collections), collections, allowed, allowed
