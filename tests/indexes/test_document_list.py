from __future__ import annotations

import time
from pathlib import Path

import pytest

from indexes.catalogue import Catalogue
from indexes.document_list import DocumentFilter
from indexes.job_records import NewJob
from indexes.records import FileStat, NewChunk, NewDocument
from rag.types import Document
from tests.indexes.test_catalogue import vectors


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "home")


def put(
    catalogue: Catalogue, source: str, *, title: str = "", collection: str = "default", size: int = 1, n_chunks: int = 1
) -> int:
    embedder = catalogue.embedders.register("print", "tiny", 8, vectors())
    kind = "application/pdf" if source.endswith(".pdf") else "text/plain"
    warnings = ("3 pages have no text",) if "scan" in source else ()
    document = Document("Alpha beta.", title, kind, (), warnings=warnings, metadata={})
    new = NewDocument(collection, source, f"{source:0<64}"[:64], FileStat(size, 1, 1), "f", document)
    return catalogue.put(new, [NewChunk(0, 11, "", "", None, None)][:n_chunks], vectors(n_chunks), embedder)


def found(catalogue: Catalogue, order: str = "newest", **wanted: object) -> list[str]:
    asked = DocumentFilter(**wanted)
    page = [record.source for record in catalogue.listed.page(asked, order, 0, 100)]
    assert catalogue.listed.count(asked) == len(page)
    assert set(catalogue.listed.ids(asked)) == {r.id for r in catalogue.documents() if r.source in page}
    return page


def test_words_are_looked_for_in_names_and_titles_whatever_their_capitals(catalogue: Catalogue):
    put(catalogue, "/a/ÜBERSICHT.txt")
    put(catalogue, "/a/plain.txt", title="Die Übersicht der Häfen")
    put(catalogue, "/a/100%.txt")
    assert found(catalogue, "name", words="übersicht") == ["/a/plain.txt", "/a/ÜBERSICHT.txt"]
    assert found(catalogue, words="häfen ÜBER") == ["/a/plain.txt"]
    assert found(catalogue, words="%") == ["/a/100%.txt"]
    assert found(catalogue, words="_") == []


def test_each_filter_narrows(catalogue: Catalogue):
    put(catalogue, "scan.pdf", collection="old")
    put(catalogue, "b.pdf")
    put(catalogue, "c.txt", n_chunks=0)
    assert found(catalogue, "name", media_types=("application/pdf",)) == ["b.pdf", "scan.pdf"]
    assert found(catalogue, "name", media_types=("text/*", "image/*")) == ["c.txt"]
    assert found(catalogue, media_types=("application/pdf",), collection="old") == ["scan.pdf"]
    assert found(catalogue, state="warnings") == ["scan.pdf"]
    assert found(catalogue, state="empty") == ["c.txt"]
    assert found(catalogue, collection="none") == []
    assert sorted(catalogue.listed.media_types()) == ["application/pdf", "text/plain"]


def test_outdated_are_the_same_that_the_notes_name(catalogue: Catalogue):
    number = put(catalogue, "a.txt")
    put(catalogue, "b.txt")
    assert found(catalogue, state="outdated") == []
    catalogue.jobs.add("batch", "default", [NewJob("a.txt", "/nowhere/a.txt")])
    catalogue.database.execute("UPDATE jobs SET state = 'failed', reason = 'torn'")
    assert [older.document for older in catalogue.refused.older()] == [number]
    assert found(catalogue, state="outdated") == ["a.txt"]


def test_orders_and_pages(catalogue: Catalogue):
    for source, size in (("/z/b.txt", 5), ("/a/C.txt", 9), ("/m/a.txt", 7)):
        put(catalogue, source, size=size)
    assert found(catalogue) == ["/m/a.txt", "/a/C.txt", "/z/b.txt"]
    assert found(catalogue, "oldest") == ["/z/b.txt", "/a/C.txt", "/m/a.txt"]
    assert found(catalogue, "name") == ["/m/a.txt", "/z/b.txt", "/a/C.txt"]
    assert found(catalogue, "largest") == ["/a/C.txt", "/m/a.txt", "/z/b.txt"]
    assert found(catalogue, "smallest") == ["/z/b.txt", "/m/a.txt", "/a/C.txt"]
    second = catalogue.listed.page(DocumentFilter(), "name", 1, 1)
    assert [record.source for record in second] == ["/z/b.txt"]
    assert second == [catalogue.document(second[0].id)]
    assert catalogue.listed.there([second[0].id, 99]) == {second[0].id}


def test_a_page_of_ten_thousand_comes_at_once(catalogue: Catalogue):
    put(catalogue, "first.txt")
    catalogue.database.execute(
        """WITH RECURSIVE numbers (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM numbers WHERE value < 10000)
        INSERT INTO documents (collection_id, source, title, sha256, size, media_type, fingerprint, n_pages,
            n_chunks, warnings, metadata, added_at, sequence)
        SELECT 1, '/folder/' || value || '.txt', 'Note ' || value, printf('%064d', value), value, 'text/plain', 'f', 0,
            1, '[]', '{}', '2026-01-01T00:00:00', 1 FROM numbers"""
    )
    asked, best = DocumentFilter(words="note 77"), 9.0
    for _ in range(3):
        began = time.perf_counter()
        page = catalogue.listed.page(asked, "name", 50, 50)
        best = min(best, time.perf_counter() - began)
    assert len(page) == 50
    assert catalogue.listed.count(asked) == sum("77" in str(n) for n in range(10_001))
    assert best < 0.5, "on a slow machine; 30 ms on an idle one"
