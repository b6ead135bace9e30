"""Lines that OCR saw, in reading order: columns one after the other, the cells of a row on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from ingest.loaders.ocr import Reading, SeenLine, SeenWord
from ingest.loaders.pdf_line import Line

Row = list[SeenLine]
"""What stands side by side, from left to right."""

_LETTER_SHARE = 0.72
"""Size of the letters in parts of a line's height, which has some air above and below."""
_PROSE_WIDTH = 9
"""In line heights: the lines of a column of text are longer, those of a table's cells shorter."""
_SPLIT = "-\ufffe"
"""How PDFium shows a word that was split at a line end."""


def page_of(reading: Reading, longest_side: float) -> tuple[list[Line], list[SeenWord]]:
    """Lines as PDFium would give them of a page with this longest side in points, and their words in the same order."""
    if not reading.lines:
        return [], []
    scale = longest_side / max(reading.width, reading.height)
    rows = rows_of([line for line in reading.lines if not line.is_tall])
    upright = [line for line in reading.lines if not line.is_tall]
    body = median(line.height for line in upright or reading.lines for _ in line.words)
    lines = [_as_line(row, body, reading.height, scale) for row in rows]
    lines = [_split_word(line, below) for line, below in zip(lines, [*lines[1:], None], strict=True)]
    tall = [line for line in reading.lines if line.is_tall]
    lines += [_as_line([line], body, reading.height, scale, turn=90) for line in tall]
    return lines, [word for row in [*rows, tall] for line in row for word in line.words]


def _as_line(row: Row, body: float, height: int, scale: float, turn: int = 0) -> Line:
    longest = max(row, key=lambda line: len(line.text))
    size = _steady(median(line.height for line in row), body) * _LETTER_SHARE * scale
    baseline = (height - longest.middle) * scale - 0.35 * size
    return Line(
        text=" ".join(line.text for line in row),
        left=row[0].left * scale,
        right=row[-1].right * scale,
        first=baseline,
        last=baseline,
        size=size,
        is_bold=False,
        is_mono=False,
        turn=turn,
    )


def _steady(height: float, body: float) -> float:
    """Heights waver by which letters a line has; those that are nearly the usual one become it."""
    ratio, steps = height / body, 0
    while ratio >= 1.22:
        ratio, steps = ratio / 1.25, steps + 1
    while ratio <= 0.75:
        ratio, steps = ratio * 1.25, steps - 1
    return float(body * 1.25**steps)


def _split_word(line: Line, below: Line | None) -> Line:
    if below and line.text[-2:-1].isalpha() and line.text.endswith("-") and below.text[:1].islower():
        return replace(line, text=line.text[:-1] + _SPLIT)
    return line


def rows_of(lines: Sequence[SeenLine]) -> list[Row]:
    """All lines in reading order."""
    gutter = _gutter(lines)
    if gutter is None:
        return _plain_rows(lines)
    rows: list[Row] = []
    for zone in _zones(lines, gutter):
        left, right = _sides(zone, gutter)
        rows += rows_of(left) + rows_of(right) if _are_columns(left, right) else _plain_rows(zone)
    return rows


def _plain_rows(lines: Sequence[SeenLine]) -> list[Row]:
    """Lines at the same height are one row, from top to bottom."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda line: line.middle):
        row = next((row for row in rows[-3:] if all(_is_beside(line, other) for other in row)), None)
        if row:
            row.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _is_beside(line: SeenLine, other: SeenLine) -> bool:
    reach = min(line.height, other.height)
    is_apart = line.left > other.right - 0.3 * reach or other.left > line.right - 0.3 * reach
    return is_apart and abs(line.middle - other.middle) < 0.45 * reach


def _gutter(lines: Sequence[SeenLine]) -> float | None:
    """Where to cut the page into a left and a right column: the place that parts most lines; None without columns."""
    if len(lines) < 6:
        return None
    step = median(line.height for line in lines)
    places = sorted({round(line.left / step) for line in lines})
    counted = [(sum(_n_parted(zone, place * step) for zone in _zones(lines, place * step)), place) for place in places]
    n, place = max(counted, default=(0, 0))
    return place * step if n else None


def _n_parted(zone: Sequence[SeenLine], gutter: float) -> int:
    left, right = _sides(zone, gutter)
    return len(zone) if _are_columns(left, right) else 0


def _zones(lines: Sequence[SeenLine], gutter: float) -> Iterator[list[SeenLine]]:
    """Runs of lines from top to bottom, parted by the lines that cross the gutter, which are zones of their own."""
    zone: list[SeenLine] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if line.left + 0.6 * line.height < gutter < line.right - 0.6 * line.height:
            yield from filter(None, (zone, [line]))
            zone = []
        else:
            zone.append(line)
    yield from filter(None, (zone,))


def _sides(zone: Sequence[SeenLine], gutter: float) -> tuple[Row, Row]:
    left = [line for line in zone if line.left + line.right < 2 * gutter]
    return left, [line for line in zone if line.left + line.right >= 2 * gutter]


def _are_columns(left: Sequence[SeenLine], right: Sequence[SeenLine]) -> bool:
    """Two texts side by side rather than the cells of a table, whose rows are level and whose entries are short."""
    if len(left) < 3 or len(right) < 3:
        return False
    if all(median(line.right - line.left for line in side) > _PROSE_WIDTH * side[0].height for side in (left, right)):
        return True
    fewer, more = sorted((left, right), key=len)
    n_level = sum(any(abs(line.middle - other.middle) < 0.2 * line.height for other in more) for line in fewer)
    return 2 * n_level < len(fewer)
