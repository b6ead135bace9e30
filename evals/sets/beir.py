"""This file reads a folder of judged questions, laid out as the BEIR sets are.

corpus.jsonl    {"_id": ..., "title": ..., "text": ...} a line; the title may be missing
queries.jsonl   {"_id": ..., "text": ..., "answers": [...], "answerable": true} a line; `answers` are strings that a
                right answer contains; a query that is not answerable needs no judgement
qrels.tsv       a header line, if any, then query, document, grade in columns; a grade above 0 means relevant
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from app.question_sets.fields import checked_id, flag, identity, refuse_repeated, refuse_unaskable, string, strings
from app.question_sets.lines import json_lines, lines
from evals.sets.nouns import Dataset, Passage, Query
from rag.errors import InputError

QRELS = ("qrels.tsv", "qrels/test.tsv")
LAYOUT = ("corpus.jsonl", "queries.jsonl", *QRELS)
_MAX_GRADE = 1_000_000
"""The library that computes the metrics keeps grades in 32 bits, and counts how often each one occurs."""
_SHOWN = 40
"""Characters of a grade that cannot be used."""


def read_beir(folder: Path) -> Dataset:
    """Questions and judgements; the corpus stays on disk and is streamed."""
    corpus = _existing(folder, "corpus.jsonl")
    places = _read_queries(_existing(folder, "queries.jsonl"))
    queries = {query.id: query for _, query in places}
    path = _existing(folder, *QRELS)
    qrels = _read_qrels(path, queries)
    judged = [id for id, grades in qrels.items() if any(grade > 0 for grade in grades.values())]
    if not judged:
        raise InputError(f"{path} judges no passage relevant, so there is nothing to measure")
    usable = set(judged)
    kept = [(where, query) for where, query in places if query.id in usable or not query.is_answerable]
    for where, query in kept:
        refuse_unaskable(query.text, where)
    asked = tuple(query for _, query in kept)
    return Dataset(
        folder, asked, {query.id: qrels[query.id] for query in asked if query.id in usable}, lambda: _corpus(corpus)
    )


def _corpus(path: Path) -> Iterator[Passage]:
    seen: set[str] = set()
    for where, row in json_lines(path):
        id = identity(row, "_id", where)
        refuse_repeated(id, seen, where)
        yield Passage(id, string(row, "title", where, default=""), string(row, "text", where))


def _existing(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{folder} has no {names[0]}: the folder needs corpus.jsonl, queries.jsonl and qrels.tsv")


def _read_queries(path: Path) -> list[tuple[str, Query]]:
    """Each with its place, since not all of them will be asked."""
    queries: list[tuple[str, Query]] = []
    seen: set[str] = set()
    for where, row in json_lines(path):
        id = identity(row, "_id", where)
        refuse_repeated(id, seen, where)
        answers, is_answerable = strings(row, "answers", where), flag(row, "answerable", where, default=True)
        queries.append((where, Query(id, string(row, "text", where), answers, is_answerable)))
    return queries


def _read_qrels(path: Path, queries: Mapping[str, Query]) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, (where, line) in enumerate(lines(path)):
        if number == 0 and not _is_judged(line):  # the header, which some files lack
            continue
        query, passage, grade = _judgement(line, where)
        if query not in queries:
            raise InputError(f"{where}: the query {query!r} is not in queries.jsonl")
        qrels.setdefault(query, {})[passage] = grade
    return qrels


def _is_judged(line: str) -> bool:
    return line.rpartition("\t")[2].strip().removeprefix("-").isdecimal()


def _judgement(line: str, where: str) -> tuple[str, str, int]:
    columns = line.split("\t")
    if len(columns) != 3:
        raise InputError(f"{where}: expected query, document and grade separated by tabs, found {len(columns)} columns")
    return checked_id(columns[0], where, "query"), checked_id(columns[1], where, "document"), _grade(columns[2], where)


def _grade(text: str, where: str) -> int:
    try:
        grade = int(text)
    except ValueError:
        grade = 2 * _MAX_GRADE
    if abs(grade) > _MAX_GRADE:  # nor what is no number at all
        shown = repr(text[:_SHOWN]) + ("..." if len(text) > _SHOWN else "")
        raise InputError(f"{where}: the grade {shown} is not a whole number from {-_MAX_GRADE:,} to {_MAX_GRADE:,}")
    return grade
