from __future__ import annotations

from pathlib import Path

from indexes.catalogue import Catalogue
from indexes.storage import CollectionSize, collection_sizes, storage
from tests.indexes.test_document_list import put


def test_each_part_of_a_home_is_counted(tmp_path: Path):
    assert storage(tmp_path / "nowhere").total == 0
    for name, n_bytes in (("uploads/ab/x.pdf", 10), ("keyword/segment", 20), ("vectors/1/rows", 30), ("chroma/a", 40)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x" * n_bytes)
    (tmp_path / "catalogue.sqlite").write_bytes(b"x" * 100)
    (tmp_path / "catalogue.sqlite-wal").write_bytes(b"x" * 5)
    (tmp_path / "uploads/link").symlink_to(tmp_path / "keyword")
    found = storage(tmp_path)
    assert (found.indexes, found.catalogue) == (90, 105)
    assert 10 <= found.originals < 10 + 200, "a link counts as what it is, and not as what it leads to"
    assert found.total == found.originals + 195


def test_collections_tell_what_they_hold(tmp_path: Path):
    catalogue = Catalogue(tmp_path / "home")
    put(catalogue, "a.txt", size=1000)
    put(catalogue, "b.txt", size=10)
    put(catalogue, "c.txt", collection="other", size=7, n_chunks=0)
    container = put(catalogue, "all.zip", collection="zipped", size=50)
    member = put(catalogue, "all.zip!/x.txt", collection="zipped", size=900)
    catalogue.database.execute("UPDATE sources SET container_id = ? WHERE document_id = ?", (container, member))
    assert collection_sizes(catalogue) == [
        CollectionSize("default", 2, 2, 1010),
        CollectionSize("other", 1, 0, 7),
        CollectionSize("zipped", 2, 2, 50),
    ]
