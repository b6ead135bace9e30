"""What a browser calls a file is shown, and never decides where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.kept import disk_name, free_name, keep, listed_name

HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows\\system.ini",
    "/etc/shadow",
    "\\\\server\\share\\plan.txt",
    "..%c0%af..%c0%afpasswd",
    "\uff0e\uff0e\uff0fpasswd",
    "..",
    ".",
    "",
    "   ",
    "a\x00b.pdf",
    "line\nbreak.md",
    "smile \U0001f600.txt",
    "\u202efdp.exe.txt",
    "-rf.md",
    "x" * 4096 + ".pdf",
    "\U0001f600" * 4096,
    "a" + "." * 300,
    "con.txt",
    "name.",
    "%2e%2e%2fpasswd",
    "\ud800.txt",
    "<img src=x onerror=alert(1)>.md",
    ".hidden",
    "ファイル.pdf",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_any_name_stays_in_its_folder(tmp_path: Path, name: str):
    upload = keep(tmp_path, name, b"words")
    assert upload.path.resolve().is_relative_to((tmp_path / "uploads").resolve())
    assert upload.path.parent.parent == tmp_path / "uploads"
    assert upload.path.read_bytes() == b"words"
    assert len(upload.path.name.encode()) <= 255
    assert not upload.path.name.startswith((".", "-"))
    assert upload.name.isprintable()
    assert 0 < len(upload.name) <= 150
    assert not set(upload.name) & set("/\\")


@pytest.mark.parametrize(
    ("name", "listed", "on_disk"),
    [
        ("Report 2024.PDF", "Report 2024.PDF", "Report 2024.pdf"),
        ("C:\\docs\\plan.docx", "plan.docx", "plan.docx"),
        ("smile \U0001f600.txt", "smile \U0001f600.txt", "smile.txt"),
        ("Übersicht.md", "Übersicht.md", "bersicht.md"),
        ("", "document", "document"),
        ("line\nbreak.md", "line break.md", "line break.md"),
    ],
)
def test_names(name: str, listed: str, on_disk: str):
    assert (listed_name(name), disk_name(name)) == (listed, on_disk)


def test_a_long_name_keeps_its_ending():
    assert listed_name("x" * 4096 + ".pdf") == "x" * 146 + ".pdf"
    assert disk_name("x" * 4096 + ".pdf").endswith(".pdf")


def test_the_same_bytes_are_kept_once_and_nothing_else_is_left(tmp_path: Path):
    first, second = keep(tmp_path, "a.md", b"words"), keep(tmp_path, "a.md", b"words")
    assert first == second
    assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == [first.path]


def test_other_bytes_get_a_number():
    held = {"a.md": "1", "a (2).md": "2"}
    assert free_name("a.md", "1", held.get) == "a.md"
    assert free_name("a.md", "2", held.get) == "a (2).md"
    assert free_name("a.md", "3", held.get) == "a (3).md"
    assert free_name("b.md", "1", held.get) == "b.md"
    assert free_name("a", "9", {"a": "1"}.get) == "a (2)"
