"""This file reads sets line by line and says which line of which file cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.errors import InputError

MAX_LINE = 10_000_000
"""Bytes; a longer line is refused, so that a file that is no JSONL does not fill the memory."""

Rows = Iterator[tuple[str, dict[str, Any]]]
"""Place for messages and object of every row."""


def json_lines(path: Path) -> Rows:
    """The object on every line that is not blank."""
    for where, line in lines(path):
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise InputError(f"{where}: not a JSON object") from None
        if not isinstance(row, dict):
            raise InputError(f"{where}: not a JSON object")
        yield where, row


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Place for messages and text of every line that is not blank."""
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


def string(row: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    """A text of the row; raises InputError where it is missing or something else."""
    value = row.get(key, default)
    if not isinstance(value, str):
        raise InputError(f"{where}: `{key}` is missing or not a string")
    return value


def strings(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A list of texts, empty where it is missing; raises InputError for anything else."""
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputError(f"{where}: `{key}` must be a list of strings")
    return tuple(value)


def flag(row: Mapping[str, Any], key: str, where: str, *, default: bool) -> bool:
    """True or false; raises InputError for anything else."""
    value = row.get(key, default)
    if not isinstance(value, bool):
        raise InputError(f"{where}: `{key}` must be true or false")
    return value


def refuse_repeated(id: str, seen: set[str], where: str) -> None:
    """Raises InputError for an id that was there before; remembers it otherwise."""
    if id in seen:
        raise InputError(f"{where}: the _id {id!r} stands there a second time")
    seen.add(id)
