"""Documents of one title are told apart by what they differ in, and those of another by nothing."""

from __future__ import annotations

import pytest

from app.components.told_apart import told_apart
from rag.types import Chunk


def chunk(document: int, title: str, source: str, collection: str = "default") -> Chunk:
    return Chunk(document, document, 0, 0, 4, "Text", "", "", None, None, source, title, collection)


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ([("Lamps", "a.md", "x"), ("Boats", "b.md", "x")], ["", ""]),
        ([("Lamps", "/n/a.md", "x"), ("Lamps", "/n/b.md", "x"), ("Boats", "c.md", "x")], ["a.md", "b.md", ""]),
        ([("Lamps", "a.md", "x"), ("Lamps", "a.md", "y")], ["x", "y"]),
        ([("", "/n/2023/a.md", "x"), ("", "/n/2024/a.md", "x")], ["/n/2023", "/n/2024"]),
        (
            [("Lamps", "/n/a.md", "x"), ("Lamps", "/n/a.md", "y"), ("Lamps", "/n/b.md", "x")],
            ["/n/a.md, x", "/n/a.md, y", "/n/b.md, x"],
        ),
        ([("Lamps", f"{'n' * 60}/{n}/a.md", "x") for n in "12"], [f"…{'n' * 25}/{n}" for n in "12"]),
    ],
    ids=["titles", "files", "collections", "folders", "none alone", "long folders"],
)
def test_documents_of_one_title_are_told_apart(documents: list[tuple[str, str, str]], told: list[str]):
    found = told_apart([chunk(n, *one) for n, one in enumerate(documents)])
    assert [found[n] for n in range(len(documents))] == told


def test_passages_of_one_document_are_no_two_documents():
    assert told_apart([chunk(1, "Lamps", "a.md"), chunk(1, "Lamps", "a.md")]) == {1: ""}
