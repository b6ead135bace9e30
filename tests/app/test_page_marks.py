"""What is marked on the picture of a page has a line around it, on light and on dark paper."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from app.page_painter import painted

LINES = ((0.5, 0.2, 0.9, 0.3), (0.1, 0.3, 0.6, 0.4))
"""A quote that goes on in the next line."""


def lightness(folder: Path, ground: str, x: float, y: float) -> float:
    """Of a place on a page of this colour with the quote marked, from 0 to 255."""
    Image.new("RGB", (1000, 1000), ground).save(folder / "page.png")
    _, jpeg = painted(str(folder / "page.png"), 1, "", LINES, 1000, 0)
    return float(Image.open(io.BytesIO(jpeg)).convert("L").getpixel((round(1000 * x), round(1000 * y))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x", "y"), [(0.4955, 0.25), (0.9045, 0.25), (0.8, 0.1955), (0.0955, 0.35), (0.6045, 0.35), (0.3, 0.4045)]
)
def test_the_quoted_words_are_boxed_on_light_and_on_dark_paper(tmp_path: Path, x: float, y: float):
    assert lightness(tmp_path, "white", x, y) < 160, "a line that is seen beside the yellow, which has 220"
    assert lightness(tmp_path, "black", x, y) > 70


def test_no_line_goes_between_the_lines_of_a_quote(tmp_path: Path):
    assert lightness(tmp_path, "white", 0.55, 0.3) > 200
