"""What one tab does while another one is at it: nothing that was private is everybody's afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import app.jobs
import ingest.shelving
from indexes.access import Visibility
from ingest.files import File
from ingest.worker import Worker
from rag.errors import InputError
from tests.app.rights_home import ANNA, BEN, Home, copied, fill

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("meanwhile"))


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Iterator[Home]:
    with copied(made, tmp_path) as opened:
        yield opened


def upload(home: Home) -> None:
    home.of(ANNA).library.board.add([("payroll.txt", b"The director earns 12,345 crowns.")], "diary")


def after(monkeypatch: pytest.MonkeyPatch, module: object, name: str, deed: Callable[[], object]) -> None:
    """Something is done as soon as a function of a module has done its part, for the first time."""
    real, left = getattr(module, name), [deed]

    def wrapped(*args: object, **kwargs: object) -> object:
        done = real(*args, **kwargs)
        if left:
            left.pop()()
        return done

    monkeypatch.setattr(module, name, wrapped)


def read_all(home: Home) -> None:
    with Worker(home.workspace.library) as worker:
        list(worker.work())


def test_a_file_that_comes_while_its_collection_is_deleted_keeps_it(home: Home, monkeypatch: pytest.MonkeyPatch):
    after(monkeypatch, ingest.shelving, "remove", lambda: upload(home))
    with pytest.raises(InputError, match="files are on their way into 'diary'"):
        home.of(ANNA).library.delete("diary")
    read_all(home)
    assert [record.source for record in home.records("diary")] == ["payroll.txt"]
    assert "diary" not in home.of(BEN).catalogue.collections()


def test_a_file_that_comes_after_the_deletion_begins_a_collection_of_the_same_person(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    after(monkeypatch, app.jobs, "keep", lambda: home.of(ANNA).library.delete("diary"))
    upload(home)
    read_all(home)
    sharing = home.of(ANNA).library.sharing()["diary"]
    assert (sharing.owner, sharing.visibility) == ("anna", Visibility.PRIVATE)
    assert "diary" not in home.of(BEN).catalogue.collections()


def test_a_file_that_comes_while_its_collection_is_named_anew_stays_private(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    after(monkeypatch, app.jobs, "keep", lambda: home.of(ANNA).library.rename("diary", "secrets"))
    upload(home)
    read_all(home)
    assert {"diary", "secrets"} <= set(home.of(ANNA).catalogue.collections())
    assert not {"diary", "secrets"} & set(home.of(BEN).catalogue.collections())


def test_a_document_that_is_moved_while_its_new_place_is_deleted_stays_private(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    after(monkeypatch, ingest.shelving, "_with_holder", lambda: home.of(ANNA).library.delete("team"))
    number = home.records("diary")[0].id
    assert home.of(ANNA).library.move([number], "team").n == 1
    assert [record.id for record in home.records("team")] == [number]
    assert home.of(ANNA).library.sharing()["team"].owner == "anna"
    assert "team" not in home.of(BEN).catalogue.collections()


def test_pages_of_the_web_and_folders_that_come_after_the_deletion_stay_private(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "note.md").write_text("Nobody reads this.", "utf-8")
    files = [File(tmp_path / "note.md", "note.md")]
    board = home.of(ANNA).library.board
    deeds: dict[str, Callable[[], object]] = {
        "is_address": lambda: board.add_page("https://example.org/", "diary"),
        "settle": lambda: board.add_files(files, "team"),
    }
    for (between, deed), name in zip(deeds.items(), ("diary", "team"), strict=True):
        after(monkeypatch, app.jobs, between, partial(home.of(ANNA).library.delete, name))
        deed()
        assert home.of(ANNA).library.sharing()[name].owner == "anna"
        assert name not in home.of(BEN).catalogue.collections()
