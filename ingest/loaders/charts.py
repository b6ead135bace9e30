"""Charts of Office files: the numbers that the file keeps beside the drawing, as a table."""

from __future__ import annotations

from typing import Any

from ingest.loaders.archive import local_name
from ingest.loaders.tables import markdown_table

_MAX_POINTS = 1000


def chart_table(root: Any) -> tuple[str, str]:  # noqa: ANN401
    """(title, Markdown table with a row per category and a column per series); empty texts where there is nothing."""
    if root is None:
        return "", ""
    series = [element for element in root.iter() if local_name(element) == "ser"]
    columns = [
        (_joined(_find(one, "tx")), _points(_find(one, "cat", "xVal")), _points(_find(one, "val", "yVal")))
        for one in series
    ]
    names = next((categories for _, categories, _ in columns if categories), {})
    keys = sorted({key for _, _, values in columns for key in values} | set(names))[:_MAX_POINTS]
    rows = [["", *(name for name, _, _ in columns)]]
    rows += [[names.get(key, str(key + 1)), *(values.get(key, "") for _, _, values in columns)] for key in keys]
    title = next((element for element in root.iter() if local_name(element) == "title"), None)
    return _joined(title), markdown_table(rows) if keys else ""


def _find(parent: Any, *names: str) -> Any:  # noqa: ANN401
    return next((child for child in parent if local_name(child) in names), None)


def _joined(element: Any) -> str:  # noqa: ANN401
    if element is None:
        return ""
    return " ".join(part.text.strip() for part in element.iter() if local_name(part) in ("t", "v") and part.text)


def _points(element: Any) -> dict[int, str]:  # noqa: ANN401
    """Point number -> its value as written in the file."""
    points = {}
    for point in element.iter() if element is not None else ():
        index = point.get("idx") or "" if local_name(point) == "pt" else ""
        if index.isdecimal():
            points[int(index)] = _joined(point)
    return points
