"""Straight lines that are drawn on a PDF page: rules, edges of boxes, rows of dots; the skeleton of its tables."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

from ingest.loaders.pdf_letters import level

if TYPE_CHECKING:
    import pypdfium2

MAX_OBJECTS = 20_000
"""A page with more objects is a drawing: nobody looks for tables there."""
MAX_RULINGS = 600
"""The same for a page with more straight lines, joined ones counted as one."""
_MAX_STROKES, _MAX_POINTS = 6_000, 20_000
_SAMPLE = 2_000
"""Points of paths after which a page is a drawing, if few of them are ends of level or upright strokes."""
_MAX_DEPTH = 4
_THIN = 3.0
"""Points: a filled box of this height is a line."""
_SAME = 2.5
"""Points between two lines that are taken for one, such as the edges of neighbouring cells."""
_GAP = 3.5
"""Points between two pieces of one line, such as the dots of a dotted one."""
_SHORTEST = 8.0
_MANY_POINTS = 20

Matrix = tuple[float, float, float, float, float, float]
Stroke = tuple[float, float, float, float]
"""x and y of both ends."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A level line at the height `at` from x `start` to `end`, or an upright one at x `at` from y `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rulings:
    """The lines of one page in points, measured as if its text were level; both sorted by `at`."""

    level: tuple[Ruling, ...] = ()
    upright: tuple[Ruling, ...] = ()


def rulings_of(page: pypdfium2.PdfPage, turn: int) -> tuple[Rulings, Rulings]:
    """The lines of a page whose text is turned by so many degrees, and the edges of coloured areas.

    There are none where there are too many.
    """
    if not 0 < pdfium.FPDFPage_CountObjects(page.raw) <= MAX_OBJECTS:
        return Rulings(), Rulings()
    paths = _Paths(turn)
    drawn = list(paths.of_page(page.raw))
    if paths.is_drawing:
        return Rulings(), Rulings()
    return _rulings(drawn), _rulings(paths.edges)


def _rulings(strokes: Sequence[Stroke]) -> Rulings:
    if not strokes or len(strokes) > _MAX_STROKES:
        return Rulings()
    flat = _joined((y0, min(x0, x1), max(x0, x1)) for x0, y0, x1, y1 in strokes if abs(y1 - y0) < _THIN)
    tall = _joined((x0, min(y0, y1), max(y0, y1)) for x0, y0, x1, y1 in strokes if abs(y1 - y0) >= _THIN)
    return Rulings(flat, tall) if len(flat) + len(tall) <= MAX_RULINGS else Rulings()


def _joined(pieces: Iterable[tuple[float, float, float]]) -> tuple[Ruling, ...]:
    """Pieces on one line that touch are one."""
    rows: list[list[tuple[float, float, float]]] = []
    for piece in sorted(pieces):
        if rows and piece[0] - rows[-1][0][0] <= _SAME:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return tuple(ruling for row in rows for ruling in _joined_row(row) if ruling.end - ruling.start >= _SHORTEST)


def _joined_row(row: list[tuple[float, float, float]]) -> Iterator[Ruling]:
    at = sum(piece[0] for piece in row) / len(row)
    start, end = math.inf, -math.inf
    for _, first, last in sorted(row, key=lambda piece: piece[1]):
        if first > end + _GAP:
            if end > start:
                yield Ruling(at, start, end)
            start = first
        end = max(end, last)
    yield Ruling(at, start, end)


