"""How the commands print, and how they read what a person names."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from indexes.library import Library
from ingest.cutting import checked_options
from ingest.sources import listed, written
from rag.errors import InputError


def print_json(rows: Iterable[object]) -> None:
    """One JSON object a line, at once."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False, default=str), flush=True)


def document_number(library: Library, text: str, collection: str | None) -> int:
    """The id of a document given by its number or its source; raises InputError when there is none, or several."""
    return document_named(library, text, collection)[0]


def document_named(library: Library, text: str, collection: str | None) -> tuple[int, str]:
    """The same with the source by which it was named; empty for a number."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return library.catalogue.document(int(text)).id, ""
    sources = {text, listed(text)}
    with suppress(InputError):  # then it can only be a source by that very name
        sources.add(written(typed_path(text)))
    records = library.catalogue.documents(collection)
    found = [(r.id, source) for r in records for source in (r.source, *r.also) if source in sources]
    if len(found) != 1:
        which = "no document" if not found else f"{len(found)} documents (name one by its number)"
        raise InputError(f"{which} with the source {text!r}: `python -m ingest list` shows them")
    return found[0]


def typed_path(text: str) -> Path:
    """A path as a person types it; raises InputError."""
    try:
        return Path(text).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{text!r} cannot be used as a path ({error})") from error


def options_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What `--set NAME=VALUE` says; raises InputError."""
    options: dict[str, Any] = {}
    for text in arguments.set or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set {text!r} is not of the form NAME=VALUE")
        options[name.strip()] = int(value) if value.strip().isdecimal() and len(value) < 10 else value.strip()
    return checked_options(options)
