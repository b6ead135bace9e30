"""This file takes the values out of a row of a set, and says which row has one that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rag.errors import InputError
from rag.retriever import checked_question

HALF_PAIR = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which JSON can write and which are no text: readers of documents leave them out, too."""
_IN_NO_ID = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Ids go through lines of text and through C strings."""


def string(row: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    """A text of the row; raises InputError where it is missing or something else."""
    return HALF_PAIR.sub("", _own(row, key, where, default))


def identity(row: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    """The same of an id, which is taken as it is or refused."""
    return checked_id(_own(row, key, where, default), where, key)


def checked_id(id: str, where: str, key: str) -> str:
    """The same id; raises InputError where a character of it can be in none."""
    if found := _IN_NO_ID.search(id):
        raise InputError(f"{where}: `{key}` {id!r} has a character that no id can have, U+{ord(found[0]):04X}")
    return id


def strings(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A list of texts, empty where it is missing; raises InputError for anything else."""
    return tuple(HALF_PAIR.sub("", text) for text in names(row, key, where))


def names(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The same of names of files, which are taken as they are."""
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


def refuse_unaskable(question: str, where: str) -> None:
    """Raises InputError for a question that the app would refuse."""
    try:
        checked_question(question)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def refuse_repeated(id: str, seen: set[str], where: str) -> None:
    """Raises InputError for an id that was there before; remembers it otherwise."""
    if id in seen:
        raise InputError(f"{where}: the _id {id!r} stands there a second time")
    seen.add(id)


def _own(row: Mapping[str, Any], key: str, where: str, default: str | None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str):
        raise InputError(f"{where}: `{key}` is missing or not a string")
    return value
