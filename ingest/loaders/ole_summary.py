"""The summary of an old Office file [MS-OLEPS]: title, author and times, read on its own since counts in it may lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta

from ingest.loaders.decoding import decode

_CODE_PAGE = 1
_TEXTS = {2: "title", 4: "author"}
_TIMES = {12: "created", 13: "modified"}
_TEXT, _WIDE_TEXT, _TIME, _SHORT = 30, 31, 64, 2
_MAX_PROPERTIES = 100


def summary(data: bytes) -> dict[str, str]:
    """What the `SummaryInformation` stream tells of these; nothing where it is damaged."""
    try:
        return _read(data)
    except (struct.error, OverflowError):
        return {}


def _read(data: bytes) -> dict[str, str]:
    properties = {number: (kind, at) for number, kind, at in _properties(data)}
    kind, at = properties.get(_CODE_PAGE, (0, 0))
    page = struct.unpack_from("<H", data, at)[0] if kind == _SHORT else 1252
    found = {}
    for number, (kind, at) in properties.items():
        if number in _TEXTS and kind in (_TEXT, _WIDE_TEXT):
            found[_TEXTS[number]] = _text(data, at, kind, page)
        elif number in _TIMES and kind == _TIME:
            found[_TIMES[number]] = _time(struct.unpack_from("<Q", data, at)[0])
    return {name: value for name, value in found.items() if value}


def _properties(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(number, type, where its value begins)."""
    start = struct.unpack_from("<I", data, 44)[0]
    n = min(struct.unpack_from("<I", data, start + 4)[0], _MAX_PROPERTIES)
    for index in range(n):
        number, offset = struct.unpack_from("<II", data, start + 8 + 8 * index)
        yield number, struct.unpack_from("<H", data, start + offset)[0], start + offset + 4


def _text(data: bytes, at: int, kind: int, page: int) -> str:
    size = struct.unpack_from("<I", data, at)[0] * (2 if kind == _WIDE_TEXT else 1)
    raw = data[at + 4 : at + 4 + size]
    if kind == _WIDE_TEXT or page == 1200:
        return raw.decode("utf-16-le", "replace").strip("\0 ")
    return decode(raw, "utf-8" if page == 65001 else f"cp{page}").strip("\0 ")


def _time(ticks: int) -> str:
    """ISO 8601, in UTC; empty for the zero that programs write where they do not know."""
    time = datetime(1601, 1, 1) + timedelta(microseconds=ticks // 10)
    return time.isoformat(timespec="seconds") if time.year > 1970 else ""
