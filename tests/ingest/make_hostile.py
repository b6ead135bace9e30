"""Makes the files that a hostile folder holds, each with the state and words that its row must have."""

from __future__ import annotations

import io
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ingest import make_files as make

BOMB = "as a ZIP bomb does"
CUT = "cannot be unpacked"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha haha ">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
WORDS = "Good words stand in this part."

Made = tuple[str, bytes, str, str]
"""Name, content, state (`ready`, `failed` or `any`), and words of its sentence."""


def stored(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def entry(name: bytes, packed: bytes, *, size: int, crc: int) -> bytes:
    """A local header with its data, for archives that zipfile would not write."""
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), size, len(name), 0) + name + packed


def directory(name: bytes, packed: int, *, size: int, crc: int, at: int) -> bytes:
    """An entry of the central directory that says where a member is and how large."""
    fixed = (b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, packed, size, len(name), 0, 0, 0, 0, 0, at)
    return struct.pack("<4sHHHHHHIIIHHHHHII", *fixed) + name


def closed(body: bytes, entries: list[bytes]) -> bytes:
    """The archive with its directory at the end."""
    whole = b"".join(entries)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(entries), len(entries), len(whole), len(body), 0)
    return body + whole + end


def deflated(data: bytes) -> bytes:
    """Raw deflate, as members are packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def overlapping() -> bytes:
    """A thousand members that are all the same bytes of the file."""
    data = b"0" * 900_000
    packed, crc = deflated(data), zlib.crc32(data)
    names = [b"[Content_Types].xml", *(b"word/%d.xml" % n for n in range(1000))]
    body = entry(names[0], packed, size=len(data), crc=crc)
    return closed(body, [directory(name, len(packed), size=len(data), crc=crc, at=0) for name in names])


def forged_size() -> bytes:
    """A member that says it has 100 bytes and has 300 million."""
    data = b"<" * 300_000_000
    packed, crc = deflated(data), zlib.crc32(data)
    types, body = b"[Content_Types].xml", b""
    body = entry(types, deflated(b"<t/>"), size=4, crc=zlib.crc32(b"<t/>"))
    at, name = len(body), b"word/document.xml"
    body += entry(name, packed, size=100, crc=crc)
    first = directory(types, len(deflated(b"<t/>")), size=4, crc=zlib.crc32(b"<t/>"), at=0)
    return closed(body, [first, directory(name, len(packed), size=100, crc=crc, at=at)])


def nested(levels: int = 8) -> bytes:
    """ZIP files inside of each other, each holding the inner one three times."""
    inner = stored([("a.txt", b"0" * 900_000)])
    for _ in range(levels):
        inner = stored([(f"{n}.zip", inner) for n in range(3)])
        if len(inner) > 3_000_000:
            break
    return inner


def archives() -> Iterator[Made]:
    """ZIP bombs."""
    types = ("[Content_Types].xml", b"<Types/>")
    yield "ratio.docx", stored([types, ("word/document.xml", b" " * 100_000_000)]), "failed", BOMB
    many = [(f"word/{n}.xml", b"") for n in range(10_001)]
    yield "count.docx", stored([types, *many], zipfile.ZIP_STORED), "failed", "the limit is 10,000"
    yield "overlap.docx", overlapping(), "failed", CUT
    yield "forged.docx", forged_size(), "failed", CUT
    outside = stored([types, ("../../etc/evil.xml", b"<a/>"), ("word/document.xml", b"<a/>")])
    yield "outside.docx", outside, "failed", "points outside of it"
    yield "nested.zip", nested(), "any", ""
    yield "cut.zip", nested(1)[:-30], "failed", CUT


def markup() -> Iterator[Made]:
    """Entities that grow, and entities that name a file, in each kind of document that is made of XML."""
    for name, doctype, entity in (("laughs", LAUGHS, "&i;"), ("outside-entity", OUTSIDE, "&i;")):
        body = make.paragraph(f"{WORDS} {entity}")
        word = f'<w:document xmlns:w="{make.WORD}"><w:body>{body}</w:body></w:document>'
        yield (
            f"{name}.docx",
            make.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": doctype + word}),
            "any",
            "",
        )
        for made, part in (
            (make.xlsx({"One": [[WORDS, "x"]]}), "xl/worksheets/sheet1.xml"),
            (make.odt(f"<text:p>{WORDS}</text:p>"), "content.xml"),
            (make.epub({"One": f"<p>{WORDS}</p>"}), "OPS/c0.xhtml"),
            (make.epub({"One": f"<p>{WORDS}</p>"}), "OPS/book.opf"),
        ):
            suffix = {"xl": "xlsx", "co": "odt", "OP": "epub"}[part[:2]]
            yield f"{name}-{part.rpartition('/')[2]}.{suffix}", with_part(made, part, doctype, entity), "any", ""
    deep = "<w:sdt><w:sdtContent>" * 50_000
    yield "deep.docx", make.docx(deep), "failed", BOMB
    yield "deep.html", b"<div>" * 200_000 + WORDS.encode(), "failed", "nested too deeply"
    yield "deep.json", b"[" * 1_000_000, "failed", "nested too deeply"


def with_part(document: bytes, part: str, doctype: str, entity: str) -> bytes:
    """The document with a declaration before a part and an entity in its text."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = (doctype + members[part].decode().replace(WORDS, f"{WORDS} {entity}")).encode()
    return make.zipped(members)


