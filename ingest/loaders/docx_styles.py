"""What a paragraph's style and numbering mean: heading level, list depth, code, the number in front of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.loaders.archive import local_attribute, local_name

_HEADING = re.compile(r"heading (\d)")
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
)
_DEPTHS = frozenset("012345678")
_MOST_DIGITS = 9
_CODE = re.compile(r"\bcode\b|preformatted|source text|verbatim|macro text")


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """A paragraph's role. `level` is 0 for what is no heading; `number_id` is empty for what is not numbered."""

    name: str = ""
    level: int = 0
    is_code: bool = False
    number_id: str = ""
    depth: int = 0


class Styles:
    """The style sheet, by style id, with inheritance resolved."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        elements = [element for element in root if local_name(element) == "style"] if root is not None else []
        self._elements = {local_attribute(element, "styleId"): element for element in elements}
        self._known: dict[str, ParagraphStyle] = {}

    def of(self, paragraph: Any) -> ParagraphStyle:  # noqa: ANN401
        """The style of a paragraph, with what it sets for itself."""
        properties = _child(paragraph, "pPr")
        if properties is None:
            return ParagraphStyle()
        style = self._style(_value(properties, "pStyle"), 0)
        return _overridden(style, properties)

    def _style(self, style_id: str, depth: int) -> ParagraphStyle:
        if style_id not in self._known:
            element = self._elements.get(style_id)
            self._known[style_id] = ParagraphStyle() if element is None else self._read(element, depth)
        return self._known[style_id]

    def _read(self, element: Any, depth: int) -> ParagraphStyle:  # noqa: ANN401
        parent = self._style(_value(element, "basedOn"), depth + 1) if depth < 20 else ParagraphStyle()
        name = _value(element, "name").lower()
        found = _HEADING.fullmatch(name)
        level = 1 if name == "title" else int(found[1]) if found else parent.level
        is_code = parent.is_code or bool(_CODE.search(name))
        own = ParagraphStyle(name, level, is_code and not level, parent.number_id, parent.depth)
        properties = _child(element, "pPr")
        return own if properties is None else _overridden(own, properties)


def _overridden(style: ParagraphStyle, properties: Any) -> ParagraphStyle:  # noqa: ANN401
    outline = _value(properties, "outlineLvl")
    level = style.level or (int(outline) + 1 if outline.isdecimal() and int(outline) < 9 else 0)
    numbering = _child(properties, "numPr")
    number_id, depth = style.number_id, style.depth
    if numbering is not None:
        number_id = _value(numbering, "numId") or number_id
        own_depth = _value(numbering, "ilvl")
        depth = min(int(own_depth), 8) if own_depth.isdecimal() else depth
    return ParagraphStyle(style.name, level, style.is_code and not level, "" if number_id == "0" else number_id, depth)


@dataclass(frozen=True, slots=True)
class _Level:
    """How items of one level of a list are numbered."""

    kind: str
    text: str
    """With %1 %2 for the numbers."""
    first: int
    is_legal: bool
    """Whether all numbers in it are plain ones, however their own levels count."""


_PLAIN = _Level("decimal", "", 1, is_legal=False)


class Numbering:
    """Counts list items as Word does: one counter per level of each list, deeper ones restart."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        self._levels: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, list[int]] = {}
        for element in root if root is not None else ():
            if local_name(element) == "abstractNum":
                self._levels[local_attribute(element, "abstractNumId")] = _levels(element)
            elif local_name(element) == "num":
                number_id = local_attribute(element, "numId")
                self._list_of[number_id] = _value(element, "abstractNumId")
                self._restarts[number_id] = _restarts(element)

    def marker(self, style: ParagraphStyle) -> str:
        """The item's own number such as `2.1`, `-` for a bullet, or nothing; counts it."""
        if not style.number_id:
            return ""
        list_id = self._list_of.get(style.number_id, "")
        levels = self._levels.get(list_id, {})
        if style.depth not in levels:
            return "-"
        counters = self._counters.setdefault(list_id, [0] * 9)
        for depth, start in self._restarts.pop(style.number_id, {}).items():
            counters[depth] = start - levels[depth].first if depth in levels else 0
        counters[style.depth] += 1
        counters[style.depth + 1 :] = [0] * (8 - style.depth)
        return _rendered(levels, style.depth, counters)


def _restarts(element: Any) -> dict[int, int]:  # noqa: ANN401
    """Level -> number with which it begins again where this list does."""
    overrides = [child for child in element if local_name(child) == "lvlOverride"]
    starts = {local_attribute(one, "ilvl"): _value(one, "startOverride") for one in overrides}
    return {int(depth): _first(start) for depth, start in starts.items() if depth in _DEPTHS and start.isdecimal()}


def _levels(element: Any) -> dict[int, _Level]:  # noqa: ANN401
    levels: dict[int, _Level] = {}
    for child in element:
        depth = local_attribute(child, "ilvl") if local_name(child) == "lvl" else ""
        if depth in _DEPTHS:
            legal = _child(child, "isLgl")
            is_legal = legal is not None and local_attribute(legal, "val") not in ("0", "false")
            kind, text = _value(child, "numFmt") or "decimal", _value(child, "lvlText")
            levels[int(depth)] = _Level(kind, text, _first(_value(child, "start")), is_legal)
    return levels


def _first(start: str) -> int:
    return int(start[:_MOST_DIGITS]) if start.isdecimal() else 1


def _rendered(levels: dict[int, _Level], depth: int, counters: list[int]) -> str:
    own = levels[depth]
    if own.kind in ("bullet", "none") or "%" not in own.text:
        return "-" if own.kind == "bullet" else ""

    def number(found: re.Match[str]) -> str:
        of = levels.get(int(found[1]) - 1, _PLAIN)
        is_plain = own.is_legal and of.kind != "decimalZero"
        return counted(max(counters[int(found[1]) - 1], 1) + of.first - 1, "decimal" if is_plain else of.kind)

    return re.sub(r"%([1-9])", number, own.text)


def counted(n: int, kind: str) -> str:
    """A number as lists of Word show it; `kind` is Word's own name for how."""
    if kind in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (n - 1) % 26) * ((n - 1) // 26 + 1) if n < 1000 else str(n)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman"):
        return _roman(n) if kind == "upperRoman" else _roman(n).lower()
    return f"{n:02}" if kind == "decimalZero" else str(n)


def _roman(n: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, n = divmod(n, value) if len(text) < 30 else (0, n)
        text += letters * min(count, 10)
    return text


def _child(parent: Any, name: str) -> Any:  # noqa: ANN401
    return next((child for child in parent if local_name(child) == name), None)


def _value(parent: Any, name: str) -> str:  # noqa: ANN401
    child = _child(parent, name)
    return local_attribute(child, "val") if child is not None else ""
