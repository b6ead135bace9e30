"""Marks what a web page holds and nobody sees on it: letters in the colour of their ground, too small, or off the page.

What `is_hidden` of `web_text.py` knows by itself needs no mark. Colours that style sheets set are not known here, so
that white letters count as unseen only where the page has no style sheet and no ground of another colour around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.loaders.web_text import DROPPED, is_hidden
from rag.instructions import orders

_TINY = re.compile(r"(?<![-\w])font-size\s*:\s*(?:0?\.\d+|1(?:\.0+)?)\s*(?:px|pt)\b")
_AWAY = re.compile(r"(?:(?<![-\w])(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{4,}(?:\.\d+)?\s*(?:px|pt|em)\b)")
_SEE_THROUGH = re.compile(r"(?<![-\w])color\s*:\s*(?:transparent\b|rgba\([^)]*,\s*0?\.?0+\s*\))")
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;!]+)")
_GROUND = re.compile(r"(?<![-\w])background(?:-color)?\s*:\s*([^;!]+)")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\Z")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)")
_NAMED = {"white": "#ffffff", "black": "#000000", "snow": "#fffafa", "ivory": "#fffff0", "ghostwhite": "#f8f8ff"}
_WHITE = 250


def mark_unseen(root: Any) -> list[str]:  # noqa: ANN401 - lxml's elements have no public type
    """Gives what nobody sees the attribute `hidden`; returns the texts of all hidden parts that give orders to whoever
    answers, which a person should know of."""
    has_sheet = root.find(".//style") is not None or root.find(".//link[@rel='stylesheet']") is not None
    for element in root.iter():
        if isinstance(element.tag, str) and _is_unseen(element, has_sheet=has_sheet):
            element.set("hidden", "")
    return [text for element in _hidden(root) if orders(text := " ".join("".join(element.itertext()).split()))]


def _hidden(root: Any) -> Iterator[Any]:  # noqa: ANN401
    """The outermost hidden elements that have text of the page."""
    elements = [root]
    while elements:
        element = elements.pop()
        if isinstance(element.tag, str) and element.tag not in DROPPED and is_hidden(element):
            yield element
        elif isinstance(element.tag, str):
            elements.extend(element)


def _is_unseen(element: Any, *, has_sheet: bool) -> bool:  # noqa: ANN401
    style = (element.get("style") or "").lower()
    colour = _colour(_COLOUR.search(style), element.get("color") if element.tag == "font" else None)
    if _TINY.search(style) or _AWAY.search(style) or _SEE_THROUGH.search(style):
        return True
    if not colour:
        return False
    ground = _ground(element)
    return colour == ground if ground else min(colour) >= _WHITE and not has_sheet


def _ground(element: Any) -> tuple[int, ...]:  # noqa: ANN401
    """The colour behind the element, of the nearest part that sets one; (-1,) for one that is no plain colour, and
    empty where none is set."""
    for part in (element, *element.iterancestors()):
        found = _GROUND.search((part.get("style") or "").lower())
        value = found[1].strip() if found else (part.get("bgcolor") or "").lower()
        if value not in {"", "none", "transparent", "inherit"} or part.get("background"):
            return _parsed(value) or (-1,)
    return ()


def _colour(found: re.Match[str] | None, attribute: str | None) -> tuple[int, ...]:
    return _parsed(found[1].strip() if found else (attribute or "").lower())


def _parsed(value: str) -> tuple[int, ...]:
    """Red, green and blue; empty for what is no plain colour."""
    value = _NAMED.get(value, value)
    if found := _RGB.match(value):
        return tuple(min(int(part), 255) for part in found.groups())
    if found := _HEX.match(value):
        letters = found[1] if len(found[1]) == 6 else "".join(2 * letter for letter in found[1])  # noqa: PLR2004
        return tuple(int(letters[at : at + 2], 16) for at in (0, 2, 4))
    return ()
