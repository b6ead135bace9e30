"""Jupyter notebooks: text cells as Markdown, code cells and what they printed as code; pictures are left out."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.markdown import add_markdown
from ingest.loaders.source import SourceFile

_MAX_OUTPUT = 20_000
"""Characters kept of one output: logs run to megabytes and say little."""
_LEVELS = frozenset("123456")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class _Several(list[Any]):
    """The values of a key that an object has more than once; text is taken from all of them."""


def load_notebook(source: SourceFile) -> Assembly:
    """Cells in order with their text outputs. Raises LoadError for a file that is no notebook."""
    try:
        notebook = json.loads(decode(source.read()), parse_int=str, parse_float=str, object_pairs_hook=_with_all)
    except json.JSONDecodeError as error:
        raise source.error(f"is not a notebook: line {error.lineno} is not valid JSON.") from error
    cells = _cells(notebook)
    if cells is None:
        raise source.error("is not a notebook: it has no cells.")
    about = _dict(notebook.get("metadata"))
    assembly = Assembly(title=str(_one(about.get("title")) or ""))
    assembly.metadata["programming_language"] = _language(about)
    n_cut = 0
    for cell in map(_dict, cells):
        text, kind = _text(cell.get("source", cell.get("input"))), _one(cell.get("cell_type"))
        if kind == "markdown":
            add_markdown(assembly, text)
        elif kind == "heading":  # notebooks of before 2015
            assembly.add("heading", text, _level(_one(cell.get("level"))))
        else:
            assembly.add("code" if kind == "code" else "paragraph", text)
        for output in _outputs(cell):
            assembly.add("code", output[:_MAX_OUTPUT])
            n_cut += len(output) > _MAX_OUTPUT
    if n_cut:
        assembly.warnings.append(f"Outputs of cells longer than {_MAX_OUTPUT:,} characters were cut off: {n_cut}.")
    return assembly


def _cells(notebook: Any) -> list[Any] | None:  # noqa: ANN401 - any JSON value
    """The cells; those of version 3 stand on sheets."""
    found = _dict(notebook)
    sheets = _list(found.get("worksheets"))
    if sheets is not None:
        return [cell for sheet in map(_dict, sheets) for cell in _list(sheet.get("cells")) or ()]
    return _list(found.get("cells"))


def _language(about: dict[str, Any]) -> str:
    names = (_dict(about.get("language_info")).get("name"), _dict(about.get("kernelspec")).get("language"))
    return next((name for name in map(_one, names) if isinstance(name, str) and name), "")


def _outputs(cell: dict[str, Any]) -> Iterator[str]:
    for output in map(_dict, _list(cell.get("outputs")) or ()):
        if output.get("ename"):
            yield f"{_one(output['ename'])}: {_text(output.get('evalue'))}"
        else:
            shown = output.get("text") or _dict(output.get("data")).get("text/plain")
            yield _COLOURS.sub("", _text(shown))


def _with_all(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object that has every value of every key."""
    values: dict[str, _Several] = defaultdict(_Several)
    for key, value in pairs:
        values[key] += value if isinstance(value, _Several) else [value]
    return {key: found if len(found) > 1 else found[0] for key, found in values.items()}


def _text(value: Any) -> str:  # noqa: ANN401
    """Text is one string or a list of lines."""
    if isinstance(value, _Several):
        return "\n".join(map(_text, value))
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _list(value: Any) -> list[Any] | None:  # noqa: ANN401
    """The items; None for what is no list."""
    if isinstance(value, _Several):
        lists = [found for found in map(_list, value) if found is not None]
        return list(chain.from_iterable(lists)) if lists else None
    return value if isinstance(value, list) else None


def _dict(value: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(value, _Several):
        return _with_all(pair for found in map(_dict, value) for pair in found.items())
    return value if isinstance(value, dict) else {}


def _one(value: Any) -> Any:  # noqa: ANN401
    """Of what can only be one thing the last value, as Jupyter takes it."""
    return value[-1] if isinstance(value, _Several) else value


def _level(value: Any) -> int:  # noqa: ANN401
    """1 to 6; 1 for what is no such number. Numbers are the text that the file has, which may be of any length."""
    return int(value) if isinstance(value, str) and value in _LEVELS else 1
