"""This file damages documents: bits, blocks and lengths of any file, members of ZIP files, depth and size of markup."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

MAX_SIZE = 4_000_000
"""Bytes; what grows beyond is cut, so that a limit on size is not all that is tested."""
_MAGIC = (
    b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\x80",
    b"\xff\xff\xff\xff\xff\xff\xff\xff", b"-1", b"0", b"99999999999999999999", b"1e999", b"NaN", b"%s%n",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbf\xbe", b"\xe2\x80\xae", b"\r", b"\x1b", b"<", b">", b"&#0;",
    b"&#xD800;", b"]]>", b"<!--", b"{", b"}", b"\\", b'"', b"PK\x03\x04", b"%PDF-1.7", b"endobj", b"/Kids", b"<html>",
)  # fmt: skip
_NUMBER = re.compile(rb"\d+")
_TAG = re.compile(rb"<([A-Za-z][\w:.-]*)[^<>]*>")
_ATTRIBUTE = re.compile(rb"=\s*\"[^\"<>]*\"")
_ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">'
    b'<!ENTITY e SYSTEM "file:///etc/passwd">]>'
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with one to four changes. The same state of `chance` gives the same bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        data = _once(data, chance)
    return data[:MAX_SIZE]


def _once(data: bytes, chance: random.Random) -> bytes:
    if data.startswith(b"PK\x03\x04") and chance.random() < 0.8:
        return _in_archive(data, chance)
    kinds = RAW + (MARKUP if data.lstrip()[:1] in (b"<", b"{", b"[", b"%") else ())
    return chance.choice(kinds)(data, chance)


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    """One to sixteen bits turned round."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_off(data: bytes, chance: random.Random) -> bytes:
    """The end, or the beginning, is missing."""
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.8 else data[at:]


def swap_blocks(data: bytes, chance: random.Random) -> bytes:
    """Two neighbouring stretches change places."""
    a, b, c = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def repeat_block(data: bytes, chance: random.Random) -> bytes:
    """A stretch comes twice, or a great many times."""
    start, length = chance.randrange(len(data) + 1), chance.choice((1, 8, 64, 1024))
    block = data[start : start + length]
    times = chance.choice((2, 2, 10, 1000, 20_000))
    return data[:start] + block * min(times, 1_000_000 // max(1, len(block))) + data[start:]


def drop_block(data: bytes, chance: random.Random) -> bytes:
    """A stretch is missing in the middle."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 4, 64, 4096)) :]


def plant_magic(data: bytes, chance: random.Random) -> bytes:
    """A value that programs stumble over, in place of what was there or between."""
    at, value = chance.randrange(len(data) + 1), chance.choice(_MAGIC)
    return data[:at] + value + data[at + (len(value) if chance.random() < 0.5 else 0) :]


def change_number(data: bytes, chance: random.Random) -> bytes:
    """A number that is written out becomes zero, negative, huge, or no number."""
    found = list(_NUMBER.finditer(data[:1_000_000]))
    if not found:
        return data
    place = chance.choice(found)
    value = chance.choice((b"0", b"-1", b"1", b"65536", b"2147483648", b"9" * 30, b"1.5", b"x"))
    return data[: place.start()] + value + data[place.end() :]


def nest_deeply(data: bytes, chance: random.Random) -> bytes:
    """A tag, or a bracket, opens hundreds or thousands of times."""
    depth = chance.choice((60, 300, 3000, 50_000))
    found = list(_TAG.finditer(data[:1_000_000]))
    if not found:
        at, pair = chance.randrange(len(data) + 1), chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"{", b"}")))
        return data[:at] + pair[0] * depth + pair[1] * depth + data[at:]
    tag = chance.choice(found)
    opened, closed = tag[0].replace(b"/>", b">") * depth, (b"</" + tag[1] + b">") * depth
    return data[: tag.start()] + opened + closed + data[tag.start() :]


def widen(data: bytes, chance: random.Random) -> bytes:
    """An attribute with a very long value, or a tag with very many attributes."""
    found = list(_ATTRIBUTE.finditer(data[:1_000_000]))
    if not found:
        return data
    place = chance.choice(found)
    if chance.random() < 0.5:
        value = (
            b'="' + chance.choice((b"9", b"A", b" ", b"&amp;", b"../")) * chance.choice((100, 10_000, 200_000)) + b'"'
        )
        return data[: place.start()] + value + data[place.end() :]
    many = b"".join(b' a%d="1"' % n for n in range(chance.choice((100, 10_000))))
    return data[: place.end()] + many + data[place.end() :]


def swap_tags(data: bytes, chance: random.Random) -> bytes:
    """One tag stands where another did."""
    found = list(_TAG.finditer(data[:1_000_000]))
    if not found:
        return data
    place, other = chance.choice(found), chance.choice(found)
    return data[: place.start()] + other[0] + data[place.end() :]


def add_entities(data: bytes, chance: random.Random) -> bytes:
    """Entities that grow tenfold at each step, and one that names a file."""
    if b"<!DOCTYPE" in data[:2000]:
        return data
    declaration = re.match(rb"\s*<\?xml[^>]*\?>", data)
    start = declaration.end() if declaration else 0
    texts = [place.start() for place in re.finditer(rb"</", data[:1_000_000])]
    at = chance.choice(texts) if texts else len(data)
    return data[:start] + _ENTITIES + data[start:at] + chance.choice((b"&d;", b"&e;", b"&unknown;")) + data[at:]


RAW: tuple[Mutation, ...] = (
    flip_bits, cut_off, swap_blocks, repeat_block, drop_block, plant_magic, change_number,
)  # fmt: skip
MARKUP: tuple[Mutation, ...] = (nest_deeply, widen, swap_tags, add_entities, change_number)


def _in_archive(data: bytes, chance: random.Random) -> bytes:
    """A member is changed, lost, doubled, renamed or exchanged, and all are packed again."""
    try:
        members = members_of(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return chance.choice(RAW)(data, chance)
    if not members:
        return data
    at = chance.randrange(len(members))
    name, inner = members[at]
    deed = chance.random()
    if deed < 0.7:
        kinds = MARKUP if inner.lstrip()[:1] == b"<" and chance.random() < 0.6 else RAW
        members[at] = (name, chance.choice(kinds)(inner, chance)[:MAX_SIZE])
    elif deed < 0.8:
        del members[at]
    elif deed < 0.87:
        members.append((name, chance.choice(members)[1]))
    elif deed < 0.94:
        members[at] = (chance.choice(("../" + name, "/" + name, name.upper(), "x" * 300, name + "\\a")), inner)
    else:
        members[at] = (name, chance.choice(members)[1])
    return packed(members)


def members_of(data: bytes) -> list[tuple[str, bytes]]:
    """Names and bytes of a ZIP file's members, in their order; raises what zipfile raises."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def packed(members: list[tuple[str, bytes]]) -> bytes:
    """A ZIP file of these members; names may come twice. The date is fixed, so that equal members give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in members:
            archive.NameToInfo.pop(name, None)  # zipfile would warn of a name that comes twice
            archive.writestr(zipfile.ZipInfo(name or "_"), inner, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
