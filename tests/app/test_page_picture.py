"""A page of a PDF is drawn behind the fence, with the quoted words marked."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from app.page_picture import PagePicture, is_unchanged, page_picture

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
NUTS = SAMPLES / "self-locking-nuts.pdf"
QUOTE = "The nut can be removed and reused without impairing its efficiency."

pytestmark = pytest.mark.slow


def yellow(picture: PagePicture | None) -> int:
    """Pixels that are marked."""
    assert picture is not None
    pixels = Image.open(io.BytesIO(picture.jpeg)).convert("RGB").get_flattened_data()
    return sum(red > 240 and 210 < green < 245 and blue < 140 for red, green, blue in pixels)


def picture_at(picture: PagePicture | None) -> tuple[float, float] | None:
    assert picture is not None
    return picture.at


def test_the_quote_is_marked_and_nothing_else():
    plain = yellow(page_picture(NUTS, 1, ""))
    assert 4000 < yellow(page_picture(NUTS, 1, QUOTE)) - plain < 30_000
    assert yellow(page_picture(NUTS, 1, "Words that nobody wrote on this page at all.")) == plain
    assert picture_at(page_picture(NUTS, 1, "")) is None
    left, top = picture_at(page_picture(NUTS, 1, QUOTE)) or (0, 0)
    assert 0 < left < 1
    assert 0.1 < top < 0.9
    over_the_edge = f"{QUOTE} and here it goes on over the page's end"
    assert yellow(page_picture(NUTS, 1, over_the_edge)) > plain + 3000


def test_a_page_that_lies_on_its_side_is_turned_with_its_marks():
    plain, places = page_picture(NUTS, 1, QUOTE), ((0.1, 0.2, 0.3, 0.25), (0.5, 0.5, 0.6, 0.6))
    assert plain is not None
    width, height = Image.open(io.BytesIO(plain.jpeg)).size
    for quarters in range(4):
        turned = page_picture(NUTS, 1, QUOTE, quarters=quarters)
        assert turned is not None
        assert Image.open(io.BytesIO(turned.jpeg)).size == ((height, width) if quarters % 2 else (width, height))
        assert abs(yellow(turned) - yellow(plain)) < 300
    assert picture_at(page_picture(NUTS, 1, "", places, quarters=1)) == pytest.approx((0.75, 0.1))
    assert picture_at(page_picture(NUTS, 1, "", places, quarters=2)) == pytest.approx((0.7, 0.75))


@pytest.mark.parametrize("page", [0, 2, 10**9])
def test_a_page_that_is_not_there_has_no_picture(page: int):
    assert page_picture(NUTS, page, "") is None


def test_what_is_no_pdf_has_no_picture(tmp_path: Path):
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(NUTS.read_bytes()[:20_000])
    assert page_picture(cut, 1, QUOTE) is None
    assert page_picture(tmp_path / "missing.pdf", 1, QUOTE) is None
    assert page_picture(SAMPLES / "word-processors.pdf", 3, "\x00" * 100) is not None


def test_only_the_very_bytes_are_drawn(tmp_path: Path):
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(NUTS.read_bytes())
    sha256 = hashlib.sha256(NUTS.read_bytes()).hexdigest()
    assert is_unchanged(copy, sha256)
    copy.write_bytes(NUTS.read_bytes() + b" ")
    assert not is_unchanged(copy, sha256)
    copy.unlink()
    assert not is_unchanged(copy, sha256)
    assert not is_unchanged(Path("a\0b"), sha256)
