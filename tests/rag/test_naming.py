"""Which documents a phrase names, among few and among very many."""

from __future__ import annotations

import random
import time

import pytest

from rag.whole.naming import named
from rag.whole.nouns import DocumentName

FILES = (
    *("Lease Berlin.pdf", "Lease Hamburg.pdf", "Anna's CV.docx", "annual_report_2022.pdf", "annual_report_2023.pdf"),
    *("Handbook.pdf", "租赁合同.pdf", "abc租赁.pdf", "minutes.md", "invoice-00321.pdf", "invoice-00999.pdf"),
)


def called(*files: str) -> list[DocumentName]:
    return [DocumentName(n, "", f"docs/{file}", 5) for n, file in enumerate(files, start=1)]


@pytest.mark.parametrize(
    ("phrase", "files"),
    [
        ("the Berlin lease", ["Lease Berlin.pdf"]),
        ("leases", ["Lease Berlin.pdf", "Lease Hamburg.pdf"]),
        ("lease hamburg.pdf", ["Lease Hamburg.pdf"]),
        ("Anna's CVs", ["Anna's CV.docx"]),
        ("the annual report 2023", ["annual_report_2023.pdf"]),
        ("the annual reports", ["annual_report_2022.pdf", "annual_report_2023.pdf"]),
        ("the handbok", ["Handbook.pdf"]),
        ("租赁合同", ["租赁合同.pdf"]),
        ("bc", ["abc租赁.pdf"]),
        ("invoice 00321", ["invoice-00321.pdf"]),
        ("the report", []),
        ("the document", []),
        ("deadlines", []),
        ("s", []),
        ("", []),
    ],
)
def test_a_phrase_names_these(phrase: str, files: list[str]):
    assert [one.file for one in named(phrase, called(*FILES))] == files


def test_names_that_change_are_looked_at_anew():
    there = called(*FILES)
    assert [one.file for one in named("the handbook", there)] == ["Handbook.pdf"]
    there[5] = DocumentName(6, "", "docs/manual.pdf", 5)
    assert named("the handbook", there) == []
    assert named("the handbook", []) == []


def test_many_names_are_looked_through_once_for_all_phrases():
    dice = random.Random(3)
    syllables = [one + other for one in "bdfgklmnprstw" for other in "aeiou"]
    there = called(*("-".join("".join(dice.choices(syllables, k=3)) for _ in range(6)) + ".pdf" for _ in range(20_000)))
    start = time.process_time()
    for one in dice.sample(there, 20):
        assert one in named(one.file.removesuffix(".pdf").replace("-", " "), there)
    assert time.process_time() - start < 4
