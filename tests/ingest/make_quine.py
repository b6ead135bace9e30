"""A ZIP archive that holds itself, byte for byte: whoever unpacks all that is inside of it never ends.

Its compressed data is a program of two instructions: a literal writes the bytes that follow it, a match writes the last
bytes once more. The order of them, in which each part of the output is a part of the file, is after Russ Cox ("Zip
Files All The Way Down", 2010). The checksum stands in the file four times; it is the solution of 32 linear equations.
"""

from __future__ import annotations

import struct
import zlib

_UNIT = 5
_NAME = b"itself.zip"
_FILLER = struct.pack("<HH", 0x7A7A, 28) + bytes(28)
"""An extra field that nobody knows: what repeats the header is as long as a literal for one of 63 bytes and more."""
_LAST = 0xFF
"""The last byte of every `_literal` of less than 256 bytes."""


class _Bits:
    """Fixed Huffman codes, packed as deflate does it."""

    def __init__(self, *, is_final: bool) -> None:
        self._bits = [int(is_final), 1, 0]

    def _plain(self, value: int, n: int) -> None:
        self._bits += [value >> i & 1 for i in range(n)]

    def _code(self, value: int, n: int) -> None:
        self._bits += [value >> i & 1 for i in reversed(range(n))]

    def match(self, length: int, distance: int) -> _Bits:
        """The last `distance` bytes, as many of them as `length`."""
        code, extra, n = _coded(length - 3, 4)
        code += 257
        self._code(code - 256, 7) if code < 280 else self._code(0xC0 + code - 280, 8)
        self._plain(extra, n)
        code, extra, n = _coded(distance - 1, 2)
        self._code(code, 5)
        self._plain(extra, n)
        return self

    def last_byte(self) -> _Bits:
        """The byte _LAST."""
        self._code(0x190 + _LAST - 144, 9)
        return self

    def end(self) -> bytes:
        """The end of the block, filled up to a whole byte."""
        self._code(0, 7)
        self._bits += [0] * (-len(self._bits) % 8)
        groups = (self._bits[at : at + 8] for at in range(0, len(self._bits), 8))
        return bytes(sum(bit << i for i, bit in enumerate(group)) for group in groups)


def _coded(value: int, step: int) -> tuple[int, int, int]:
    """Code, extra bits and their number; a code stands for twice as many values after every `step` codes."""
    n = 0
    while value >= 2 * step << n:
        n += 1
    return (step * n + (value >> n), value & ((1 << n) - 1), n)


def _literal(n_bytes: int) -> bytes:
    return struct.pack("<BHH", 0, n_bytes, n_bytes ^ 0xFFFF)


def zip_quine() -> bytes:
    """An archive whose one member, `itself.zip`, is the archive."""
    size, packed = 0, 0
    while True:  # the sizes stand in what they are the sizes of, but always in as many bytes
        made = _made(0, size, packed)
        data = _program(*_ends(0, size, packed))
        if (len(made), len(data)) == (size, packed):
            return _made(_checksum(size, packed), size, packed)
        size, packed = len(made), len(data)


def _made(crc: int, size: int, packed: int) -> bytes:
    head, tail = _ends(crc, size, packed)
    return head + _program(head, tail) + tail


def _ends(crc: int, size: int, packed: int) -> tuple[bytes, bytes]:
    """What stands before the compressed data, and what after it."""
    facts = (20, 0, 8, 0, 0x21, crc, packed, size, len(_NAME))
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", *facts, len(_FILLER)) + _NAME + _FILLER
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, *facts, 0, 0, 0, 0, 0, 0) + _NAME
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(head) + packed, 0)
    return head, entry + end


def _program(head: bytes, tail: bytes) -> bytes:
    """The compressed data; each line writes what the comment says, which is what stands in the file there."""
    n = len(head) + _UNIT
    first = _literal(n)
    again = _Bits(is_final=False).match(n - 1, n).last_byte().end()
    four = _Bits(is_final=False).match(10, 20).match(10, 20).end()
    one, twenty, none = _literal(_UNIT), _literal(4 * _UNIT), _literal(0)
    last = b""
    for _ in range(3):  # its length is a part of what it repeats
        m = len(last) + len(tail)
        last = _Bits(is_final=True).match(m, m).end()
    ending = _literal(len(last) + len(tail))
    assert {len(again), len(four)} == {_UNIT}
    return b"".join((
        first, head, first,                        # head first
        again,                                     # head first
        one, again,                                # again
        one, one,                                  # one
        twenty, again, one, one, twenty,           # again one one twenty
        four,                                      # again one one twenty
        twenty, four, twenty, four, twenty,        # four twenty four twenty
        four,                                      # four twenty four twenty
        twenty, four, none, none, ending,          # four none none ending
        four,                                      # four none none ending
        none, none, ending, last, tail,            # last tail
        last,                                      # last tail
    ))  # fmt: skip


def _checksum(size: int, packed: int) -> int:
    """The CRC-32 that the file has when this very number stands in it: CRC-32 is linear but for a constant."""
    constant = zlib.crc32(_made(0, size, packed))
    rows = []  # bit i of the wanted number changes these bits of (checksum xor number)
    for i in range(32):
        changed = zlib.crc32(_made(1 << i, size, packed)) ^ constant
        rows.append((changed ^ 1 << i, 1 << i))
    wanted, number = constant, 0
    for bit in range(32):  # Gauss: one row alone has each bit afterwards
        pivot = next((row for row in rows if row[0] >> bit & 1), None)
        if pivot is None:
            continue
        rows = [
            (row[0] ^ pivot[0], row[1] ^ pivot[1]) if row[0] >> bit & 1 else row for row in rows if row is not pivot
        ]
        if wanted >> bit & 1:
            wanted, number = wanted ^ pivot[0], number ^ pivot[1]
    assert wanted == 0, "these headers have no solution: change the filler"
    return number
