"""Pictures through Pillow and OCR: photographs, scans and screenshots; each frame of a TIFF is a page."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from ingest.loaders import ocr
from ingest.loaders.assembly import Assembly
from ingest.loaders.ocr_lines import Picture
from ingest.loaders.pdf import add_pages
from ingest.loaders.pdf_headings import body_of
from ingest.loaders.pdf_layout import groups_of
from ingest.loaders.pdf_scans import Scans, told_read, told_unread
from ingest.loaders.source import SourceFile

if TYPE_CHECKING:
    from PIL.Image import Image

_KNOWN = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
_MOST_FRAMES = 2000
_PAGE = 842.0
"""Points; layout measures a picture as if it were a page of paper."""


def load_picture(source: SourceFile) -> Assembly:
    """The words on a picture. Raises LoadError when it is damaged, too large, or no words are found."""
    scans = Scans()
    pages = []
    with _opened(source) as image:
        n_all = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        n_frames = min(n_all, _MOST_FRAMES)
        for number in range(1, n_frames + 1):
            image.seek(number - 1)
            pages.append(scans.read(_frame(image), number, _PAGE))
            source.progress(number, n_frames)
    if not any(pages):
        raise source.error(_nothing(scans))
    assembly = Assembly(warnings=scans.warnings() if n_frames > 1 else _about_one(scans))
    if n_all > n_frames:
        assembly.warnings.append(f"Only the first {n_frames:,} of its {n_all:,} pictures were read.")
    add_pages(assembly, [groups_of(lines) for lines in pages], [""] * n_frames, body_of(pages))
    for number, words in scans.words.items():
        assembly.add_words(words, number)
    assembly.title = assembly.title or source.stem
    return assembly


def _about_one(scans: Scans) -> list[str]:
    """Sentences about a single picture, which has no pages to speak of."""
    unread = [f"{told_unread(n)}." for n in scans.unread.values()]
    return [f"{told_read(scans.n_words)}.", *unread]


def _nothing(scans: Scans) -> str:
    """Why there is no text."""
    n = sum(scans.unread.values())
    return f"has no text: no words were found in the picture{f'; {told_unread(n)}' if n else ''}."


def words_of(data: bytes) -> tuple[list[str], int]:
    """The paragraphs on a picture inside of another file, and how many lines could not be read; none of either for one
    that cannot be opened."""
    from PIL import Image

    scans = Scans()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_KNOWN) as image:
                lines = scans.read(_frame(image), 1, _PAGE)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return [], 0
    return [group.text for group in groups_of(lines)], sum(scans.unread.values())


@contextmanager
def _opened(source: SourceFile) -> Iterator[Image]:
    """Pillow's errors about the file become sentences, also those that come up while it is decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source.path, formats=_KNOWN) as image:
                yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise source.error(f"has more than {limit} million pixels: save a smaller copy and add that.") from error
    except (OSError, SyntaxError, EOFError, ValueError) as error:
        raise source.error("cannot be opened as a picture: it is damaged or cut off; get a fresh copy.") from error


def _frame(image: Image) -> Picture:
    """The current frame, upright as its camera says, without transparency, no larger than OCR needs."""
    from PIL import Image, ImageOps

    frame = image.copy() if image.format == "TIFF" else image
    if frame.mode.startswith(("I", "F")):  # 16 bits and more
        values = np.asarray(frame, dtype=np.float64)
        frame = Image.fromarray(np.uint8(255 * (values - values.min()) / max(np.ptp(values), 1.0)))
    if frame.mode != "RGB" and "A" in frame.getbands() or "transparency" in frame.info:
        ground = Image.new("RGBA", frame.size, "white")
        frame = Image.alpha_composite(ground, frame.convert("RGBA"))
    elif frame.mode in ("1", "P"):
        frame = frame.convert("RGB")  # so that making it smaller blends the dots
    frame.thumbnail((ocr.LONGEST_SIDE, ocr.LONGEST_SIDE))
    frame = ImageOps.exif_transpose(frame)
    return np.asarray(frame.convert("RGB"))
