"""Lists of HTML pages as lines with markers, nested ones indented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.loaders.docx_styles import counted
from ingest.loaders.web_text import inline_text, is_hidden

LISTS = ("ul", "ol", "dl", "menu", "dir")
_MAX_DEPTH = 20
_LONGEST = 7
"""Digits of a number that a list begins with."""
_KINDS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def list_lines(element: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - lxml's elements have no public type
    """The items of a list, those of lists inside it two spaces further in."""
    number = _whole(element.get("start"), 1) - 1
    for item in element:
        if is_hidden(item):
            continue
        if item.tag in LISTS:
            yield from list_lines(item, depth + 1)
            continue
        number = _whole(item.get("value"), number + 1)
        marker = f"{_shown(number, element)}. " if element.tag == "ol" else "- " if item.tag != "dd" else "  "
        yield from _item_lines(item, "  " * depth + marker, depth)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and len(text) < _LONGEST and text.isascii() and text.isdecimal() else otherwise


def _shown(number: int, element: Any) -> str:  # noqa: ANN401
    """As the page counts: with letters or Roman numerals where it says so."""
    return counted(number, _KINDS.get(element.get("type", ""), "decimal"))


def _item_lines(item: Any, marker: str, depth: int) -> Iterator[str]:  # noqa: ANN401
    """The item's own words, then the lists inside it."""
    if depth > _MAX_DEPTH:
        return
    own = inline_text(item, without=LISTS)
    if own:
        yield marker + own.replace("\n", "\n" + " " * len(marker))
    for nested in item.iter(*LISTS):
        if next(nested.iterancestors(*LISTS)) is item.getparent() and _is_shown(nested, item):
            yield from list_lines(nested, depth + 1)


def _is_shown(nested: Any, item: Any) -> bool:  # noqa: ANN401
    """Whether neither the list nor anything around it, up to the item, is hidden."""
    around = iter((nested, *nested.iterancestors()))
    return not any(is_hidden(element) for element in iter(lambda: next(around), item))
