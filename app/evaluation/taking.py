"""Takes questions from a file or from the rows of a table, and tells of every row that cannot be used why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.evaluation.folders import keeping
from app.question_sets.fields import refuse_repeated
from app.question_sets.rows import SetQuestion, question_of, question_rows, refuse_unknown, squad_rows
from rag.errors import InputError

_MOST_ERRORS = 20
ENDINGS = ("jsonl", "csv", "json")


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it."""

    questions: tuple[SetQuestion, ...]
    errors: tuple[str, ...]
    """Sentences, one for each row that cannot be used, as far as they are told."""


def taken_from_file(name: str, content: bytes, documents: Collection[str]) -> Taken:
    """The questions of an uploaded file. `documents`: sources that its rows may name, whole or by their last parts."""
    ending = Path(name).suffix.lower().lstrip(".")
    if ending not in ENDINGS:
        raise InputError(f"{name!r} is none of the forms that are read: {', '.join(f'.{one}' for one in ENDINGS)}")
    if not content.strip():
        raise InputError(f"{name!r} is empty, so that it has no question in it")
    with keeping(), TemporaryDirectory(prefix="footnote-set-") as folder:
        path = Path(folder) / f"set.{ending}"
        path.write_bytes(content)
        taken = _taken(_rows(path), documents)
        if not taken.questions and not taken.errors:
            raise InputError(f"{name!r} has no question in it")
        return Taken(taken.questions, tuple(error.replace(str(path), name) for error in taken.errors))


def taken_from_table(rows: Iterable[Mapping[str, Any]], documents: Collection[str]) -> Taken:
    """The same of rows as JSONL has them; one without a word is left out."""
    named = ((f"row {number}", row) for number, row in enumerate(rows, start=1))
    return _taken(((where, row) for where, row in named if any(map(_is_filled, row.values()))), documents)


def _is_filled(value: object) -> bool:
    return bool(value) and value is not True


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if path.suffix == ".json":
        return ((where, row) for where, _, _, row in squad_rows(path) if row)
    return question_rows(path)


def _taken(rows: Iterator[tuple[str, Mapping[str, Any]]], documents: Collection[str]) -> Taken:
    """Goes on behind a row that cannot be used, but not where the file itself cannot be read on."""
    found: list[SetQuestion] = []
    errors: list[str] = []
    seen: set[str] = set()
    known = _by_name(documents)
    number = 0
    while len(errors) < _MOST_ERRORS:
        try:
            where, row = next(rows)
        except StopIteration:
            break
        except InputError as error:
            errors.append(str(error))
            break
        number += 1
        try:
            question = _located(question_of(row, where, number), known, documents, where)
            refuse_repeated(question.id, seen, where)
            found.append(question)
        except InputError as error:
            errors.append(str(error))
    return Taken(tuple(found), tuple(errors))


def _by_name(documents: Collection[str]) -> dict[str, list[str]]:
    """Last part of a source -> the sources that end so."""
    found: dict[str, list[str]] = {}
    for source in documents:
        found.setdefault(source.rsplit("/", 1)[-1], []).append(source)
    return found


def _located(
    question: SetQuestion, by_name: Mapping[str, Sequence[str]], documents: Collection[str], where: str
) -> SetQuestion:
    """The same question, its documents by their whole sources; raises InputError for one that is not there."""
    sources = [source for name in question.documents for source in by_name.get(name, [name])]
    refuse_unknown(sources, documents, where)
    return SetQuestion(
        question.id, question.text, question.answers, tuple(sources), question.pages, question.is_answerable
    )
