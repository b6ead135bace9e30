"""Of files with the same bytes, the one that looks most like the file that is gone is the one that was moved."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from indexes.records import SourceRecord
from ingest.files import File, digest, stat_of
from ingest.moves import moves


def written(folder: Path, name: str, *, time: int = 1_000) -> File:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Boats leave with the tide.")
    os.utime(path, (time, time))
    return File(path, name)


def gone(folder: Path, name: str, *, time: int = 1_000) -> SourceRecord:
    """What is known of a file that was there."""
    path = written(folder, name, time=time).path
    record = SourceRecord("c", name, 1, stat_of(path.stat()), "", "", None, digest(path), "", "", {}, True, ())
    path.unlink()
    return record


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ([("a/beta.md", 1)], [("beta-copy.md", 2), ("c/beta.md", 1)], {"c/beta.md": "a/beta.md"}),
        ([("a/beta.md", 1)], [("beta-copy.md", 1), ("c/beta.md", 2)], {"c/beta.md": "a/beta.md"}),
        ([("a/beta.md", 1)], [("a/beta.md.bak.md", 2), ("z.md", 1)], {"z.md": "a/beta.md"}),
        ([("a/x.md", 1)], [("b/x.md", 2), ("c/x.md", 1)], {"c/x.md": "a/x.md"}),
        ([("a/x.md", 1)], [("c.md", 2), ("b.md", 2)], {"b.md": "a/x.md"}),
        (
            [("a/x.md", 1), ("a/y.md", 1)],
            [("b/a.md", 1), ("b/x.md", 1), ("b/y.txt", 1)],
            {"b/x.md": "a/x.md", "b/a.md": "a/y.md"},
        ),
    ],
    ids=["moved and copied", "name before time", "time", "name and time", "alphabet", "each once"],
)
def test_the_most_alike_was_moved(
    tmp_path: Path, before: list[tuple[str, int]], after: list[tuple[str, int]], moved: dict[str, str]
):
    records = {name: gone(tmp_path, name, time=time) for name, time in before}
    files = {name: written(tmp_path, name, time=time) for name, time in after}
    assert {file.source: record.source for record, file in moves(records, files)} == moved


def test_thousands_of_equal_files_are_paired_in_a_moment(tmp_path: Path):
    record = gone(tmp_path, "b.md")
    n = 3_000
    records = {f"old/{i}.md": replace(record, source=f"old/{i}.md") for i in range(n)}
    file = written(tmp_path, "a.md")
    found = moves(records, {f"new/{i}.md": File(file.path, f"new/{i}.md") for i in range(n)})
    assert [(r.source[4:], f.source[4:]) for r, f in found] == [
        (name, name) for name in sorted(f"{i}.md" for i in range(n))
    ]
