"""This file reads question-answer sets: SQuAD's JSON, and JSONL with the gold passages beside each question.

SQuAD   {"data": [{"title": ..., "paragraphs": [{"context": ..., "qas": [{"id": ..., "question": ...,
        "answers": [{"text": ...}], "is_impossible": false}]}]}]}; every paragraph is a passage of the corpus
JSONL   {"question": ..., "answers": [...], "passages": [...], "others": [...], "answerable": true, "id": ...} a line;
        `passages` answer the question, `others` only stand in the corpus, each a text or {"title": ..., "text": ...};
        a text that stands there several times is one passage
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.sets.lines import flag, json_lines, refuse_repeated, string, strings
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
        id = string(row, "id", where, default=f"q{number}")
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
    for article_at, (where, article) in enumerate(_objects(_whole(path), "data", str(path))):
        title = string(article, "title", where, default="")
        for where_paragraph, paragraph in _objects(article, "paragraphs", where):
            passage = gathered.passage(title, string(paragraph, "context", where_paragraph))
            for where_question, asked in _objects(paragraph, "qas", where_paragraph):
                query = _squad_query(asked, f"a{article_at}q{len(gathered.queries)}", where_question)
                gathered.query(query, [passage], where_question)
    return gathered.dataset(path)


def _squad_query(asked: Mapping[str, Any], id: str, where: str) -> Query:
    answers = [string(answer, "text", at) for at, answer in _objects(asked, "answers", where)]
    is_answerable = not flag(asked, "is_impossible", where, default=False)
    different = tuple(dict.fromkeys(answers)) if is_answerable else ()
    return Query(string(asked, "id", where, default=id), string(asked, "question", where), different, is_answerable)


def _whole(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from None
    except (UnicodeDecodeError, RecursionError):
        raise InputError(f"{path}: not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}: not an object with `data`, as SQuAD is")
    return found


def _objects(parent: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    found = parent.get(key)
    if not isinstance(found, list):
        raise InputError(f"{where}: `{key}` is missing or not a list")
    separator = "." if "[" in where else ": "
    for at, item in enumerate(found):
        place = f"{where}{separator}{key}[{at}]"
        if not isinstance(item, dict):
            raise InputError(f"{place}: not an object")
        yield place, item
