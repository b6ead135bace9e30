"""The records of a PowerPoint 97-2003 stream [MS-PPT]: slides in their order, with their texts and notes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_DOCUMENT, _SLIDE, _SLIDE_ATOM, _NOTES_ATOM, _SHOW_INFO = 1000, 1006, 1007, 1009, 1017
_SLIDE_PLACE, _LIST, _TEXT_KIND, _CHARACTERS, _BYTES, _TEXT_LINK = 1011, 4080, 3999, 4000, 4008, 3998
_SHAPE, _USER_EDIT, _DIRECTORY, _PLACEHOLDER = 0xF004, 4085, 6002, 3011
_GROUP, _ANCHOR, _MORE_PROPERTIES, _TABLE_PROPERTIES = 0xF003, 0xF00F, 0xF122, 0x039F
_NOTES_LIST, _SLIDES_LIST = 2, 0
_OTHER, _NOTES_KIND = 4, 2
_ENCRYPTED = 0xF3D1C4DF
_NUMBERS = frozenset({7, 8, 9, 10})
"""Placeholders of date, number, footer and header."""
_MAX_DEPTH = 30
_MAX_EDITS = 10_000
_MAX_CELLS = 100_000


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text; `kind` is 0 or 6 for a title, 1, 5, 7 or 8 for a body, 2 for notes."""

    kind: int
    characters: str
    rows: tuple[tuple[str, ...], ...] = ()
    """The cells of a table, which has no characters of its own."""


@dataclass(slots=True)
class Slide:
    """What one slide shows."""

    texts: list[Text] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    is_container: bool
    start: int
    end: int


