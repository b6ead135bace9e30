"""Which passages of files count as right: those with the answer in them, in any script."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from evals.datasets import open_dataset
from evals.relevance import relevance_of
from indexes.library import Library
from tests.rag.hits import a_hit


def library(text: str) -> Library:
    """Of two passages of one document, the second of which holds this text."""
    chunks = [a_hit(1, "1743").chunk, a_hit(2, text).chunk]
    catalogue = SimpleNamespace(
        documents=lambda _collection: [SimpleNamespace(id=1, source="one.txt", also=())],
        chunk_documents=lambda: {1: 1, 2: 1},
        chunks_of=lambda _document: chunks,
    )
    return cast(Library, SimpleNamespace(catalogue=catalogue))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It was finished in 1986, they say.", "1986"),
        ("这座桥在1986年建成。", "1986年"),
        ("पुल 1986 में बना।", "1986 में बना"),
        ("اكتمل بناء الجسر في القاهرة،", "القاهرة"),
    ],
)
def test_a_passage_with_the_answer_in_it_is_right(tmp_path: Path, text: str, answer: str):
    (tmp_path / "one.txt").write_text(text, "utf-8")
    row = {"id": "q", "question": "?", "answers": [answer], "documents": ["one.txt"]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row), "utf-8")
    assert relevance_of(open_dataset(tmp_path), library(text)).qrels == {"q": {"2": 1}}
