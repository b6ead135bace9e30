"""This file reads question-answer sets: SQuAD's JSON, and JSONL with the gold passages beside each question.

SQuAD   {"data": [{"title": ..., "paragraphs": [{"context": ..., "qas": [{"id": ..., "question": ...,
        "answers": [{"text": ...}], "is_impossible": false}]}]}]}; every paragraph is a passage of the corpus
JSONL   {"question": ..., "answers": [...], "passages": [...], "others": [...], "answerable": true, "id": ...} a line;
        `passages` answer the question, `others` only stand in the corpus, each a text or {"title": ..., "text": ...};
        a text that stands there several times is one passage
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.question_sets.fields import flag, identity, refuse_repeated, refuse_unaskable, string, strings
from app.question_sets.lines import json_lines
from app.question_sets.rows import squad_rows
from evals.sets.nouns import Dataset, Passage, Query
from rag.errors import InputError


class _Gathered:
    """Passages and questions as they come; a repeated text keeps its first id."""

    def __init__(self) -> None:
        self.passages: dict[tuple[str, str], Passage] = {}
        self.queries: list[Query] = []
        self.qrels: dict[str, dict[str, int]] = {}
        self._seen: set[str] = set()

    def passage(self, title: str, text: str) -> str:
        """Its id."""
        new = Passage(f"p{len(self.passages) + 1}", title, text)
        return self.passages.setdefault((title, text), new).id

    def query(self, query: Query, gold: list[str], where: str) -> None:
        refuse_repeated(query.id, self._seen, where)
        refuse_unaskable(query.text, where)
        if query.is_answerable and not gold:
            raise InputError(f"{where}: no passage answers it; write `answerable`: false where that is so")
        self.queries.append(query)
        if query.is_answerable:
            self.qrels[query.id] = dict.fromkeys(gold, 1)

    def dataset(self, path: Path) -> Dataset:
        if not self.queries:
            raise InputError(f"{path} holds no question, so there is nothing to measure")
        found = tuple(self.passages.values())
        return Dataset(path, tuple(self.queries), self.qrels, lambda: iter(found))


def read_rows(path: Path) -> Dataset:
    """JSONL, a question a line."""
    gathered = _Gathered()
    for number, (where, row) in enumerate(json_lines(path), start=1):
        gold = [gathered.passage(*text) for text in _passages(row, "passages", where)]
        for text in _passages(row, "others", where):
            gathered.passage(*text)
        answers, is_answerable = strings(row, "answers", where), flag(row, "answerable", where, default=True)
        id = identity(row, "id", where, default=f"q{number}")
        gathered.query(Query(id, string(row, "question", where), answers, is_answerable), gold, where)
    return gathered.dataset(path)


def _passages(row: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, str]]:
    """Title and text of each."""
    found = row.get(key, [])
    if not isinstance(found, list):
        raise InputError(f"{where}: `{key}` must be a list of texts")
    for item in found:
        passage = {"text": item} if isinstance(item, str) else item
        if not isinstance(passage, dict):
            raise InputError(f"{where}: `{key}` must hold texts, or objects with `title` and `text`")
        yield string(passage, "title", where, default=""), string(passage, "text", where)


def read_squad(path: Path) -> Dataset:
    """SQuAD 1.1 or 2.0, and what has its form."""
    gathered = _Gathered()
    for where, title, context, row in squad_rows(path):
        passage = gathered.passage(title, context)
        if row:
            about = "" if row["answerable"] else passage
            query = Query(row["id"], row["question"], tuple(row["answers"]), row["answerable"], about=about)
            gathered.query(query, [passage], where)
    return gathered.dataset(path)
