"""Examining changes nothing, and names what is missing or damaged once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexes.library import Library
from indexes.ownership import Ownership
from ingest.cli import main
from rag.settings import Settings
from tests.ingest.homes import added, copied

pytestmark = pytest.mark.slow


@pytest.fixture
def library(home: Path) -> Library:
    return Library(Settings(home=copied(home, fill)))


def fill(home: Path) -> None:
    paths = [home.parent / f"{number}.md" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_text(f"Boat {number} is painted in colour {7 * number}.")
    added(home, *paths)


def lose_keyword(home: Path) -> None:
    shutil.rmtree(home / "keyword")


def flip_keyword(home: Path) -> None:
    flip(max((home / "keyword").rglob("*.store")))


def lose_vectors(home: Path) -> None:
    shutil.rmtree(home / "vectors")


def lose_manifest(home: Path) -> None:
    for manifest in home.glob("vectors/*/*/MANIFEST.json"):
        manifest.unlink()


def flip_vectors(home: Path) -> None:
    for index in home.glob("vectors/*/*/index.faiss"):
        flip(index)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def files(home: Path) -> dict[str, tuple[int, bytes]]:
    """All but what SQLite keeps beside its file while it is open."""
    found = [path for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lose_keyword, "keyword index: {home}/keyword/2 is missing; the next search makes it anew from the catalogue"),
        (flip_keyword, "keyword index: the keyword index in {home}/keyword/2 is not used but filled"),
        (lose_vectors, "is missing; until it is made anew, searches read the catalogue instead"),
        (lose_manifest, "is not used but filled from the catalogue: MANIFEST.json is missing"),
        (flip_vectors, "is not used but filled from the catalogue: index.faiss has changed"),
    ],
)
def test_what_is_missing_or_damaged_is_said_once_and_left_as_it_is(
    library: Library, home: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None], said: str
):
    library.close()
    harm(home)
    before = files(home)
    capsys.readouterr()
    assert main(["doctor"]) == 1
    told = capsys.readouterr()
    (bad,) = [line for line in told.out.splitlines() if line.startswith("BAD")]
    assert said.format(home=home) in bad
    assert "Errno" not in bad
    assert told.err == ""
    assert files(home) == before
    assert main(["doctor", "--repair"]) == 0
    assert main(["doctor"]) == 0


def test_a_home_that_is_whole_is_left_as_it_is(library: Library, home: Path):
    library.close()
    before = files(home)
    assert main(["doctor"]) == 0
    assert files(home) == before


def with_value(value: float) -> Callable[[bytes], bytes]:
    def harmed(blob: bytes) -> bytes:
        vector = np.frombuffer(blob, dtype=np.float16).copy()
        vector[5] = value
        return vector.tobytes()

    return harmed


def has_one_sentence(said: str, sentence: str) -> bool:
    return [line for line in said.splitlines() if line.startswith("BAD")] == [f"BAD  {sentence}"]


@pytest.mark.parametrize("kept", ["index", "catalogue alone"])
@pytest.mark.parametrize(
    "harm",
    [with_value(np.inf), with_value(100.0), with_value(0.7), lambda blob: blob[:-3], lambda _: b"", lambda b: b + b],
    ids=["infinite", "long", "a little", "cut", "empty", "doubled"],
)
def test_a_vector_that_was_damaged_is_embedded_again(
    library: Library, home: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[bytes], bytes], kept: str
):
    (blob,) = library.catalogue.database.rows("SELECT vector FROM vectors WHERE chunk_id = 2")[0]
    library.catalogue.database.execute("UPDATE vectors SET vector = ? WHERE chunk_id = 2", (harm(blob),))
    if kept == "catalogue alone":
        library.catalogue.embedders.forget_generations()
        shutil.rmtree(home / "vectors")
    library.close()
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert has_one_sentence(capsys.readouterr().out, "vectors: 1 vector damaged")
    assert main(["doctor", "--repair"]) == 0
    (mended,) = library.catalogue.database.rows("SELECT vector FROM vectors WHERE chunk_id = 2")[0]
    assert np.abs(np.frombuffer(mended, dtype=np.float16) - np.frombuffer(blob, dtype=np.float16)).max() < 1e-3
    library.catalogue.database.execute("DELETE FROM vectors WHERE chunk_id = 2")
    assert main(["doctor"]) == 1
    assert has_one_sentence(capsys.readouterr().out.partition("\n\n")[0], "vectors: 1 chunk without a vector of minilm")
    assert main(["doctor", "--repair"]) == 0


def test_an_index_of_chroma_is_looked_at_and_left_as_it_is(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("FOOTNOTE_INDEX", "chroma")
    (tmp_path / "note.md").write_text("The harbour opens at six.")
    assert main(["add", str(tmp_path / "note.md")]) == 0
    assert main(["doctor"]) == 0
    (folder,) = (home / "chroma").iterdir()
    flip(folder / "index" / "chroma.sqlite3")
    for said in ("is filled again from the catalogue: chroma.sqlite3 has changed", "index is missing"):
        before = {name: seen for name, seen in files(home).items() if not name.endswith("owner.lock")}
        capsys.readouterr()
        assert main(["doctor"]) == 1
        assert said in capsys.readouterr().out
        assert {name: seen for name, seen in files(home).items() if not name.endswith("owner.lock")} == before
        shutil.rmtree(folder / "index", ignore_errors=True)
    assert main(["doctor", "--repair"]) == 0
    assert main(["doctor"]) == 0
    owner = Ownership.take(folder)
    assert main(["doctor"]) == 0
    assert "vector index: another process has it open" in capsys.readouterr().out
    assert owner is not None
    owner.release()
