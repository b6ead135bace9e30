"""A column that was dropped or renamed is found by its name, and brought back or told with the way out."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from app.cli import main as app
from indexes.library import Library
from indexes.schema_check import lacking
from ingest.cli import main
from rag.settings import Settings
from tests.ingest.working import made_of_archives

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home and the files that it was made of."""
    return made_of_archives(tmp_path_factory.mktemp("whole"))


def altered(whole: Path, home: Path, *changes: str) -> None:
    shutil.copytree(whole / "home", home)
    with closing(apsw.Connection(str(home / "catalogue.sqlite"))) as opened:
        for change in changes:
            opened.execute(f"ALTER TABLE {change}")


def bad(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["doctor"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BAD")]
    return line


def all_is_well(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--repair"]) == 0
    assert main(["doctor"]) == 0
    assert main(["add", str(whole / "docs")]) == 0
    for words, source in (("when do boats leave", "b.md"), ("which colour has the buoy", "a.md")):
        capsys.readouterr()
        assert app(["search", words, "--k", "1"]) == 0
        assert source in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("documents DROP COLUMN n_members", "the files inside of each document are counted again"),
        ("documents DROP COLUMN options", "settings that held for single documents are those for all again"),
        ("documents RENAME COLUMN title TO headline", "title of documents (which is called headline there)"),
        ("sources DROP COLUMN etag", "web pages are fetched again when they are synced"),
        ("jobs DROP COLUMN given_up", "the column given_up of jobs is as for a new row"),
        ("chunks DROP COLUMN page", "the documents are read again from their files"),
        ("embedders DROP COLUMN name", "every passage is embedded again"),
        ("vectors RENAME COLUMN vector TO v", "vector of vectors (which is called v there)"),
        ("change DROP COLUMN library", "the indexes are filled again from it"),
    ],
)
def test_what_can_be_brought_back(whole: Path, home: Path, change: str, said: str, capsys: pytest.CaptureFixture[str]):
    altered(whole, home, change)
    before = Library(Settings(home=whole / "home")).catalogue.documents()
    table, _, _, name, *_ = change.split()
    line = bad(capsys)
    assert line.startswith(f"BAD  catalogue: SQLite says ok, but it lacks the column {name} of {table}")
    assert said in line
    all_is_well(whole, capsys)
    catalogue = Library(Settings(home=home)).catalogue
    assert lacking(catalogue.database) == []
    assert [(r.title, r.n_members) for r in catalogue.documents()] == [(r.title, r.n_members) for r in before]


def test_several_at_once(whole: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    changes = ("documents DROP COLUMN n_members", "sources DROP COLUMN size", "embedders DROP COLUMN dim")
    altered(whole, home, *changes, "change DROP COLUMN embedder_id", "jobs RENAME TO errands")
    all_is_well(whole, capsys)


@pytest.mark.parametrize("change", ["documents DROP COLUMN media_type", "collections DROP COLUMN created_at"])
def test_what_nothing_else_tells(whole: Path, home: Path, change: str, capsys: pytest.CaptureFixture[str]):
    altered(whole, home, change)
    table, _, _, name = change.split()
    line = bad(capsys)
    assert f"what stood in the column {name} of {table} cannot be told from the rest" in line
    assert "ingest restore FILE --replace" in line
    assert main(["doctor", "--repair"]) == 1
    assert main(["backup", str(home.parent / "a.backup")]) == 1
    assert f"the catalogue lacks the column {name} of {table}" in capsys.readouterr().err
