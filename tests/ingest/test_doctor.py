"""The doctor names each kind of difference, mends it, and then finds nothing any more."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from ingest.doctor import Finding, examine, mend
from ingest.drafts import draft_folder
from ingest.kept import keep
from ingest.kept_check import is_old
from ingest.originals import original_path
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.ingest.homes import answers, filled

pytestmark = pytest.mark.slow


def bad(library: Library) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(library) if not finding.good}


def lose_vectors(library: Library) -> None:
    library.catalogue.database.execute("DELETE FROM vectors WHERE chunk_id % 2 = 0")


def add_strays(library: Library) -> None:
    library.catalogue.database.execute("INSERT INTO vectors SELECT embedder_id, chunk_id + 999, vector FROM vectors")


def alter_chunk(library: Library) -> None:
    library.catalogue.database.execute("UPDATE chunks SET text = 'Something else.' WHERE id = 2")


def lose_chunk(library: Library) -> None:
    library.catalogue.database.execute("DELETE FROM chunks WHERE id = 3")


def empty_keyword_index(library: Library) -> None:
    import tantivy

    index = library.keyword._index
    writer = index.writer(64_000_000, 1)
    writer.delete_documents_by_query(tantivy.Query.range_query(index.schema, "id", tantivy.FieldType.Integer, 2, 3))
    writer.commit()
    index.reload()


def orphan(library: Library) -> None:
    folder = library.settings.home / "uploads" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "left.md").write_text("nobody's")
    old = time.time() - 7200
    os.utime(folder, (old, old))


def draft(library: Library) -> None:
    folder = library.settings.home / "drafts" / "killed"
    folder.mkdir(parents=True)
    os.utime(folder, (1, 1))


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lose_vectors, "vectors"),
        (add_strays, "vectors"),
        (alter_chunk, "chunks"),
        (lose_chunk, "chunks"),
        (empty_keyword_index, "keyword index"),
        (orphan, "originals"),
        (draft, "leftovers"),
    ],
)
def test_a_difference_is_named_and_mended(tmp_path: Path, harm: Callable[[Library], None], what: str):
    library = filled(tmp_path)
    before = answers(library)
    assert bad(library) == {}
    harm(library)
    reopened = Library(Settings(home=tmp_path))
    assert what in bad(reopened)
    for finding in bad(reopened).values():
        mend(reopened, finding)
    assert bad(reopened) == {}
    assert answers(reopened) == before


def test_an_altered_or_missing_original_is_named(tmp_path: Path):
    library = filled(tmp_path)
    first, second, *_ = sorted((tmp_path / "uploads").iterdir())
    next(first.glob("*.md")).write_text("other bytes")
    shutil.rmtree(second)
    said = bad(library)["originals"]
    assert said.text.startswith("gone or altered, so that they cannot be read again: ")
    assert said.text.count(".md") == 2
    assert said.cure is None


def test_of_two_copies_the_whole_one_is_read_and_makes_the_other_whole(tmp_path: Path):
    library = Library(Settings(home=tmp_path))
    kept = [keep(tmp_path, name, b"The harbour opens at six.") for name in ("a.md", "b.md")]
    for each in kept:
        list(Pipeline(library, "default").add([File(each.path, each.name)]))
    (record,) = library.catalogue.documents()
    kept[0].path.write_text("other bytes")
    assert original_path(tmp_path, record) == kept[1].path
    said = bad(library)["originals"]
    assert said.text == "1 kept file altered, of which there is a whole copy"
    mend(library, said)
    assert bad(library) == {}
    assert {each.path.read_bytes() for each in kept} == {b"The harbour opens at six."}


def test_an_altered_original_is_not_deleted_with_what_belongs_to_nobody(tmp_path: Path):
    """Most of it may still be readable, and nothing else has it."""
    library = filled(tmp_path)
    first = next(min((tmp_path / "uploads").iterdir()).glob("*.md"))
    first.write_text("other bytes")
    orphan(library)
    mend(library, bad(library)["originals"])
    assert bad(library)["originals"].text.startswith("gone or altered")
    assert "without a document" not in bad(library)["originals"].text
    assert first.exists()


def test_the_draft_of_a_process_that_lives_is_no_leftover(tmp_path: Path):
    """However long a large backup takes."""
    library = filled(tmp_path)
    with draft_folder(tmp_path) as folder:
        os.utime(folder, (1, 1))
        assert bad(library) == {}


def test_what_is_taken_away_while_it_is_looked_at_is_no_reason_to_worry(tmp_path: Path):
    """As drafts are, of which each lasts no longer than a file takes."""
    assert not is_old(tmp_path / "gone")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


def test_a_damaged_vector_index_is_named_and_written_anew(tmp_path: Path):
    library = filled(tmp_path)
    before = answers(library)
    (index,) = tmp_path.glob("vectors/*/*/index.faiss")
    flip(index)
    reopened = Library(Settings(home=tmp_path))
    assert "index.faiss has changed" in bad(reopened)["vector index"].text
    for finding in bad(reopened).values():
        mend(reopened, finding)
    again = Library(Settings(home=tmp_path))
    assert bad(again) == {}
    assert again.notes == []
    assert answers(again) == before


def test_what_was_inside_of_a_file_is_taken_out_again(tmp_path: Path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.md", "The harbour opens at six.")
        made.writestr("b.md", "A buoy is red.")
    library = Library(Settings(home=tmp_path / "home"))
    assert len(list(Pipeline(library, "d").add([File(archive, str(archive))]))) == 3
    one, other = sorted((tmp_path / "home/uploads").glob("*/*.md"))
    one.write_text("altered")
    other.unlink()
    ids = [record.id for record in library.catalogue.documents()]
    mend(library, bad(library)["originals"])
    assert bad(library) == {}
    assert [record.id for record in library.catalogue.documents()] == ids


def test_an_index_of_another_catalogue_is_not_used(tmp_path: Path):
    """Both have the same sequence, so that only the identity of the library tells them apart."""
    filled(tmp_path / "one").close()
    other = Library(Settings(home=tmp_path / "two"))
    kept = [keep(tmp_path / "two", f"{i}.md", f"Lighthouse {i} is {i * 9} m high.".encode()) for i in range(5)]
    list(Pipeline(other, "default").add(File(each.path, each.name) for each in kept))
    other.close()
    for name in ("keyword", "vectors"):
        shutil.rmtree(tmp_path / "two" / name, ignore_errors=True)
        if (tmp_path / "one" / name).exists():
            shutil.copytree(tmp_path / "one" / name, tmp_path / "two" / name)
    mixed = Library(Settings(home=tmp_path / "two"))
    assert bad(mixed).keys() <= {"vector index", "keyword index"}
    assert "Lighthouse" in mixed.retriever.retrieve("how high is lighthouse 3", 1).hits[0].chunk.text


def test_an_index_that_could_not_be_written_is_still_named(home: Path, capsys: pytest.CaptureFixture[str]):
    filled(home).close()
    shutil.rmtree(home / "vectors")
    (home / "vectors").write_text("in the way")
    assert main(["doctor", "--repair"]) == 1
    said = capsys.readouterr().out
    assert "vector index: could not be mended" in said
    assert "ok   vector index" not in said
    assert main(["doctor"]) == 1
    (home / "vectors").unlink()
    assert main(["doctor", "--repair"]) == 0
    assert list((home / "vectors").glob("*/gen-*"))
