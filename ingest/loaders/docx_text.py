"""The words of one paragraph of Office XML: runs, links, fields, tracked insertions and formulas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from ingest.loaders.archive import local_attribute, local_name
from ingest.loaders.docx_unseen import is_unseen
from ingest.loaders.raised import raised, superscript

_SKIPPED = frozenset(
    {
        "pPr",
        "rPr",
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "commentReference",
        "drawing",
        "pict",
        "object",
        "Fallback",
    }
)
_MAX_DEPTH = 256
"""The XML parser goes no deeper, so nothing is lost."""
_GAPS = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")


def paragraph_text(paragraph: Any) -> str:  # noqa: ANN401
    """The visible text of a paragraph; text boxes anchored in it are left to `text_boxes`."""
    return _GAPS.sub(" ", "".join(_pieces(paragraph, 0)))


def _pieces(element: Any, depth: int) -> Iterator[str]:  # noqa: ANN401
    if depth > _MAX_DEPTH:
        return
    for child in element:
        name = local_name(child)
        if name in _LEAVES:
            yield _LEAVES[name](child)
        elif name not in _SKIPPED and not (name == "r" and is_unseen(child)):
            pieces = _pieces(child, depth + 1)
            yield from [raised("".join(pieces))] if name == "r" and _is_raised(child) else pieces


def _is_raised(run: Any) -> bool:  # noqa: ANN401
    """Whether Word or PowerPoint shows it above the line."""
    properties = next((one for one in run if local_name(one) == "rPr"), None)
    if properties is None:
        return False
    height = local_attribute(properties, "baseline")
    marks = [local_attribute(one, "val") for one in properties if local_name(one) == "vertAlign"]
    return "superscript" in marks or (height.isdecimal() and bool(height.strip("0")))


_SHAPES = {0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0xA8: "☐", 0x6F: "☐", 0xE0: "→", 0xB7: "•", 0xA7: "▪"}
"""What Wingdings shows at these places."""


def _symbol(element: Any) -> str:  # noqa: ANN401
    """A character of a symbol font; the private ones have no meaning as text, but for the ticks of Wingdings."""
    code = local_attribute(element, "char")
    try:
        character = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    if local_attribute(element, "font") == "Wingdings":
        return _SHAPES.get(ord(character) & 0xFF, "")
    return "" if 0xE000 <= ord(character) <= 0xF8FF else character


def _checkbox(element: Any) -> str:  # noqa: ANN401
    """Of a form, as it was left; else as it began."""
    states = {local_name(child): local_attribute(child, "val") not in ("0", "false") for child in element}
    return "☑ " if states.get("checked", states.get("default", False)) else "☐ "


def text_boxes(paragraph: Any) -> Iterator[Any]:  # noqa: ANN401
    """Text box contents anchored in a paragraph, outermost only; a box stored in two flavours comes once."""
    for element in paragraph.iter():
        if local_name(element) == "txbxContent" and not _is_second_flavour(element, paragraph):
            yield element


def _is_second_flavour(element: Any, paragraph: Any) -> bool:  # noqa: ANN401
    """Inside another text box, or the fallback copy of a box that is there in the newer flavour already."""
    for ancestor in element.iterancestors():
        if ancestor is paragraph:
            return False
        name = local_name(ancestor)
        if name == "txbxContent":
            return True
        if name == "Fallback" and _is_copy(ancestor):
            return True
    return False


def _is_copy(fallback: Any) -> bool:  # noqa: ANN401
    """Whether it has for older programs what stands beside it in the newer flavour."""
    choices = [sibling for sibling in fallback.itersiblings(preceding=True) if local_name(sibling) == "Choice"]
    return any(local_name(inner) == "txbxContent" for choice in choices for inner in choice.iter())


def paragraphs_in(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """All paragraphs inside of an element, those of a box that is stored in two flavours once."""
    copies = [one for one in element.iter() if local_name(one) == "Fallback" and _is_copy(one)]
    left_out = {inner for copy in copies for inner in copy.iter()}
    return (one for one in element.iter() if local_name(one) == "p" and one not in left_out)


def _formula(element: Any, depth: int) -> str:  # noqa: ANN401
    """A formula on one line: fractions with a slash, raised and lowered parts with ^ and _."""
    if depth > _MAX_DEPTH:
        return ""
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name in _FORMULAS:
        parts = {local_name(child): _formula(child, depth + 1) for child in element}
        filled = _FORMULAS[name].format_map(defaultdict(str, parts) | {"operator": _operator(element)})
        return filled.replace("_()", "").replace("^()", "")
    separator = ", " if name in ("m", "eqArr") else ""
    return separator.join(_formula(child, depth + 1) for child in element if not local_name(child).endswith("Pr"))


def _operator(element: Any) -> str:  # noqa: ANN401
    """The sign of a sum, product or integral; the integral is the one that files leave out."""
    signs = [local_attribute(child, "val") for child in element.iter() if local_name(child) == "chr"]
    return signs[0] if signs else "∫"


_FORMULAS = {
    "f": "({num})/({den})",
    "sSup": "{e}^({sup})",
    "sSub": "{e}_({sub})",
    "sSubSup": "{e}_({sub})^({sup})",
    "rad": "√({e})",
    "d": "({e})",
    "nary": "{operator}_({sub})^({sup}) {e}",
    "func": "{fName} {e}",
    "limLow": "{e}_({lim})",
    "limUpp": "{e}^({lim})",
}


_LEAVES: dict[str, Callable[[Any], str]] = {
    "t": lambda element: element.text or "",
    "tab": lambda _: "\t",
    "ptab": lambda _: "\t",
    "br": lambda _: "\n",
    "cr": lambda _: "\n",
    "noBreakHyphen": lambda _: "-",
    "sym": _symbol,
    "checkBox": _checkbox,
    "oMath": lambda element: _formula(element, 0),
    "oMathPara": lambda element: _formula(element, 0),
    "footnoteReference": lambda element: superscript(local_attribute(element, "id")),
    "endnoteReference": lambda element: superscript(local_attribute(element, "id")),
}
