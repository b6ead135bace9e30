"""The streams of a Word 97-2003 file [MS-DOC]: its characters piece by piece, and what each paragraph is."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_PAGE = 512
_FIXED, _VARIABLE = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}, 6
"""Bytes of a property's value, by the three upper bits of its number."""
_IN_TABLE, _ROW_END, _LIST, _LIST_LEVEL, _OUTLINE = 0x2416, 0x2417, 0x460B, 0x260A, 0x2640
_VANISH, _DELETED = 0x083C, 0x0800
_TITLE = 62
_MAX_STYLES = 4096
_LONG_TABLE, _CHANGED_TABS = 0xD608, 0xC615
_PARTS = ("main", "footnotes", "headers", "macros", "comments", "endnotes", "boxes", "header_boxes")


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """What a paragraph is; `level` is 0 for what is no heading."""

    level: int = 0
    is_title: bool = False
    is_in_table: bool = False
    is_row_end: bool = False
    is_item: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters `start` to `end` of the text, from byte `at` of the stream on, `width` bytes each."""

    start: int
    end: int
    at: int
    width: int


class WordStreams:
    """A Word file's text with the looks of its paragraphs. Raises ValueError or struct.error where it is damaged."""

    def __init__(self, main: bytes, tables: tuple[bytes, bytes]) -> None:
        flags = struct.unpack_from("<H", main, 0x0A)[0]
        self.is_encrypted = bool(flags & 0x0100)
        self.is_old = struct.unpack_from("<H", main, 0x02)[0] < 0xC0
        self._main = main
        self._pieces: list[_Piece] = []
        self._looks = _Runs(main)
        self._hidden = _Runs(main)
        self._levels: dict[int, int] = {}
        self._lengths = (0,) * len(_PARTS)
        if self.is_encrypted:
            return
        if self.is_old:
            self._read_old(flags)
        else:
            self._read(tables[bool(flags & 0x0200)])

    def text(self, part: str) -> Iterator[tuple[str, ParagraphLook]]:
        """The paragraphs of a part (main, footnotes, headers, comments, endnotes, boxes...), with their end marks."""
        n = _PARTS.index(part)
        start = sum(self._lengths[:n])
        end = start + self._lengths[n]
        line: list[str] = []
        for piece in self._pieces:
            for at, characters in self._shown(piece, start, end):
                for position, character in enumerate(characters):
                    line.append(character)
                    if character in "\r\x07\x0c":
                        properties = self._looks.properties_at(at + position * piece.width)
                        yield "".join(line), _paragraph_look(properties, self._levels)
                        line = []
        if line:
            yield "".join(line), ParagraphLook()

    def _shown(self, piece: _Piece, start: int, end: int) -> Iterator[tuple[int, str]]:
        """(byte, characters) of the part of a piece within `start:end`, without hidden and deleted runs."""
        first, last = max(start, piece.start), min(end, piece.end)
        at, stop = (piece.at + (bound - piece.start) * piece.width for bound in (first, last))
        while at < stop:
            properties, run_end = self._hidden.run_at(at)
            upto = min(stop, max(at + piece.width, run_end - (run_end - at) % piece.width))
            if not _is_left_out(properties):
                yield at, self._decoded(at, upto, piece.width)
            at = upto

    def _decoded(self, start: int, end: int, width: int) -> str:
        data = self._main[start:end]
        if width == 1:
            return data.decode("cp1252", "replace")
        units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
        return "".join(map(chr, units))  # one character per unit, so that places can be counted; joined later

    def _read(self, table: bytes) -> None:
        self._lengths = struct.unpack_from("<8i", self._main, 0x4C)
        if min(self._lengths) < 0:
            raise ValueError("lengths")
        start, size = struct.unpack_from("<II", self._main, 0x01A2)
        self._pieces = list(_pieces(table[start : start + size]))
        start, size = struct.unpack_from("<II", self._main, 0x00A2)
        self._levels = _style_levels(table[start : start + size])
        for runs, place in ((self._hidden, 0x00FA), (self._looks, 0x0102)):
            start, size = struct.unpack_from("<II", self._main, place)
            runs.read(table[start : start + size])

    def _read_old(self, flags: int) -> None:
        """Word 6 and 95 keep the text in one run of bytes, unless they saved it fast."""
        first, last = struct.unpack_from("<II", self._main, 0x18)
        if flags & 0x0004 or not 0 < first < last <= len(self._main):
            raise ValueError("a fast-saved file of Word 6")
        self._lengths = (last - first, 0, 0, 0, 0, 0, 0, 0)
        self._pieces = [_Piece(0, last - first, first, 1)]


