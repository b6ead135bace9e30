"""Whichever table a catalogue lacks, every command says so in a sentence, and the doctor makes it anew or names the way
out."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from app.cli import main as app
from indexes.access import Visibility
from indexes.catalogue import Catalogue
from indexes.catalogue_file import NAME
from indexes.schema import MIGRATIONS
from ingest.archive import pack
from ingest.cli import main
from ingest.files import digest
from ingest.lost_tables import COSTS, LOST
from rag.rights import OWNER, Person, Role
from tests.ingest.working import made_of_archives

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "samples" / "documents" / "self-locking-nuts.pdf"
BROUGHT_BACK = ("change", "texts", "pages", "chunks", "layouts", "embedders", "vectors", "sources")


def tables() -> list[str]:
    with closing(apsw.Connection(":memory:")) as made:
        for migration in MIGRATIONS:
            made.execute(migration)
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        return sorted(row[0] for row in made.execute(sql))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home and the files that it was made of."""
    return made_of_archives(tmp_path_factory.mktemp("whole"), SAMPLE)


def n_rows(home: Path, table: str) -> int:
    with closing(apsw.Connection(str(home / "catalogue.sqlite"))) as opened:
        return int(opened.execute(f"SELECT COUNT(*) FROM {table}").fetchall()[0][0])  # noqa: S608 - one of the schema


def drop(home: Path, table: str) -> None:
    with closing(apsw.Connection(str(home / "catalogue.sqlite"))) as opened:
        opened.execute(f"DROP TABLE {table}")


def look_round(new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be done is one sentence that sends to the doctor."""
    for run, command in ((main, ["status"]), (main, ["list"]), (app, ["search", "buoy"]), (main, ["add", str(new)])):
        capsys.readouterr()
        code, said = run(command), capsys.readouterr()
        if code:
            assert said.err.splitlines()[-1].startswith("footnote: ")
            assert "`python -m ingest doctor` says what can be made anew" in said.err or "doctor" not in said.err


@pytest.mark.parametrize("table", tables())
def test_a_table_that_was_dropped(
    whole: Path, home: Path, tmp_path: Path, table: str, capsys: pytest.CaptureFixture[str]
):
    shutil.copytree(whole / "home", home)
    before = n_rows(home, table)
    new = tmp_path / "new.md"
    new.write_text("A lighthouse is white.")
    drop(home, table)
    look_round(new, capsys)
    assert main(["doctor"]) == 1
    (bad,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BAD")]
    assert bad.startswith(f"BAD  catalogue: SQLite says ok, but it lacks {table}: ")
    assert main(["doctor", "--repair"]) == (1 if table in LOST else 0)
    assert main(["doctor"]) == (1 if table in LOST else 0)
    if table in LOST:
        assert "ingest restore FILE --replace" in bad
        return
    assert n_rows(home, table) >= (before if table in BROUGHT_BACK else 0)
    assert main(["add", str(new), str(whole / "docs")]) == 0
    for words, source in (
        ("a lighthouse", "new.md"),
        ("when do boats leave", "b.md"),
        ("self-locking nuts", "nuts.pdf"),
    ):
        capsys.readouterr()
        assert app(["search", words, "--k", "1"]) == 0
        assert source in capsys.readouterr().out
    assert main(["doctor"]) == 0


def test_several_tables_are_made_anew_together(whole: Path, home: Path):
    shutil.copytree(whole / "home", home)
    for table in ("embedders", "sources", "texts", "change", "jobs"):
        drop(home, table)
    assert main(["doctor", "--repair"]) == 0
    assert main(["doctor"]) == 0


def test_it_is_known_of_every_table_what_can_be_done():
    assert sorted([*COSTS, *LOST]) == tables()


def test_what_cannot_be_read_again_is_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    note = tmp_path / "note.md"
    note.write_text("The harbour opens at six.")
    assert main(["add", str(note)]) == 0
    note.unlink()
    drop(home, "texts")
    capsys.readouterr()
    assert main(["doctor", "--repair"]) == 1
    assert f"(0 of 1 document read again; add these again, or remove them: {note})" in capsys.readouterr().out
    assert main(["remove", "1"]) == 0
    assert main(["doctor"]) == 0


def test_a_catalogue_of_an_earlier_version_that_lacks_a_table_is_not_taken_over(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    """Nor does anybody send to a doctor who cannot open it either."""
    home.mkdir()
    with closing(apsw.Connection(str(home / "catalogue.sqlite"))) as made:
        for migration in MIGRATIONS[:4]:
            made.execute(migration)
        made.execute("DROP TABLE refused; PRAGMA user_version = 4")
    for command in (["status"], ["doctor", "--repair"]):
        assert main(command) == 1
        said = capsys.readouterr().err
        assert "lacks refused: use another copy, or add the documents to a new home" in said
        assert "doctor" not in said


@pytest.mark.parametrize("table", ["documents", "texts"])
def test_a_damaged_home_is_not_backed_up_and_gives_way_to_a_backup(
    whole: Path, home: Path, tmp_path: Path, table: str, capsys: pytest.CaptureFixture[str]
):
    shutil.copytree(whole / "home", home)
    good, worse = str(tmp_path / "good.backup"), tmp_path / "worse.backup"
    assert main(["backup", good]) == 0
    drop(home, table)
    shutil.rmtree(home / "uploads")
    assert main(["backup", str(worse)]) == 1
    assert f"the catalogue lacks {table}" in capsys.readouterr().err
    assert not worse.exists()
    assert main(["restore", good]) == 2
    assert "--replace puts that aside" in capsys.readouterr().err
    assert main(["restore", good, "--replace"]) == 0
    assert main(["doctor"]) == 0


def test_a_backup_of_a_damaged_catalogue_is_refused(
    whole: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """As earlier versions wrote them."""
    shutil.copytree(whole / "home", home)
    drop(home, "documents")
    with (tmp_path / "all.backup").open("wb") as file:
        pack(file, home, {NAME: digest(home / NAME)})
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "other"))
    capsys.readouterr()
    assert main(["restore", str(tmp_path / "all.backup")]) == 1
    said = capsys.readouterr().err
    assert "holds a damaged catalogue (it lacks documents): use another backup" in said
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("table", ["access", "access_members"])
def test_what_is_not_known_any_more_of_who_may_see_a_collection_closes_it(home: Path, tmp_path: Path, table: str):
    """To all but admins, and whoever has the files: never the other way round."""
    note = tmp_path / "note.md"
    note.write_text("The harbour opens at six.")
    assert main(["add", str(note), "--collection", "diary"]) == 0
    with closing(Catalogue(home)) as catalogue:
        catalogue.access.give("diary", "anna")
        catalogue.access.show_to("diary", Visibility.PRIVATE)
        catalogue.access.share("diary", "ben")
    drop(home, table)
    assert main(["doctor", "--repair"]) == 0
    with closing(Catalogue(home)) as catalogue:
        rights = [catalogue.access.rights_of(Person(name, Role.EDITOR)).readable for name in ("anna", "ben", "carl")]
        owned = frozenset({"diary"}) if table == "access_members" else frozenset()
        assert rights == [owned, frozenset(), frozenset()]
        assert catalogue.access.rights_of(OWNER).may_read("diary")