class Presentation:
    """A presentation's slides. Raises ValueError or struct.error where the stream is damaged."""

    def __init__(self, data: bytes, user: bytes) -> None:
        self._data = data
        self.is_encrypted = len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED
        self._places: dict[int, int] = {}
        self._document = 0
        if not self.is_encrypted:
            self._read_edits(struct.unpack_from("<I", user, 16)[0])

    def slides(self) -> list[Slide]:
        """All slides in their order."""
        document = self._record(self._places[self._document])
        lists = {record.instance: record for record in self._inside(document) if record.kind == _LIST}
        notes = dict(self._notes(lists.get(_NOTES_LIST)))
        slides: list[Slide] = []
        outline: list[list[Text]] = []
        persistent: list[int] = []
        for record, text in self._list_entries(lists.get(_SLIDES_LIST)):
            if record is not None:
                persistent.append(struct.unpack_from("<I", self._data, record.start)[0])
                outline.append([])
            elif outline:
                outline[-1].append(text)
        for number, texts in zip(persistent, outline, strict=True):
            slides.append(self._slide(number, texts, notes))
        return slides

    def _slide(self, number: int, outline: list[Text], notes: dict[int, list[Text]]) -> Slide:
        slide = Slide()
        if number not in self._places:
            slide.texts = outline
            return slide
        record = self._record(self._places[number])
        for inner in self._inside(record):
            if inner.kind == _SLIDE_ATOM:
                slide.notes = notes.get(struct.unpack_from("<I", self._data, inner.start + 16)[0], [])
            elif inner.kind == _SHOW_INFO and inner.end - inner.start >= 12:
                slide.is_hidden = bool(struct.unpack_from("<H", self._data, inner.start + 10)[0] & 0x0004)
        slide.texts = list(self._shape_texts(record, outline))
        return slide

    def _notes(self, found: _Record | None) -> Iterator[tuple[int, list[Text]]]:
        """(number that slides refer to, texts)."""
        for record, _ in self._list_entries(found):
            if record is not None and record.end - record.start >= 16:
                number = struct.unpack_from("<I", self._data, record.start)[0]
                if number in self._places:
                    page = self._record(self._places[number])
                    texts = [text for text in self._shape_texts(page, []) if text.kind == _NOTES_KIND]
                    yield struct.unpack_from("<I", self._data, record.start + 12)[0], texts

    def _list_entries(self, found: _Record | None) -> Iterator[tuple[_Record | None, Text]]:
        """Slides of a list and, after each, the texts of its outline."""
        nothing = Text(_OTHER, "")
        kind = _OTHER
        for record in self._inside(found) if found else ():
            if record.kind == _SLIDE_PLACE:
                yield record, nothing
            elif record.kind == _TEXT_KIND:
                kind = struct.unpack_from("<I", self._data, record.start)[0]
            elif record.kind in (_CHARACTERS, _BYTES):
                yield None, Text(kind, self._characters(record))

    def _shape_texts(self, parent: _Record, outline: list[Text], depth: int = 0) -> Iterator[Text]:
        """The texts of all shapes, in the order in which they are drawn."""
        kind = _OTHER
        inside = list(self._inside(parent))
        if depth > _MAX_DEPTH or (parent.kind == _SHAPE and self._is_number(inside)):
            return
        for record in inside:
            if record.kind == _TEXT_KIND:
                kind = struct.unpack_from("<I", self._data, record.start)[0]
            elif record.kind in (_CHARACTERS, _BYTES):
                yield Text(kind, self._characters(record))
            elif record.kind == _TEXT_LINK:
                index = struct.unpack_from("<I", self._data, record.start)[0]
                yield from outline[index : index + 1]
            elif record.kind == _GROUP and self._is_table(record):
                yield Text(_OTHER, "", self._rows(record, outline))
            elif record.is_container:
                yield from self._shape_texts(record, outline, depth + 1)

    def _is_table(self, group: _Record) -> bool:
        """Whether the first shape of a group, which stands for the group, says that it is a table."""
        first = next((record for record in self._inside(group) if record.kind == _SHAPE), None)
        for record in self._inside(first) if first else ():
            rows = self._data[record.start : record.end] if record.kind == _MORE_PROPERTIES else b""
            for at in range(0, min(6 * record.instance, len(rows) - 5), 6):
                number, value = struct.unpack_from("<HI", rows, at)
                if number & 0x3FFF == _TABLE_PROPERTIES:
                    return bool(value & 1)
        return False

    def _rows(self, group: _Record, outline: list[Text]) -> tuple[tuple[str, ...], ...]:
        """The cells of a table by their upper left corners; those that a merged cell covers are empty."""
        cells: dict[tuple[int, int], str] = {}
        for shape in self._inside(group):
            anchor = next((record for record in self._inside(shape) if record.kind == _ANCHOR), None)
            texts = list(self._shape_texts(shape, outline, 1))
            if anchor is not None and anchor.end - anchor.start >= 16 and texts:
                left, top = struct.unpack_from("<2i", self._data, anchor.start)
                cells[top, left] = " ".join(" ".join(text.characters.split()) for text in texts)
        tops, lefts = sorted({top for top, _ in cells}), sorted({left for _, left in cells})
        if len(tops) * len(lefts) > _MAX_CELLS:
            raise ValueError("cells")
        return tuple(tuple(cells.get((top, left), "") for left in lefts) for top in tops)

    def _is_number(self, inside: list[_Record]) -> bool:
        """Whether a shape is the place of a date, slide number, footer or header."""
        holders = (inner for record in inside if record.is_container for inner in self._inside(record))
        return any(
            holder.kind == _PLACEHOLDER and holder.end - holder.start >= 5 and self._data[holder.start + 4] in _NUMBERS
            for holder in holders
        )

    def _characters(self, record: _Record) -> str:
        data = self._data[record.start : record.end]
        text = data.decode("utf-16-le", "replace") if record.kind == _CHARACTERS else data.decode("latin-1")
        return text.replace("\x0b", " ")

    def _read_edits(self, at: int) -> None:
        """Where each numbered part lies: every save adds a table that goes before the older ones."""
        for _ in range(_MAX_EDITS):
            edit = self._record(at)
            if edit.kind != _USER_EDIT:
                raise ValueError("no edit")
            _, _, older, directory, document = struct.unpack_from("<5I", self._data, edit.start)
            self._document = self._document or document
            self._read_directory(self._record(directory))
            if edit.end - edit.start >= 32:
                self.is_encrypted = True
            if not older or older >= at:
                return
            at = older

    def _read_directory(self, record: _Record) -> None:
        at = record.start if record.kind == _DIRECTORY else record.end
        while at + 4 <= record.end:
            head = struct.unpack_from("<I", self._data, at)[0]
            first, n = head & 0xFFFFF, head >> 20
            places = struct.unpack_from(f"<{n}I", self._data, at + 4)
            for number, place in enumerate(places, first):
                self._places.setdefault(number, place)
            at += 4 + 4 * n

    def _record(self, at: int) -> _Record:
        head, kind, size = struct.unpack_from("<HHI", self._data, at)
        end = min(at + 8 + size, len(self._data))
        return _Record(kind, head >> 4, head & 0xF == 0xF, at + 8, end)

    def _inside(self, parent: _Record) -> Iterator[_Record]:
        at = parent.start
        while parent.is_container and at + 8 <= parent.end:
            record = self._record(at)
            yield record
            at = max(record.end, at + 8)
