"""This file reads a folder of judged questions, laid out as the BEIR sets are.

corpus.jsonl    {"_id": ..., "title": ..., "text": ...} a line; the title may be missing
queries.jsonl   {"_id": ..., "text": ..., "answers": [...], "answerable": true} a line; `answers` are strings that a
                right answer contains; a query that is not answerable needs no judgement
qrels.tsv       a header line, then query, document, grade in columns; a grade above 0 means relevant
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.sets.lines import flag, json_lines, lines, refuse_repeated, string, strings
from evals.sets.nouns import Dataset, Passage, Query
from rag.errors import InputError

_QRELS = ("qrels.tsv", "qrels/test.tsv")


def read_beir(folder: Path) -> Dataset:
    """Questions and judgements; the corpus stays on disk and is streamed."""
    corpus = _existing(folder, "corpus.jsonl")
    queries = _read_queries(_existing(folder, "queries.jsonl"))
    path = _existing(folder, *_QRELS)
    qrels = _read_qrels(path, queries)
    judged = [id for id, grades in qrels.items() if any(grade > 0 for grade in grades.values())]
    if not judged:
        raise InputError(f"{path} judges no passage relevant, so there is nothing to measure")
    usable = set(judged)
    kept = tuple(query for id, query in queries.items() if id in usable or not query.is_answerable)
    return Dataset(
        folder, kept, {query.id: qrels[query.id] for query in kept if query.id in usable}, lambda: _corpus(corpus)
    )


def _corpus(path: Path) -> Iterator[Passage]:
    seen: set[str] = set()
    for where, row in json_lines(path):
        id = string(row, "_id", where)
        refuse_repeated(id, seen, where)
        yield Passage(id, string(row, "title", where, default=""), string(row, "text", where))


def _existing(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{folder} has no {names[0]}: the folder needs corpus.jsonl, queries.jsonl and qrels.tsv")


def _read_queries(path: Path) -> dict[str, Query]:
    queries: dict[str, Query] = {}
    seen: set[str] = set()
    for where, row in json_lines(path):
        id = string(row, "_id", where)
        refuse_repeated(id, seen, where)
        answers = strings(row, "answers", where)
        queries[id] = Query(id, string(row, "text", where), answers, flag(row, "answerable", where, default=True))
    return queries


def _read_qrels(path: Path, queries: Mapping[str, Query]) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, (where, line) in enumerate(lines(path)):
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
