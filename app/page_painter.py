"""The fenced process that draws one page: a request on standard input, on standard output a line that tells where the
first mark is, and a JPEG."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest import cage
from rag.boxes import joined_lines

if TYPE_CHECKING:
    import pypdfium2
    from PIL.Image import Image

_MEMORY_MB = 2048
_TALLEST = 3
"""Of a picture: its height in widths."""
_YELLOW = (255, 228, 110)
_EDGE = (166, 106, 0)
"""Around what is marked: seen on white and on black, and also by those who hardly see the yellow."""
_SHORTEST = 12
"""Letters of a quote that must be found together for it to be marked."""

Box = tuple[float, float, float, float]
"""left, bottom, right, top in points, counted from the page's lower left corner."""
Pixels = tuple[float, float, float, float]
"""left, top, right, bottom on the picture."""


def main() -> None:
    """Draw what standard input asks for; any failure ends the process without a picture."""
    cage.enter(_MEMORY_MB)
    cage.allow_cpu(20)
    request = json.load(sys.stdin)
    asked = (request["path"], request["page"], request["quote"], request["places"], request["width"])
    at, picture = painted(*asked, request["quarters"])
    sys.stdout.buffer.write(json.dumps(at).encode() + b"\n" + picture)


def painted(  # noqa: PLR0917 - what is asked for
    path: str, number: int, quote: str, places: Sequence[Sequence[float]], across: int, quarters: int
) -> tuple[tuple[float, float] | None, bytes]:
    """Where the first mark begins, as shares of width and height, None without any; and the page as a JPEG at most
    `across` pixels wide, the quote's words marked, or else `places` (shares of it), and then turned by so many quarters
    clockwise."""
    with open(path, "rb") as file:  # noqa: PTH123 - as early and as plain as can be, in the cage
        is_pdf = b"%PDF" in file.read(1024)
    picture, boxes = _pdf_page(path, number, quote, across) if is_pdf else (_frame(path, number, across), [])
    width, height = picture.size
    boxes = boxes or [
        (left * width, top * height, right * width, bottom * height) for left, top, right, bottom in places
    ]
    out = io.BytesIO()
    _turned(_marked(picture, boxes), quarters).save(out, "JPEG", quality=82)
    if not boxes:
        return None, out.getvalue()
    left, top, right, bottom = boxes[0]
    first = left / width, top / height, right / width, bottom / height
    for _ in range(quarters):
        left, top, right, bottom = first
        first = 1 - bottom, left, 1 - top, right
    return (max(0.0, first[0]), max(0.0, first[1])), out.getvalue()


def _turned(picture: Image, quarters: int) -> Image:
    return picture.rotate(-90 * quarters, expand=True)  # by quarters no pixel is worked out anew


def _frame(path: str, number: int, across: int) -> Image:
    """A picture, or the frame of one that has several, turned as its camera was held."""
    from PIL import Image, ImageOps

    with Image.open(path) as opened:
        opened.seek(number - 1)
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    scale = min(across / picture.width, _TALLEST * across / picture.height)
    return picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))


def _pdf_page(path: str, number: int, quote: str, across: int) -> tuple[Image, list[Pixels]]:
    """The page, and where on it the quoted words are."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    page = document[range(len(document))[number - 1] if number > 0 else len(document)]
    width, height = page.get_size()
    scale = min(across / width, _TALLEST * across / height)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    left, bottom, *_ = page.get_bbox()
    found = [(x0 - left, y0 - bottom, x1 - left, y1 - bottom) for x0, y0, x1, y1 in quote_boxes(page, quote)]
    return picture, [(x0 * scale, (height - y1) * scale, x1 * scale, (height - y0) * scale) for x0, y0, x1, y1 in found]


def quote_boxes(page: pypdfium2.PdfPage, quote: str) -> list[Box]:
    """One box per line of the quoted words on the page; none when they are not found there."""
    import pypdfium2.raw as pdfium

    if page.get_rotation():
        return []  # letters are told in the page's own direction, not in the one that it is shown in
    text = page.get_textpage()
    letters = [chr(pdfium.FPDFText_GetUnicode(text, i)) for i in range(text.count_chars())]
    places = [(i, letter) for i, mark in enumerate(letters) for letter in _plain(mark)]
    start, length = _found("".join(letter for _, letter in places), "".join(_plain(quote)))
    return joined_lines([text.get_charbox(i) for i, _ in places[start : start + length]])


def _plain(text: str) -> str:
    """Letters and digits alone: blanks, hyphens and ligatures differ between a page and the text read from it."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", text).casefold() if mark.isalnum())


def _found(page: str, quote: str) -> tuple[int, int]:
    """Where the quote is on the page and how much of it; of one that goes over to the next page, the first part."""
    length = len(quote)
    while length >= _SHORTEST:
        start = page.find(quote[:length])
        if start >= 0:
            return start, length
        length = length * 3 // 4
    return 0, 0


def _marked(picture: Image, boxes: Sequence[Pixels]) -> Image:
    """Yellow over white, with the letters still black, and one thin line around boxes that touch each other."""
    from PIL import Image, ImageChops, ImageDraw

    colour, edge = Image.new("RGB", picture.size, "white"), Image.new("L", picture.size)
    width = max(2, picture.width // 500)  # a larger picture is shown at the same size, or a little larger
    for pad, fill in ((3 + width, 255), (3, 0)):
        for left, top, right, bottom in boxes:
            box = (left - pad, top - pad, right + pad, bottom + pad)
            ImageDraw.Draw(edge).rounded_rectangle(box, 1 + pad, fill=fill)
            ImageDraw.Draw(colour).rounded_rectangle(box, 1 + pad, fill=_YELLOW)
    marked = ImageChops.multiply(picture, colour)
    marked.paste(_EDGE, mask=edge)
    return marked
