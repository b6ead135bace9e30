"""A home of every earlier version opens, and nothing in it is lost."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from indexes.library import Library
from indexes.schema import MIGRATIONS
from indexes.schema_check import lacking, missing
from ingest.cli import main
from rag.settings import Settings

HOMES = Path(__file__).parents[1] / "homes"


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.name for path in sorted(HOMES.glob("*.gz"))])
def test_a_home_of_an_earlier_version_opens(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "catalogue.sqlite").write_bytes(gzip.decompress((HOMES / name).read_bytes()))
    (tmp_path / "keyword" / "1").mkdir(parents=True)  # an index of that version is left alone
    library = Library(Settings(home=tmp_path))
    sources = {record.source for record in library.catalogue.documents()}
    assert sources == {"/notes/harbour.md", "/notes/buoy.txt", "/notes/copy.txt"}
    assert {record.source for record in library.catalogue.sources.all("default").values()} == sources
    hit = library.retriever.retrieve("when does the harbour open", 1).hits[0]
    assert hit.chunk.text.endswith("opens at six.")
    library.close()
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    capsys.readouterr()
    assert main(["status"]) == 0
    assert capsys.readouterr().out.count("stale (format): 3 documents: 1 /notes/") == 1
    assert Library(Settings(home=tmp_path)).catalogue.identity()


def test_what_was_given_up_before_the_list_could_be_cleared_is_still_known(tmp_path: Path):
    """In version 4 the bytes that nobody can read were known by rows of the job table alone."""
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as made:
        for migration in MIGRATIONS[:4]:
            made.executescript(migration)
        for number, given_up in ((1, "readers"), (2, "")):
            row = (number, f"/d/{number}.pdf", given_up)
            made.execute(
                """INSERT INTO jobs (id, batch, collection, source, path, size, options, depth, state, reason,
                queued_at, given_up) VALUES (?, 'b', 'default', ?, '', 9, '{}', 0, 'failed', 'It is damaged.', 1, ?)""",
                row,
            )
        made.execute("INSERT INTO refused VALUES (1, 'abc', 9, 7, 8)")
        made.execute("PRAGMA user_version = 4")
        made.commit()
    library = Library(Settings(home=tmp_path))
    failures = library.catalogue.refused.failures("default")
    assert {source: (f.given_up, f.sha256, f.job) for source, f in failures.items()} == {
        "/d/1.pdf": ("readers", "abc", 1),
        "/d/2.pdf": ("", "", 2),
    }
    library.jobs.clear()
    assert [(f.source, f.reason) for f in library.catalogue.refused.failures("default").values()] == [
        ("/d/1.pdf", "It is damaged.")
    ]
    assert missing(library.catalogue.database) == {}
    assert lacking(library.catalogue.database) == []


def test_comments_on_answers_come_along_but_for_those_of_removed_conversations(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as made:
        before = next(n for n, migration in enumerate(MIGRATIONS) if "DROP COLUMN comment" in migration)
        for migration in MIGRATIONS[:before]:
            made.executescript(migration)
        for number, removed_at in ((1, None), (2, 7.0)):
            made.execute(
                "INSERT INTO conversations VALUES (?, 'ann', 'Rent', 'rent', 0, 1, 1, ?)", (number, removed_at)
            )
            made.execute("INSERT INTO turns VALUES (?, 0, 1, 'How much?', 'A lot.', '{}')", (number,))
            made.execute("INSERT INTO feedback VALUES (?, 1, 'ann', 0, '[]', '', 0, 9)", (number,))
            made.execute("INSERT INTO feedback_texts VALUES (?, ?, 0, '', 'Too much.')", (number, number))
        made.execute(f"PRAGMA user_version = {before}")
        made.commit()
    kept = Library(Settings(home=tmp_path)).catalogue.feedback.all()
    assert [(one.id, one.rating.comment) for one in kept] == [(2, ""), (1, "Too much.")]
