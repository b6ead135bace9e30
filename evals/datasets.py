"""This file reads a folder of judged questions, laid out as the BEIR sets are.

corpus.jsonl    {"_id": ..., "title": ..., "text": ...} a line; the title may be missing
queries.jsonl   {"_id": ..., "text": ..., "answers": [...]} a line; `answers` are strings that a right answer contains
qrels.tsv       a header line, then query, document, grade in columns; a grade above 0 means relevant
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import InputError

MAX_LINE = 10_000_000
"""Bytes; a longer line is refused, so that a file that is no JSONL does not fill the memory."""

_QRELS = ("qrels.tsv", "qrels/test.tsv")


@dataclass(frozen=True, slots=True)
class Passage:
    """One row of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question; `answers` is empty where the set has none."""

    id: str
    text: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions with their judged passages; the corpus stays on disk and is streamed."""

    folder: Path
    queries: tuple[Query, ...]
    """Those with at least one relevant passage, in the order of the file."""
    qrels: Mapping[str, Mapping[str, int]]
    """Query id -> passage id -> grade."""

    def corpus(self) -> Iterator[Passage]:
        """Every row in the order of the file; raises InputError naming the line of a bad or repeated one."""
        seen: set[str] = set()
        for where, row in _json_lines(self.folder / "corpus.jsonl"):
            id = _string(row, "_id", where)
            _refuse_repeated(id, seen, where)
            yield Passage(id, _string(row, "title", where, default=""), _string(row, "text", where))


def open_dataset(folder: Path) -> Dataset:
    """Read questions and judgements; raises InputError naming the file and line that cannot be used."""
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder: name one with corpus.jsonl, queries.jsonl and qrels.tsv")
    _existing(folder, "corpus.jsonl")
    queries = _read_queries(_existing(folder, "queries.jsonl"))
    path = _existing(folder, *_QRELS)
    qrels = _read_qrels(path, queries)
    judged = tuple(query for id, query in queries.items() if any(grade > 0 for grade in qrels.get(id, {}).values()))
    if not judged:
        raise InputError(f"{path} judges no passage relevant, so there is nothing to measure")
    return Dataset(folder, judged, {query.id: qrels[query.id] for query in judged})


def _existing(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{folder} has no {names[0]}: the folder needs corpus.jsonl, queries.jsonl and qrels.tsv")


def _read_queries(path: Path) -> dict[str, Query]:
    queries: dict[str, Query] = {}
    for where, row in _json_lines(path):
        id = _string(row, "_id", where)
        if id in queries:
            raise InputError(f"{where}: the _id {id!r} stands there a second time")
        answers = row.get("answers", [])
        if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
            raise InputError(f"{where}: `answers` must be a list of strings")
        queries[id] = Query(id, _string(row, "text", where), tuple(answers))
    return queries


def _read_qrels(path: Path, queries: Mapping[str, Query]) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, (where, line) in enumerate(_lines(path)):
        if number == 0:  # the header
            continue
        query, passage, grade = _judgement(line, where)
        if query not in queries:
            raise InputError(f"{where}: the query {query!r} is not in queries.jsonl")
        qrels.setdefault(query, {})[passage] = grade
    return qrels


def _judgement(line: str, where: str) -> tuple[str, str, int]:
    columns = line.split("\t")
    if len(columns) != 3:
        raise InputError(f"{where}: expected query, document and grade separated by tabs, found {len(columns)} columns")
    try:
        return columns[0], columns[1], int(columns[2])
    except ValueError:
        raise InputError(f"{where}: the grade {columns[2]!r} is not a whole number") from None


def _json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place for messages and object of every line that is not blank."""
    for where, line in _lines(path):
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise InputError(f"{where}: not a JSON object") from None
        if not isinstance(row, dict):
            raise InputError(f"{where}: not a JSON object")
        yield where, row


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE + 1):
            number += 1
            where = f"{path}, line {number}"
            if len(raw) > MAX_LINE:
                raise InputError(f"{where}: longer than {MAX_LINE // 1_000_000} MB")
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise InputError(f"{where}: not UTF-8 text") from None
            if line.strip():
                yield where, line


def _string(row: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str):
        raise InputError(f"{where}: `{key}` is missing or not a string")
    return value


def _refuse_repeated(id: str, seen: set[str], where: str) -> None:
    if id in seen:
        raise InputError(f"{where}: the _id {id!r} stands there a second time")
    seen.add(id)