def pdfs() -> Iterator[Made]:
    """Page trees that turn in circles, and very many objects."""
    catalogue = "<< /Type /Catalog /Pages 2 0 R >>"
    loop = [catalogue, "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 5 >>", "<< /Type /Pages /Kids [2 0 R] /Count 4 >>"]
    yield "loop.pdf", make.written(loop, "/Root 1 0 R"), "failed", ""
    parent = [catalogue, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 3 0 R /MediaBox 3 0 R >>"]
    yield "own-parent.pdf", make.written(parent, "/Root 1 0 R"), "failed", ""
    text = f"BT /F1 12 Tf 72 700 Td ({WORDS}) Tj ET"
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    tree = [catalogue, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page]
    content = f"<< /Length {len(text)} >>\nstream\n{text}\nendstream"
    yield "objects.pdf", make.written([*tree, content, font, *["<< >>"] * 100_000], "/Root 1 0 R"), "ready", ""
    huge = [catalogue, "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", "<< /Type /Page /Parent 2 0 R >>"]
    yield "count.pdf", make.written(huge, "/Root 1 0 R"), "failed", ""


def sheets() -> Iterator[Made]:
    """A million empty rows, and one cell in the last corner."""
    rows = "".join(f'<row r="{n}"/>' for n in range(2, 1_000_001))
    yield "empty-rows.xlsx", with_rows(rows), "ready", ""
    corner = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    yield "corner.xlsx", with_rows(corner), "failed", "reaches to cell XFD1048576"


def with_rows(rows: str) -> bytes:
    """A workbook of one sentence, with these rows after it."""
    made = make.xlsx({"One": [[WORDS, "x"]]})
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    members["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", rows + "</sheetData>").encode()
    return make.zipped(members)


MAKERS: tuple[Callable[[], Iterator[Made]], ...] = (archives, markup, pdfs, sheets)


def fill(folder: Path) -> dict[str, tuple[str, str]]:
    """Write everything; returns name -> state and words."""
    expected = {}
    for maker in MAKERS:
        for name, data, state, words in maker():
            (folder / name).write_bytes(data)
            expected[name] = (state, words)
    return expected


def special(folder: Path) -> None:
    """What is no file: a link that leads round in circles, a pipe that nobody writes to, a socket."""
    (folder / "circle").symlink_to(folder)
    (folder / "itself.txt").symlink_to("itself.txt")
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(folder)  # a socket's path may have 108 bytes
        try:
            made.bind("socket.txt")
        finally:
            os.chdir(here)
