"""This file reads a questions file over real files, which are parsed and cut before anything is found in them.

A row has `question`, `answers` (strings that stand in the text), `documents` (names of files), `pages` (numbers) and
`answerable`; only the question is always needed, and one of answers and documents. JSONL, or CSV with these columns,
in which several values are separated by |.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.sets.fields import flag, identity, names, refuse_repeated, refuse_unaskable, string, strings
from evals.sets.lines import Rows, json_lines
from evals.sets.nouns import Dataset, Query
from ingest.discovery import find
from ingest.sources import INSIDE
from rag.errors import InputError

QUESTION_FILES = ("questions.jsonl", "questions.csv")
_COLUMNS = frozenset({"id", "question", "answers", "documents", "pages", "answerable"})
_DIGITS = 9
"""Of a page's number in CSV."""


def files_below(folder: Path) -> dict[str, Path]:
    """Every file of a supported kind by its name below the folder, questions left out."""
    found = find([str(folder)], exclude=[f"/{name}" for name in QUESTION_FILES])
    return {file.path.resolve().relative_to(folder.resolve()).as_posix(): file.path for file in found.files}


def read_over_files(questions: Path, files: Mapping[str, Path]) -> Dataset:
    """Questions whose documents are among `files`; raises InputError naming the line of one that cannot be used."""
    queries: list[Query] = []
    qrels: dict[str, dict[str, int]] = {}
    seen: set[str] = set()
    for number, (where, row) in enumerate(_rows(questions), start=1):
        documents, answers = names(row, "documents", where), strings(row, "answers", where)
        query = Query(
            identity(row, "id", where, default=f"q{number}"),
            string(row, "question", where),
            answers,
            flag(row, "answerable", where, default=True),
            _pages(row, where),
        )
        refuse_repeated(query.id, seen, where)
        refuse_unaskable(query.text, where)
        _refuse_unknown(documents, files, where)
        if query.is_answerable and not (documents or answers):
            raise InputError(f"{where}: neither `answers` nor `documents` says what would be right")
        queries.append(query)
        if query.is_answerable:
            qrels[query.id] = dict.fromkeys(documents, 1)
    if not queries:
        raise InputError(f"{questions} holds no question, so there is nothing to measure")
    return Dataset(questions, tuple(queries), qrels, lambda: iter(()), dict(files))


def _rows(path: Path) -> Rows:
    if not path.is_file():
        raise InputError(f"{path} is not a file: name one with a question a line")
    return _csv_rows(path) if path.suffix.lower() == ".csv" else json_lines(path)


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            _refuse_columns(reader.fieldnames or (), f"{path}, line 1")
            for row in reader:
                yield f"{path}, line {reader.line_num}", _typed(row, f"{path}, line {reader.line_num}")
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}, line {reader.line_num + 1}: not CSV in UTF-8 ({error})") from None


def _refuse_columns(columns: Sequence[str], where: str) -> None:
    if set(columns) - _COLUMNS or "question" not in columns:
        named = ", ".join(sorted(_COLUMNS))
        raise InputError(f"{where}: the columns must be among {named}, and `question` one of them")
    if twice := [name for name, n in Counter(columns).items() if n > 1]:
        raise InputError(f"{where}: the column `{twice[0]}` stands there twice: keep one, its values separated by |")


def _typed(row: Mapping[str | None, Any], where: str) -> dict[str, Any]:
    """What the same row would be in JSONL; an empty cell is a missing key."""
    if None in row:
        raise InputError(f"{where}: more cells than columns; quote a cell that has a comma in it")
    found: dict[str, Any] = {str(key): value.strip() for key, value in row.items() if value and value.strip()}
    for key in found.keys() & {"answers", "documents", "pages"}:
        found[key] = [part.strip() for part in found[key].split("|") if part.strip()]
    found["pages"] = [
        int(page) if page.isdecimal() and len(page) <= _DIGITS else page for page in found.get("pages", [])
    ]
    if "answerable" in found:
        found["answerable"] = {"true": True, "false": False}.get(found["answerable"].lower())
    return found


def _pages(row: Mapping[str, Any], where: str) -> tuple[int, ...]:
    value = row.get("pages", [])
    if not isinstance(value, list) or not all(type(page) is int and page > 0 for page in value):
        raise InputError(f"{where}: `pages` must be a list of page numbers, counted from 1")
    return tuple(value)


def _refuse_unknown(documents: tuple[str, ...], files: Mapping[str, Path], where: str) -> None:
    for name in documents:
        if name.split(INSIDE)[0] not in files:  # what is inside of a file is named behind its name
            raise InputError(f"{where}: there is no document {name!r} among the {len(files)} files")
