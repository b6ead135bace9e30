"""Sets of questions and runs over them follow a collection that gets another name, by the page or by a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.evaluation import tasks
from app.evaluation.runs import Runs
from app.evaluation.sets import QuestionSets
from app.permissions import Permissions
from app.personal_library import PersonalLibrary
from indexes.library import Library
from ingest import evaluated
from ingest.cli import main
from rag.errors import InputError, StoreError
from rag.settings import Settings
from tests.app.test_evaluation import FIRST, Still


class Stores:
    """A set and a run about each of two collections, and one of each that was removed, about the first."""

    def __init__(self, home: Path) -> None:
        lane = Still("still", home, {})
        self.sets, self.runs = QuestionSets(home, lane), Runs(home, lane, lane)
        for name in ("harbour", "other", "harbour"):
            self.runs.start(self.sets, self.sets.create(name, name, [FIRST]), name, {}, None)
        for store in (self.sets, self.runs):
            (self.last, *_) = store.all()
            tasks.end(self.last.folder if store is self.runs else store.folders.folder(self.last.id), "done")
            store.remove(self.last.id)

    def about(self) -> list[str]:
        return [one.collection for store in (self.sets, self.runs) for one in store.all()]


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return Stores(tmp_path)


def test_those_about_it_follow_and_others_stay(stores: Stores, tmp_path: Path):
    evaluated.rename(tmp_path, "harbour", "Häfen")
    assert stores.about() == ["other", "Häfen"] * 2
    for store in (stores.sets, stores.runs):
        store.folders.restore()
    assert stores.about() == ["Häfen", "other", "Häfen"] * 2
    first = stores.sets.all()[-1]
    assert (first.name, stores.sets.questions(first.id)) == ("harbour", [FIRST])


def test_what_cannot_be_read_stops_no_other(stores: Stores, tmp_path: Path):
    bad = tmp_path / "evaluation" / "sets" / "x"
    bad.mkdir()
    for text in ("{", "[]", '"harbour"'):
        (bad / "set.json").write_text(text)
        evaluated.rename(tmp_path, *(("harbour", "port") if text == "{" else ("port", "port")))
        assert (bad / "set.json").read_text() == text
    assert stores.about() == ["other", "port"] * 2


def test_without_any_nothing_is_made(tmp_path: Path):
    evaluated.rename(tmp_path, "harbour", "port")
    assert list(tmp_path.iterdir()) == []


def test_questions_that_were_not_made_are_made_anew_of_the_same_documents(tmp_path: Path):
    sets = QuestionSets(tmp_path, Still("still", tmp_path, {}))
    id = sets.make("Mine", "harbour", 5, 1)
    before = tasks.command_of(sets.folders.folder(id))
    evaluated.rename(tmp_path, "harbour", "port")
    sets.make_again(id)
    after = tasks.command_of(sets.folders.folder(id))
    assert after == [part.replace("--collection=harbour", "--collection=port") for part in before]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """With an empty collection, and a set about it."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    with closing(Library(Settings(home=tmp_path))) as opened:
        opened.catalogue.access.begin("harbour", "Ann")
        yield opened


@pytest.mark.parametrize("way", ["page", "command"])
def test_the_page_and_the_command_tell_them(library: Library, tmp_path: Path, way: str):
    stores = Stores(tmp_path)
    if way == "page":
        PersonalLibrary(library, Permissions(library.catalogue.access)).rename("harbour", "port")
    else:
        assert main(["collections", "harbour", "--rename", "port"]) == 0
    assert stores.about() == ["other", "port"] * 2


def test_where_the_disk_does_not_take_it_the_collection_keeps_its_name(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    stores = Stores(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    mine = PersonalLibrary(library, Permissions(library.catalogue.access))
    with monkeypatch.context() as patched:
        patched.setattr(evaluated, "write_durably", full)
        with pytest.raises(StoreError, match="cannot follow its new name"):
            mine.rename("harbour", "port")
    assert list(library.catalogue.collections()) == ["harbour"]
    mine.rename("harbour", "port")
    assert stores.about() == ["other", "port"] * 2
    with pytest.raises(InputError):
        mine.rename("harbour", "again")
    assert stores.about() == ["other", "port"] * 2
