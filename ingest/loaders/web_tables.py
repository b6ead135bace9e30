"""Tables of HTML pages: those with data become Markdown, those that only arrange the page are told apart."""

from __future__ import annotations

from typing import Any

from ingest.loaders.web_text import inline_text, is_hidden

_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})


def is_layout(table: Any) -> bool:  # noqa: ANN401
    """Tables that only arrange a page: with tables, headings or lists of their own, or of one single cell."""
    if table.get("role") == "presentation" or any(table.find(f".//{tag}") is not None for tag in ("h1", "h2", "h3")):
        return True
    cells = [cell for line in _own_rows(table) for cell in line]
    if len(cells) < 2:
        return True
    is_headed = any(cell.tag == "th" for cell in cells)
    return not is_headed and any(table.find(f".//{tag}") is not None for tag in ("table", "pre"))


def _own_rows(table: Any) -> list[Any]:  # noqa: ANN401
    """Rows of the table itself, not those of tables inside it."""
    groups = [table, *(child for child in table if child.tag in _ROW_GROUPS and not is_hidden(child))]
    rows = [child for group in groups for child in group if child.tag == "tr" and not is_hidden(child)]
    return rows if len(groups) < 3 else sorted(rows, key=lambda row: row.getparent().tag == "tfoot")


def table_rows(table: Any) -> list[list[str]]:  # noqa: ANN401
    """Cells by row; a cell that spans rows or columns is repeated in each of them."""
    rows: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}
    for line in _own_rows(table):
        cells = [cell for cell in line if cell.tag in ("td", "th") and not is_hidden(cell)]
        rows.append(_row(cells, pending))
    return rows


def _row(cells: list[Any], pending: dict[int, tuple[int, str]]) -> list[str]:
    row: list[str] = []
    for cell in cells:
        _take_pending(row, pending)
        text, n_rows = inline_text(cell), _span(cell, "rowspan")
        for _ in range(_span(cell, "colspan")):
            if n_rows > 1:
                pending[len(row)] = (n_rows - 1, text)
            row.append(text)
    _take_pending(row, pending)
    return row


def _take_pending(row: list[str], pending: dict[int, tuple[int, str]]) -> None:
    while len(row) in pending:
        n_left, text = pending.pop(len(row))
        if n_left > 1:
            pending[len(row)] = (n_left - 1, text)
        row.append(text)


def _span(cell: Any, name: str) -> int:  # noqa: ANN401
    value = cell.get(name) or "1"
    return min(int(value), 100) if value.isdecimal() and int(value) > 0 else 1
