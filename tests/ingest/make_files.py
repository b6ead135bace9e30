"""Makes the small files that the tests of the loaders read, byte by byte, so that nothing needs to be installed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

Words = tuple[float, float, float, str]
"""x, y and size in points from the lower left corner, and a text."""

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """A ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def added(archive: bytes, name: str, data: bytes) -> bytes:
    """The ZIP file with one more member."""
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, data)
    return buffer.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A Word document with this XML inside of its body; `styles`, `numbering`, `comments`... are further parts."""
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    members |= {f"word/{name}.xml": f'<w:{name} xmlns:w="{WORD}">{xml}</w:{name}>' for name, xml in parts.items()}
    return zipped(members)


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of Word XML."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(sheets: Mapping[str, Sequence[Sequence[str]]], *, hidden: Sequence[str] = ()) -> bytes:
    """A workbook of text cells."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    members: dict[str, bytes | str] = {"[Content_Types].xml": _CONTENT_TYPES}
    entries, relations = "", ""
    for number, (name, rows) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        entries += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{state}/>'
        relations += f'<Relationship Id="rId{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        cells = "".join(_row(row, n) for n, row in enumerate(rows, 1))
        sheet = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
        members[f"xl/worksheets/sheet{number}.xml"] = sheet
    book = f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{entries}</sheets></workbook>'
    members |= {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": _RELATIONS.format(relations)}
    main_part = f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
    return zipped(members | {"_rels/.rels": _RELATIONS.format(main_part)})


def _row(cells: Sequence[str], number: int) -> str:
    columns = zip("ABCDEFGHIJ", cells, strict=False)
    inner = "".join(f'<c r="{c}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for c, text in columns if text)
    return f'<row r="{number}">{inner}</row>'


def epub(chapters: Mapping[str, str]) -> bytes:
    """A book with these XHTML bodies by chapter title."""
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    points = "".join(
        f'<navPoint><navLabel><text>{title}</text></navLabel><content src="c{n}.xhtml"/></navPoint>'
        for n, title in enumerate(chapters)
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>A Small Book</dc:title><dc:creator>Ada</dc:creator><dc:language>en-GB</dc:language></metadata>"
        f'<manifest>{items}<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f"<spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    members: dict[str, bytes | str] = {"mimetype": "application/epub+zip", "META-INF/container.xml": container}
    members |= {"OPS/book.opf": package, "OPS/toc.ncx": f"<ncx><navMap>{points}</navMap></ncx>"}
    pages = {f"OPS/c{n}.xhtml": f"<html><body>{body}</body></html>" for n, body in enumerate(chapters.values())}
    return zipped(members | pages)


def odt(body: str, *, manifest: str = "") -> bytes:
    """An OpenDocument text with this XML inside of its body."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content{names}><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
        }
    )


def pdf(
    pages: Sequence[Sequence[Words]], *, title: str = "", encrypted: bool = False, drawing: str = "", turn: int = 0
) -> bytes:
    """A PDF in Helvetica. An encrypted one has a random key: no password opens it. Each page has the `drawing`, which
    are operators of PDF, and is shown turned by `turn` degrees."""
    objects = ["", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for words in pages:
        content = "".join(f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n" for x, y, size, text in words) + drawing
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 0 0 R /MediaBox [0 0 600 800] /Rotate {turn} /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 2 0 R >> >> >>"
        )
    kids = " ".join(f"{number} 0 R" for number in range(4, len(objects) + 1, 2))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    tree = len(objects)
    objects = [text.replace("/Parent 0 0 R", f"/Parent {tree} 0 R") for text in objects]
    objects[0] = f"<< /Type /Catalog /Pages {tree} 0 R >>"
    objects.append(f"<< /Title ({title}) /CreationDate (D:20240131120000+01'00') >>")
    trailer = f"/Root 1 0 R /Info {len(objects)} 0 R"
    if encrypted:
        secret = "41" * 32
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{secret}> /U <{secret}> >>")
        trailer += f" /Encrypt {len(objects)} 0 R /ID [<{secret}> <{secret}>]"
    return written(objects, trailer)


def written(objects: Sequence[str], trailer: str) -> bytes:
    """A PDF of these objects, numbered from 1, with a cross-reference table."""
    data, places = bytearray(b"%PDF-1.4\n"), []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return bytes(data) + f"trailer\n<< /Size {len(objects) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def prose(lines: Sequence[str], *, x: float = 72, top: float = 700, size: float = 12) -> list[Words]:
    """Lines of running text at the usual distance."""
    return [(x, top - 1.2 * size * n, size, line) for n, line in enumerate(lines)]


def grid(xs: Sequence[float], ys: Sequence[float]) -> str:
    """A drawing of level and upright lines."""
    level = "".join(f"{xs[0]} {y} m {xs[-1]} {y} l S\n" for y in ys)
    return level + "".join(f"{x} {ys[0]} m {x} {ys[-1]} l S\n" for x in xs)


def cells(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[str]], *, size: float = 10) -> list[Words]:
    """The texts of a table row by row, each at the left end of its column and at its row's height."""
    return [
        (x, y, size, text) for y, row in zip(ys, rows, strict=True) for x, text in zip(xs, row, strict=True) if text
    ]
