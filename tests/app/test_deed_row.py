"""What takes something away is red, and its words can be read in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "app" / "style.css").read_text("utf-8")
_PRIMARY = r'\[data-testid\^="stBaseButton-primary"\]'
_LEAST = 4.5
"""Of WCAG 2.1, level AA, for words of this size."""


def both(before: str, name: str) -> list[str]:
    """A colour in the light theme and in the dark one."""
    found = re.search(rf"{before}\s*{{[^}}]*?\b{name}: light-dark\((#\w+), (#\w+)\)", CSS)
    assert found, f"{name} has no colours for both themes"
    return list(found.groups())


def parts(colour: str) -> list[float]:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def luminance(colour: str) -> float:
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts(colour)]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("state", ["", ":hover"])
def test_what_destroys_is_red_and_can_be_read(state: str):
    words = both(rf"\n{_PRIMARY}", "color")
    for theme, ground in enumerate(both(rf"\.st-key-deed-destroys {_PRIMARY}{state}", "background")):
        light, dark = sorted((luminance(words[theme]), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= _LEAST
        red, green, blue = parts(ground)
        assert red > 1.3 * max(green, blue)