class _Paths:
    """Reads the paths of a page; stops when it has seen too many."""

    def __init__(self, turn: int) -> None:
        self._angle = math.radians(turn)
        self._bounds = [ctypes.c_float() for _ in range(4)]
        self._matrix = pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._n_objects = self._n_points = self._n_strokes = 0
        self.is_drawing = False
        self.edges: list[Stroke] = []
        """Of areas that are filled without an outline; a line of text with a coloured ground has some, too."""

    def of_page(self, page: ctypes.c_void_p) -> Iterator[Stroke]:
        """Strokes that run level or upright on the page as it is read."""
        objects = (pdfium.FPDFPage_GetObject(page, n) for n in range(pdfium.FPDFPage_CountObjects(page)))
        yield from self._of(objects, None, 0)

    def _of(self, objects: Iterable[object], outer: Matrix | None, depth: int) -> Iterator[Stroke]:
        for thing in objects:
            self._n_objects += 1
            is_busy = self._n_objects > MAX_OBJECTS or self._n_points > _MAX_POINTS
            if is_busy or self._n_points > max(_SAMPLE, 4 * self._n_strokes):
                self.is_drawing = True
            if self.is_drawing:
                return
            kind = pdfium.FPDFPageObj_GetType(thing)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                yield from self._of_path(thing, outer)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                members = (
                    pdfium.FPDFFormObj_GetObject(thing, n) for n in range(pdfium.FPDFFormObj_CountObjects(thing))
                )
                yield from self._of(members, self._within(thing, outer), depth + 1)

    def _of_path(self, path: object, outer: Matrix | None) -> Iterator[Stroke]:
        left, bottom, right, top = self._box(path, outer)
        wide, high = right - left, top - bottom
        if wide >= _THIN and high >= _THIN and max(wide, high) < _SHORTEST:
            return
        pdfium.FPDFPath_GetDrawMode(path, self._fill, self._stroke)
        if not self._fill.value and not self._stroke.value:
            return
        if min(wide, high) < _THIN:
            if wide >= high:
                yield left, (bottom + top) / 2, right, (bottom + top) / 2
            else:
                yield (left + right) / 2, bottom, (left + right) / 2, top
            return
        n_points = pdfium.FPDFPath_CountSegments(path)
        if n_points <= 5 and not self._stroke.value:
            self.edges += _edges(left, bottom, right, top)
        elif n_points < _MANY_POINTS or not self._is_curved(path):
            self._n_points += n_points
            for stroke in self._of_segments(path, min(n_points, _MAX_POINTS), outer):
                self._n_strokes += 1
                yield stroke

    def _box(self, path: object, outer: Matrix | None) -> Stroke:
        left, bottom, right, top = self._bounds
        pdfium.FPDFPageObj_GetBounds(path, left, bottom, right, top)
        if outer is None and not self._angle:
            return left.value, bottom.value, right.value, top.value
        x0, y0 = self._levelled(outer, left.value, bottom.value)
        x1, y1 = self._levelled(outer, right.value, top.value)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def _is_curved(self, path: object) -> bool:
        """Whether a long path begins with curves, so that it is a drawing."""
        kinds = (pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(path, n)) for n in range(8))
        return pdfium.FPDF_SEGMENT_BEZIERTO in kinds

    def _of_segments(self, path: object, n_points: int, outer: Matrix | None) -> Iterator[Stroke]:
        matrix = self._within(path, outer)
        start = at = (0.0, 0.0)
        for n in range(n_points):
            segment = pdfium.FPDFPath_GetPathSegment(path, n)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, self._x, self._y)
            to = self._levelled(matrix, self._x.value, self._y.value)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = to
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                yield from _straight(at, to)
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield from _straight(to, start)
            at = to

    def _within(self, thing: object, outer: Matrix | None) -> Matrix:
        """The matrix of an object, with that of the form it stands in."""
        pdfium.FPDFPageObj_GetMatrix(thing, self._matrix)
        m = self._matrix
        own = (m.a, m.b, m.c, m.d, m.e, m.f)
        return own if outer is None else _product(own, outer)

    def _levelled(self, matrix: Matrix | None, x: float, y: float) -> tuple[float, float]:
        if matrix is not None:
            a, b, c, d, e, f = matrix
            x, y = a * x + c * y + e, b * x + d * y + f
        return level(self._angle, x, y) if self._angle else (x, y)


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _edges(left: float, bottom: float, right: float, top: float) -> Iterator[Stroke]:
    yield left, bottom, right, bottom
    yield left, top, right, top
    yield left, bottom, left, top
    yield right, bottom, right, top


def _straight(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Stroke]:
    """The stroke, where it runs level or upright; rounded corners and slants are none."""
    wide, high = abs(end[0] - start[0]), abs(end[1] - start[1])
    if min(wide, high) < 0.5 and max(wide, high) >= 1.0:
        yield (*start, *end)
