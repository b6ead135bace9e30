"""Jupyter notebooks: text cells as Markdown, code cells and what they printed as code; pictures are left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.markdown import add_markdown
from ingest.loaders.source import SourceFile

_MAX_OUTPUT = 20_000
"""Characters kept of one output: logs run to megabytes and say little."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def load_notebook(source: SourceFile) -> Assembly:
    """Cells in order with their text outputs. Raises LoadError for a file that is no notebook."""
    try:
        notebook = json.loads(decode(source.read()))
    except json.JSONDecodeError as error:
        raise source.error(f"is not a notebook: line {error.lineno} is not valid JSON.") from error
    cells = _cells(notebook)
    if cells is None:
        raise source.error("is not a notebook: it has no cells.")
    about = _dict(notebook.get("metadata"))
    assembly = Assembly(title=str(about.get("title") or ""))
    assembly.metadata["programming_language"] = _language(about)
    n_cut = 0
    for cell in map(_dict, cells):
        text = _text(cell.get("source", cell.get("input")))
        if cell.get("cell_type") == "markdown":
            add_markdown(assembly, text)
        elif cell.get("cell_type") == "heading":  # notebooks of before 2015
            assembly.add("heading", text, int(cell.get("level") or 1))
        else:
            assembly.add("code" if cell.get("cell_type") == "code" else "paragraph", text)
        for output in _outputs(cell):
            assembly.add("code", output[:_MAX_OUTPUT])
            n_cut += len(output) > _MAX_OUTPUT
    if n_cut:
        assembly.warnings.append(f"Outputs of cells longer than {_MAX_OUTPUT:,} characters were cut off: {n_cut}.")
    return assembly


def _cells(notebook: Any) -> list[Any] | None:  # noqa: ANN401 - any JSON value
    """The cells; those of version 3 stand on sheets."""
    found = _dict(notebook)
    sheets = found.get("worksheets")
    if isinstance(sheets, list):
        return [cell for sheet in map(_dict, sheets) for cell in sheet.get("cells") or ()]
    cells = found.get("cells")
    return cells if isinstance(cells, list) else None


def _language(about: dict[str, Any]) -> str:
    names = (_dict(about.get("language_info")).get("name"), _dict(about.get("kernelspec")).get("language"))
    return next((name for name in names if isinstance(name, str) and name), "")


def _outputs(cell: dict[str, Any]) -> Iterator[str]:
    outputs = cell.get("outputs")
    for output in map(_dict, outputs if isinstance(outputs, list) else ()):
        if output.get("ename"):
            yield f"{output['ename']}: {_text(output.get('evalue'))}"
        else:
            shown = output.get("text") or _dict(output.get("data")).get("text/plain")
            yield _COLOURS.sub("", _text(shown))


def _text(value: Any) -> str:  # noqa: ANN401
    """Text is one string or a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _dict(value: Any) -> dict[str, Any]:  # noqa: ANN401
    return value if isinstance(value, dict) else {}
