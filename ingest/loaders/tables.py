"""Tables as Markdown, which people and language models both read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from ingest.loaders.assembly import Assembly

_NUMBER = re.compile(r"[-+(]?[€$£]?\s?\d[\d.,'\s]*(?:\s?(?:%|€|EUR|USD|GBP))?\)?")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
MAX_ROWS = 200_000
"""Rows read of one sheet or CSV file; a warning says so where there are more."""

MAX_RECORDS = 20_000
MAX_CHARACTERS = 4_000_000
"""Of one table of a database: the first records are enough to find it by, and all of them are not for reading."""


_LEAST, _MOST = 1e-12, 1e21
"""Numbers between these are written out."""


def value_text(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """Numbers without a needless `.0`, dates as ISO 8601, lengths of time as hours and minutes, lists and objects as
    JSON, the size of what is no text."""
    match value:
        case None:
            text = ""
        case bool():
            text = "TRUE" if value else "FALSE"
        case float():
            text = f"{value:.15g}"
            text = f"{Decimal(text):f}" if "e" in text and _LEAST < abs(value) < _MOST else text
        case dt.timedelta():
            text = _length(value)
        case dt.datetime():
            text = value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
        case bytes():
            text = f"({len(value):,} bytes)"
        case list() | dict():
            text = json.dumps(value, ensure_ascii=False, default=value_text)
        case _:
            text = str(value)
    return text


def _length(time: dt.timedelta) -> str:
    """Of a time, in hours and minutes, and seconds where there are some."""
    minutes, seconds = divmod(round(abs(time.total_seconds())), 60)
    text = f"{'-' * (time < dt.timedelta())}{minutes // 60}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def add_records(assembly: Assembly, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> int | None:
    """Add a database's table, read as far as the limits allow; how many records these were, None when all."""
    rows = list(_within_limits(records))
    is_whole = None not in rows
    read = [row for row in rows if row is not None]
    assembly.add("table", markdown_table([columns, *read]) if read else "")
    return None if is_whole else len(read)


def _within_limits(records: Iterable[Sequence[Any]]) -> Iterator[list[str] | None]:
    """Texts of the records; None in place of the first that is too much."""
    n_characters = 0
    for number, record in enumerate(records):
        row = [value_text(value) for value in record]
        n_characters += sum(map(len, row))
        if number >= MAX_RECORDS or n_characters > MAX_CHARACTERS:
            yield None
            return
        yield row


def markdown_table(rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose header is the first row, or the first two as one; short rows are padded, empty rows and
    columns left out."""
    cells = [[_cell(text) for text in row] for row in rows]
    cells = _with_one_head([row for row in cells if any(row)])
    width = max((len(row) for row in cells), default=0)
    padded = [row + [""] * (width - len(row)) for row in cells]
    used = [column for column in range(width) if any(row[column] for row in padded)]
    if not used:
        return ""
    lines = ["| " + " | ".join(row[column] for column in used) + " |" for row in padded]
    return "\n".join([lines[0], "|" + " --- |" * len(used), *lines[1:]])


def _with_one_head(rows: list[list[str]]) -> list[list[str]]:
    """The rows with a head of two as one, "2022 Plan" of "2022" above "Plan" and "Actual": the upper one spans what
    stands below, no number is in the lower one, and one is below that. What is at the side of both is told by one of
    them: else they are a title and a row, or two rows."""
    if len(rows) < 3:  # noqa: PLR2004 - two heads and what they are of
        return rows
    width = max(map(len, rows[:3]))
    upper, lower, first = ([text.strip() for text in row] + [""] * (width - len(row)) for row in rows[:3])
    side = next(column for column in range(width) if upper[column] or lower[column])
    if len({upper[side], lower[side]} - {""}) > 1 or len({*upper} - {""}) < 2 or any(map(_is_number, upper)):  # noqa: PLR2004
        return rows
    spans = [
        upper[column - 1] and upper[column] in {"", upper[column - 1]} and lower[column] not in {"", lower[column - 1]}
        for column in range(1, width)
    ]
    is_head = not any(_DIGIT.search(text) for text in lower) and any(
        _is_number(text) and low for text, low in zip(first, lower, strict=True)
    )
    if not any(spans) or not is_head:
        return rows
    for column in range(1, width):
        if lower[column] and not upper[column]:
            upper[column] = upper[column - 1]
    heads = [f"{above} {low}".strip() if above != low else low for above, low in zip(upper, lower, strict=True)]
    return [heads, *rows[2:]]


def add_grid(assembly: Assembly, rows: Iterable[Sequence[str]]) -> None:
    """Add a sheet: empty rows part its tables, and a lone cell above a table is a paragraph."""
    region: list[Sequence[str]] = []
    head: Sequence[str] = ()
    for row in rows:
        if any(text.strip() for text in row):
            region.append(row)
        else:
            head = _add_region(assembly, region, head)
            region = []
    _add_region(assembly, region, head)


def _add_region(assembly: Assembly, region: Sequence[Sequence[str]], head: Sequence[str]) -> Sequence[str]:
    """The head of the last table by now: an empty row may only part its rows, which go on below `head` then."""
    first = 0
    if any(_n_used(row) > 1 for row in region):
        while _n_used(region[first]) == 1:
            assembly.add("paragraph", next(text for text in region[first] if text.strip()))
            first += 1
    rows = region[first:]
    if not first and rows and _go_on(rows, head):
        rows = [head, *rows]
    assembly.add("table" if len(rows) > 1 else "paragraph", _as_text(rows))
    return _with_one_head([list(row) for row in rows[:3]])[0] if len(rows) > 1 else head


def _go_on(rows: Sequence[Sequence[str]], head: Sequence[str]) -> bool:
    """Whether the rows are more of the table with this head: in its columns, the first of them with a number where the
    head has none."""
    heads = {column for column, text in enumerate(head) if text.strip()}
    used = {column for row in rows for column, text in enumerate(row) if text.strip()}
    numbers = {column for column, text in enumerate(rows[0]) if _is_number(text.strip())}
    return used <= heads and len(used) > 1 and any(not _DIGIT.search(head[column]) for column in numbers)


def _is_number(text: str) -> bool:
    """But for years, which heads are, too."""
    return bool(_NUMBER.fullmatch(text)) and not _YEAR.fullmatch(text)


def _as_text(region: Sequence[Sequence[str]]) -> str:
    if len(region) == 1:
        return " | ".join(text.strip() for text in region[0] if text.strip())
    return markdown_table(region)


def _n_used(row: Sequence[str]) -> int:
    return sum(bool(text.strip()) for text in row)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