class _Runs:
    """Properties of runs of characters or of paragraphs, from the 512-byte pages that a table points to."""

    def __init__(self, main: bytes) -> None:
        self._main = main
        self._starts: list[int] = []
        self._pages: list[int] = []

    def read(self, table: bytes) -> None:
        """Take in a table of (first byte, page)."""
        n = max(0, (len(table) - 4) // 8)
        self._starts = list(struct.unpack_from(f"<{n}I", table)) if n else []
        self._pages = list(struct.unpack_from(f"<{n}I", table, 4 * (n + 1))) if n else []

    def properties_at(self, at: int) -> bytes:
        """The properties in force at a byte of the stream, style first for a paragraph."""
        return self.run_at(at, is_paragraph=True)[0]

    def run_at(self, at: int, *, is_paragraph: bool = False) -> tuple[bytes, int]:
        """(properties, byte after the run) at a byte of the stream."""
        number = bisect_right(self._starts, at) - 1
        page = self._page(number)
        n = page[-1] if page else 0
        width = 13 if is_paragraph else 1
        if not n or 4 * (n + 1) + n * width > len(page):
            return b"", len(self._main)
        bounds = struct.unpack_from(f"<{n + 1}I", page)
        run = bisect_right(bounds, at) - 1
        if not 0 <= run < n:
            following = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._main)
            return b"", bounds[0] if run < 0 else max(following, at + 1)
        return _stored(page, 2 * page[4 * (n + 1) + run * width], is_paragraph), bounds[run + 1]

    def _page(self, number: int) -> bytes:
        if number < 0:
            return b""
        start = (self._pages[number] & 0x3FFFFF) * _PAGE
        page = self._main[start : start + _PAGE]
        return page if len(page) == _PAGE else b""


def _stored(page: bytes, place: int, is_paragraph: bool) -> bytes:
    if not place:
        return b""
    size = page[place]
    if not is_paragraph:
        return page[place + 1 : place + 1 + size]
    if not size:
        return page[place + 2 : place + 2 + 2 * page[place + 1]]
    return page[place + 1 : place + 2 * size]


def _pieces(clx: bytes) -> Iterator[_Piece]:
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        raise ValueError("no table of pieces")
    n = (struct.unpack_from("<I", clx, at + 1)[0] - 4) // 12
    bounds = struct.unpack_from(f"<{n + 1}I", clx, at + 5)
    for number, (start, end) in enumerate(zip(bounds, bounds[1:], strict=False)):
        place = struct.unpack_from("<I", clx, at + 5 + 4 * (n + 1) + 8 * number + 2)[0]
        is_narrow = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        yield _Piece(start, end, place // 2 if is_narrow else place, 1 if is_narrow else 2)


def _settings(properties: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, value) of each property in a list."""
    at = 0
    while at + 2 <= len(properties):
        number = struct.unpack_from("<H", properties, at)[0]
        at += 2
        kind = number >> 13
        if kind != _VARIABLE:
            size, head = _FIXED[kind], 0
        elif number == _LONG_TABLE:
            size, head = max(0, int.from_bytes(properties[at : at + 2], "little") - 1), 2
        else:
            size, head = int.from_bytes(properties[at : at + 1], "little"), 1
            if number == _CHANGED_TABS and size == 255:
                return
        yield number, properties[at + head : at + head + size]
        at += head + size


def _paragraph_look(properties: bytes, levels: dict[int, int]) -> ParagraphLook:
    if len(properties) < 2:
        return ParagraphLook()
    found = {number: value for number, value in _settings(properties[2:]) if value}
    style = levels.get(struct.unpack_from("<H", properties)[0], 0)
    outline = found.get(_OUTLINE, b"\x09")[0]
    return ParagraphLook(
        level=1 if style == _TITLE else style or (outline + 1 if outline < 9 else 0),
        is_title=style == _TITLE,
        is_in_table=bool(found.get(_IN_TABLE, b"\0")[0]),
        is_row_end=bool(found.get(_ROW_END, b"\0")[0]),
        is_item=any(found.get(_LIST, b"\0")),
        depth=min(found.get(_LIST_LEVEL, b"\0")[0], 8),
    )


def _style_levels(sheet: bytes) -> dict[int, int]:
    """Style -> heading level, or the number of the title style: by Word's own numbers, the same in every language."""
    if len(sheet) < 6:
        return {}
    kinds: list[tuple[int, int]] = []
    at = 2 + struct.unpack_from("<H", sheet)[0]
    for _ in range(min(struct.unpack_from("<H", sheet, 2)[0], _MAX_STYLES)):
        size = struct.unpack_from("<H", sheet, at)[0] if at + 2 <= len(sheet) else 0
        own, parent = struct.unpack_from("<HH", sheet, at + 2) if size >= 4 else (0xFFF, 0xFFF0)
        kinds.append((own & 0xFFF, parent >> 4))
        at += 2 + size + size % 2
    return {style: level for style in range(len(kinds)) if (level := _inherited(kinds, style))}


def _inherited(kinds: list[tuple[int, int]], style: int) -> int:
    for _ in range(10):
        if style >= len(kinds):
            return 0
        number, style = kinds[style]
        if 1 <= number <= 9 or number == _TITLE:
            return number
    return 0


def _is_left_out(properties: bytes) -> bool:
    """Hidden text, and what a tracked change has deleted."""
    return any(number in (_VANISH, _DELETED) and value[:1] == b"\x01" for number, value in _settings(properties))
