"""This file reads a questions file over real files, which are parsed and cut before anything is found in them: see
`app/question_sets/rows.py` for what a row of it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.question_sets.fields import refuse_repeated
from app.question_sets.rows import question_of, question_rows, refuse_unknown
from evals.sets.nouns import Dataset, Query
from ingest.discovery import find
from rag.errors import InputError

QUESTION_FILES = ("questions.jsonl", "questions.csv")


def files_below(folder: Path) -> dict[str, Path]:
    """Every file of a supported kind by its name below the folder, questions left out."""
    found = find([str(folder)], exclude=[f"/{name}" for name in QUESTION_FILES])
    return {file.path.resolve().relative_to(folder.resolve()).as_posix(): file.path for file in found.files}


def read_over_files(questions: Path, files: Mapping[str, Path]) -> Dataset:
    """Questions whose documents are among `files`; raises InputError naming the line of one that cannot be used."""
    queries: list[Query] = []
    qrels: dict[str, dict[str, int]] = {}
    seen: set[str] = set()
    for number, (where, row) in enumerate(question_rows(questions), start=1):
        asked = question_of(row, where, number)
        refuse_repeated(asked.id, seen, where)
        refuse_unknown(asked.documents, files, where)
        queries.append(Query(asked.id, asked.text, asked.answers, asked.is_answerable, asked.pages))
        if asked.is_answerable:
            qrels[asked.id] = dict.fromkeys(asked.documents, 1)
    if not queries:
        raise InputError(f"{questions} holds no question, so there is nothing to measure")
    return Dataset(questions, tuple(queries), qrels, lambda: iter(()), dict(files))
