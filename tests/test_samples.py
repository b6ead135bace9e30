"""The shipped sample documents load, and hold the answers to the questions that the page suggests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.wiring import Workspace
from ingest.loaders import load
from ingest.pipeline import File, Pipeline
from rag.settings import Settings

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


@pytest.mark.slow
def test_every_suggested_question_is_answered_with_those_words(tmp_path: Path):
    workspace = Workspace(Settings(home=tmp_path))
    files = [File(path, path.name) for path in DOCUMENTS]
    assert {outcome.state for outcome in Pipeline(workspace.library, "samples").add(files)} == {"ready"}
    for question, name, words in ASKED:
        answer = workspace.answerer.ask(question)
        assert words in " ".join(sentence.text for sentence in answer.sentences), question
        assert name in {citation.chunk.source for citation in answer.citations}
    assert workspace.answerer.ask("What is the capital of Australia?").refused
    answer = workspace.answerer.ask("Among whom was WordPerfect popular?")
    assert answer.sentences[0].marked == "legal professionals"
    (citation, *_) = answer.citations
    assert (citation.page, citation.chunk.page, citation.chunk.last_page) == (2, 1, 2)
