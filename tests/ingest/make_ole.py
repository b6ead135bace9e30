"""Makes OLE files, byte by byte: Outlook messages and presentations with whatever a test wants in them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

Tree = Mapping[str, "bytes | Tree"]
_CUTOFF = 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def ole(tree: Tree) -> bytes:
    """An OLE file with these streams, and storages where a value is a tree itself."""
    entries: list[list[Any]] = [["Root Entry", 5, _NONE, _NONE, b""]]
    _add(entries, 0, tree)
    large, small = _Sectors(512), _Sectors(64)
    for entry in entries[1:]:
        data = entry[4]
        if isinstance(data, bytes):
            entry += [(small if len(data) < _CUTOFF else large).add(data), len(data)]
    entries[0] += [large.add(b"".join(small.sectors)), 64 * len(small.sectors)]
    table = struct.pack(f"<{len(small.chains)}I", *small.chains)
    first_small, n_small = large.add(table.ljust(-(-len(table) // 512) * 512, b"\xff")), -(-len(table) // 512)
    first = large.add(b"".join(_entry(entry) for entry in entries))
    n_fat = 1
    while n_fat * 128 < len(large.chains) + n_fat:
        n_fat += 1
    assert n_fat <= 109, "too large for this writer"
    fat = large.chains + [_FAT] * n_fat
    fat += [_FREE] * (n_fat * 128 - len(fat))
    places = [len(large.chains) + n for n in range(n_fat)] + [_FREE] * (109 - n_fat)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, n_fat, first, 0, _CUTOFF, first_small, n_small, _END, 0) + struct.pack(
        "<109I", *places
    )
    return head + b"".join(large.sectors) + struct.pack(f"<{len(fat)}I", *fat)


class _Sectors:
    """Pieces of one size, and for each the number of the one that follows it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.sectors: list[bytes] = []
        self.chains: list[int] = []

    def add(self, data: bytes) -> int:
        """The number of the first piece."""
        first = len(self.sectors)
        for at in range(0, len(data), self.size):
            self.sectors.append(data[at : at + self.size].ljust(self.size, b"\0"))
            self.chains.append(len(self.sectors))
        if not data:
            return _END
        self.chains[-1] = _END
        return first


def _add(entries: list[list[Any]], parent: int, tree: Tree) -> None:
    previous = 0
    for name, value in tree.items():
        number = len(entries)
        entries.append([name, 2 if isinstance(value, bytes) else 1, _NONE, _NONE, value])
        if previous:
            entries[previous][2] = number
        else:
            entries[parent][3] = number
        if not isinstance(value, bytes):
            _add(entries, number, value)
        previous = number


def _entry(entry: Sequence[Any]) -> bytes:
    name, kind, right, child, _data, *rest = entry
    place, size = rest or (0, 0)
    raw = name.encode("utf-16-le")
    return raw.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI16xIQ", len(raw) + 2, kind, 1, _NONE, right, child, 0, place, size
    )


def message(
    texts: Mapping[int, str], *, fixed: Mapping[int, int] | None = None, is_inner: bool = False, **parts: Tree
) -> dict[str, bytes | Tree]:
    """The streams of an Outlook message: texts and numbers by property; `parts` are recipients and attachments."""
    rows = b"".join(struct.pack("<HHIQ", 0x14, number, 6, value) for number, value in (fixed or {}).items())
    streams: dict[str, bytes | Tree] = {"__properties_version1.0": bytes(24 if is_inner else 32) + rows}
    streams |= {f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in texts.items()}
    return streams | {name.replace("attach", "__attach_version1.0_#0000000"): tree for name, tree in parts.items()}


def attachment(name: str, data: bytes | Tree, *, is_hidden: bool = False) -> dict[str, bytes | Tree]:
    """The streams of an attachment: bytes, or another message."""
    streams: dict[str, bytes | Tree] = {
        "__properties_version1.0": bytes(8) + struct.pack("<HHIQ", 11, 0x7FFE, 6, is_hidden)
    }
    streams["__substg1.0_3707001F"] = name.encode("utf-16-le")
    return streams | {"__substg1.0_37010102" if isinstance(data, bytes) else "__substg1.0_3701000D": data}
