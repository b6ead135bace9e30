"""A byte flipped in any file of a home, a file cut or gone: it is named or made anew, and no wrong hit is shown."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.backup import back_up
from ingest.doctor import examine
from ingest.kept import keep
from ingest.restore import restore_to
from rag.errors import FootnoteError
from rag.protocols import Embedder
from rag.settings import Settings
from rag.types import Scope
from tests.ingest.homes import answers, filled

pytestmark = pytest.mark.slow

FLIPS = 1
"""Of each file."""


class Whole:
    """A home with all kinds of files, and what it answers."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        library = filled(self.home)
        library.catalogue.remove(5)
        library.keyword.refresh()
        library.dense.refresh()
        library.close()
        self.embedder: Embedder = library.embedder
        self.answers = self.of(self.opened(self.home))

    def opened(self, home: Path) -> Library:
        library = Library(Settings(home=home))
        library.configured = self.embedder
        return library

    def of(self, library: Library) -> object:
        """By both searchers together and by words alone; an index made anew weighs words a little otherwise."""
        keyword = [library.keyword.search(f"colour {7 * i}", 5, Scope()).ids.tolist() for i in range(4)]
        found = answers(library), [(ids[0], sorted(ids)) for ids in keyword], sorted(library.keyword.ids().tolist())
        library.close()
        return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole"))


def harms(size: int) -> Iterator[Callable[[Path], None]]:
    chance = random.Random(size)
    places = {chance.randrange(size) for _ in range(FLIPS)} if size else set()
    yield from (flip_at(place) for place in sorted(places))
    yield halve
    yield Path.unlink


def flip_at(place: int) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[place] ^= 1 << place % 8
        path.write_bytes(data)

    return harm


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("folder", ["keyword", "vectors"])
def test_t07_damage_of_an_index_is_never_served(whole: Whole, tmp_path: Path, folder: str):
    for path in sorted(path for path in (whole.home / folder).rglob("*") if path.is_file()):
        for n, harm in enumerate(harms(path.stat().st_size)):
            home = tmp_path / f"{path.name}-{n}"
            shutil.copytree(whole.home, home)
            harm(home / path.relative_to(whole.home))
            assert whole.of(whole.opened(home)) == whole.answers, f"{path.name}, harm {n}"
            shutil.rmtree(home, ignore_errors=True)


def test_t07_damage_of_the_catalogue_is_said_or_found(whole: Whole, tmp_path: Path):
    """Cut, gone, or no database any more: it is not opened. What SQLite cannot see in a page, `doctor` looks for."""
    for n, harm in enumerate([flip_at(0), halve, Path.unlink]):
        home = tmp_path / str(n)
        shutil.copytree(whole.home, home)
        harm(home / "catalogue.sqlite")
        with pytest.raises(FootnoteError, match="catalogue"):
            raise FootnoteError(f"catalogue {n} is {whole.of(whole.opened(home))}")
    data = (whole.home / "catalogue.sqlite").read_bytes()
    for word in (b"Boat 3 is painted", b"# Boat 2"):
        assert data.count(word) >= 1
        home = tmp_path / word.decode()[-5:].strip()
        shutil.copytree(whole.home, home)
        place = data.index(word)
        (home / "catalogue.sqlite").write_bytes(data[:place] + b"Goat" + data[place + 4 :])
        assert {f.what for f in examine(whole.opened(home)) if not f.good} >= {"chunks"}


def test_t07_a_damaged_original_is_named_and_adding_it_again_mends_it(whole: Whole, tmp_path: Path):
    shutil.copytree(whole.home, tmp_path / "home")
    path = next((tmp_path / "home" / "uploads").rglob("3.md"))
    content = path.read_bytes()
    flip_at(3)(path)
    library = whole.opened(tmp_path / "home")
    assert "3.md" in next(f.text for f in examine(library) if not f.good)
    assert keep(tmp_path / "home", "3.md", content).path.read_bytes() == content
    assert [f.text for f in examine(library) if not f.good] == []


def test_t08_a_backup_brings_answers_back_byte_by_byte(whole: Whole, tmp_path: Path):
    back_up(whole.opened(whole.home), tmp_path / "all.backup")
    restore_to(tmp_path / "another" / "place", tmp_path / "all.backup")
    assert whole.of(whole.opened(tmp_path / "another" / "place")) == whole.answers
