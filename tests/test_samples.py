"""The shipped sample documents load, and hold the answers to the questions that the page suggests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ingest.loaders import load

SAMPLES = Path(__file__).parents[1] / "samples"
DOCUMENTS = sorted((SAMPLES / "documents").iterdir())
README = (SAMPLES / "README.md").read_text(encoding="utf-8")
ASKED = re.findall(r"^\| (.+\?) \| (\S+) \| (.+) \|$", README, re.M)


def text_of(path: Path) -> str:
    return re.sub(r"\s+", " ", load(path, path.name, max_bytes=10_000_000).text)


def test_they_are_small_and_of_several_formats():
    assert sum(path.stat().st_size for path in DOCUMENTS) < 3_000_000
    assert {path.suffix for path in DOCUMENTS} == {".pdf", ".docx", ".html", ".md"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_is_named_with_its_licence(path: Path):
    row = next(line for line in README.splitlines() if f"documents/{path.name}" in line)
    assert re.search(r"public domain|MIT|Apache-2\.0", row)
    assert len(text_of(path)) > 1000


@pytest.mark.parametrize(("question", "name", "answer"), ASKED, ids=[name for _, name, _ in ASKED])
def test_the_answer_is_in_the_document(question: str, name: str, answer: str):
    assert question
    assert answer in text_of(SAMPLES / "documents" / name)


def test_the_page_suggests_these_questions():
    assert json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8")) == [
        question for question, _, _ in ASKED
    ]
