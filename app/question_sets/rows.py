"""This file reads and writes questions over documents that Footnote has read, in the forms that people have them in.

JSONL   a row has `question`, `answers` (strings that stand in the text), `documents` (names of files), `pages`
        (numbers) and `answerable`; the question is needed, and one of answers and documents where it is answerable
CSV     with these columns, between commas, semicolons or tabs; in a cell several values are separated by |
SQuAD   its JSON: the answers may stand in any document
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.question_sets.fields import flag, identity, names, refuse_unaskable, string, strings
from app.question_sets.lines import Rows, json_file, json_lines, objects
from indexes.folder_digest import write_durably
from ingest.loaders.delimited import MAX_FIELD
from ingest.sources import INSIDE
from rag.errors import InputError

_COLUMNS = frozenset({"id", "question", "answers", "documents", "pages", "answerable"})
_SHOWN = 60
"""Characters of the name of a column that is refused."""
_DIGITS = 9
"""Of a page's number in CSV."""
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
"""Excel writes semicolons where numbers have commas, as in German."""
_HEADER = 10_000
"""Bytes that are looked at."""


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question with what would be right."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    """Each would be right."""
    documents: tuple[str, ...] = ()
    """Sources of which one has the answer; empty: any has."""
    pages: tuple[int, ...] = ()
    is_answerable: bool = True
    """False: nothing answers it, so that refusing is right."""

    def row(self) -> dict[str, object]:
        """As a line of JSONL; what is usual is left out."""
        lists = {"answers": list(self.answers), "documents": list(self.documents), "pages": list(self.pages)}
        found = {"id": self.id, "question": self.text, **{key: value for key, value in lists.items() if value}}
        return found if self.is_answerable else found | {"answerable": False}


def question_of(row: Mapping[str, Any], where: str, number: int) -> SetQuestion:
    """The question of a row; raises InputError, which begins with `where`, for one that cannot be used."""
    found = SetQuestion(
        identity(row, "id", where, default=f"q{number}"),
        string(row, "question", where),
        strings(row, "answers", where),
        names(row, "documents", where),
        _pages(row, where),
        flag(row, "answerable", where, default=True),
    )
    refuse_unaskable(found.text, where)
    if found.is_answerable and not (found.documents or found.answers):
        raise InputError(f"{where}: neither `answers` nor `documents` says what would be right")
    return found


def refuse_unknown(documents: Iterable[str], known: Collection[str], where: str) -> None:
    """Raises InputError for a document that is not among those that are `known`."""
    for name in documents:
        if name.split(INSIDE)[0] not in known:  # what is inside of a file is named behind its name
            raise InputError(f"{where}: there is no document {name!r} among the {len(known)} files")


def question_rows(path: Path) -> Rows:
    """Place and content of every row of a JSONL or CSV file."""
    if not path.is_file():
        raise InputError(f"{path} is not a file: name one with a question a line")
    return _csv_rows(path) if path.suffix.lower() == ".csv" else json_lines(path)


def squad_rows(path: Path) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Of every question of SQuAD's JSON its place, title, paragraph, and the row that says the same over documents."""
    whole, n = json_file(path, "an object with `data`, as SQuAD is"), 0
    for article_at, (where, article) in enumerate(objects(whole, "data", str(path))):
        title = string(article, "title", where, default="")
        for where_paragraph, paragraph in objects(article, "paragraphs", where):
            context = string(paragraph, "context", where_paragraph)
            yield where_paragraph, title, context, {}
            for place, asked in objects(paragraph, "qas", where_paragraph):
                yield place, title, context, _squad_row(asked, f"a{article_at}q{n}", place)
                n += 1


def _squad_row(asked: Mapping[str, Any], id: str, where: str) -> dict[str, Any]:
    answers = [string(answer, "text", at) for at, answer in objects(asked, "answers", where)]
    is_answerable = not flag(asked, "is_impossible", where, default=False)
    different = list(dict.fromkeys(answers)) if is_answerable else []
    row = {"id": identity(asked, "id", where, default=id), "question": string(asked, "question", where)}
    return row | {"answers": different, "answerable": is_answerable}


def write_questions(questions: Iterable[SetQuestion], path: Path) -> None:
    """JSONL, whole or not at all."""
    write_durably(path, "".join(f"{json.dumps(one.row(), ensure_ascii=False)}\n" for one in questions))


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    csv.field_size_limit(MAX_FIELD)
    delimiter = _delimiter(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        try:
            _refuse_columns(reader.fieldnames or (), f"{path}, line 1")
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                yield where, _typed(row, where, _DELIMITERS[delimiter])
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}, line {reader.line_num + 1}: not CSV in UTF-8 ({error})") from None


def _delimiter(path: Path) -> str:
    """The one that the header has most often: no column has it in its name."""
    with path.open("rb") as file:
        header = file.readline(_HEADER)
    return max(_DELIMITERS, key=lambda delimiter: header.count(delimiter.encode()))


def _refuse_columns(columns: Sequence[str], where: str) -> None:
    unknown = [name for name in columns if name not in _COLUMNS]
    if unknown or "question" not in columns:
        named, first = ", ".join(sorted(_COLUMNS)), f"; {unknown[0][:_SHOWN]!r} is none of them" if unknown else ""
        raise InputError(f"{where}: the columns must be among {named}, and `question` one of them{first}")
    if twice := [name for name, n in Counter(columns).items() if n > 1]:
        raise InputError(f"{where}: the column `{twice[0]}` stands there twice: keep one, its values separated by |")


def _typed(row: Mapping[str | None, Any], where: str, delimiter: str) -> dict[str, Any]:
    """What the same row would be in JSONL; an empty cell is a missing key."""
    if None in row:
        raise InputError(f"{where}: more cells than columns; quote a cell that has a {delimiter} in it")
    found: dict[str, Any] = {str(key): value.strip() for key, value in row.items() if value and value.strip()}
    for key in found.keys() & {"answers", "documents", "pages"}:
        found[key] = [part.strip() for part in found[key].split("|") if part.strip()]
    found["pages"] = [
        int(page) if page.isdecimal() and len(page) <= _DIGITS else page for page in found.get("pages", [])
    ]
    if "answerable" in found:
        found["answerable"] = {"true": True, "false": False, "wahr": True, "falsch": False}.get(
            found["answerable"].lower()
        )
    return found


def _pages(row: Mapping[str, Any], where: str) -> tuple[int, ...]:
    value = row.get("pages", [])
    if not isinstance(value, list) or not all(type(page) is int and page > 0 for page in value):
        raise InputError(f"{where}: `pages` must be a list of page numbers, counted from 1")
    return tuple(value)
