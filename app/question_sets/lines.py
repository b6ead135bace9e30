"""This file reads JSON and JSONL that somebody wrote, and says which line of which file cannot be used."""

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
            row = _parsed(line, where)
        except json.JSONDecodeError:
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


def json_file(path: Path, form: str) -> dict[str, Any]:
    """The one object of a file; `form` says what it should be in the InputError of another one."""
    try:
        found = _parsed(path.read_text("utf-8-sig"), str(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}: not {form}")
    return found


def objects(parent: Mapping[str, Any], key: str, where: str) -> Rows:
    """The objects of a list within a row; raises InputError for anything else."""
    found = parent.get(key)
    if not isinstance(found, list):
        raise InputError(f"{where}: `{key}` is missing or not a list")
    separator = "." if "[" in where else ": "
    for at, item in enumerate(found):
        place = f"{where}{separator}{key}[{at}]"
        if not isinstance(item, dict):
            raise InputError(f"{place}: not an object")
        yield place, item


def _parsed(text: str, where: str) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Raises JSONDecodeError where it is no JSON, and InputError for what Python reads no number or list of."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise InputError(
            f"{where}: not a JSON object that can be used: its lists lie too deep in one another"
        ) from None
    except ValueError:
        raise InputError(f"{where}: not a JSON object that can be used: a number has too many digits") from None
