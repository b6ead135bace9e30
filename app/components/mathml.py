"""LaTeX as MathML, which browsers draw by themselves, of allowed elements and attributes only; home of latex2mathml."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any
from unicodedata import category

from rag.inert import visible

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DEEPEST = 40
"""Elements, and braces, within each other."""
_MOST = 1000
"""Elements of a formula."""
_KEPT = 1024
"""Formulas that are not worked out anew whenever a page is drawn, each kept as a text of a kilobyte, 50 at most."""
_REFUSED = re.compile(
    r"\\(?:def|newcommand|newenvironment|DeclareMathOperator|sideset|href|style|class|verb|unicode)(?![A-Za-z])"
)
"""What defines commands, or says a thing twice, can grow without end; the others are about links and styles."""
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([A-Za-z]*\*?)\}")
_MATRICES = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "array", "smallmatrix", "cases", "split")
_KNOWN = {name: name for name in _MATRICES} | {
    "dcases": "cases",
    "aligned": "split",
    "align": "split",
    "align*": "split",
    "alignedat": "split",
    "eqnarray": "matrix",
    "eqnarray*": "matrix",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "multline": "matrix",
    "multline*": "matrix",
    "equation": "",
    "equation*": "",
    "displaymath": "",
    "math": "",
}
"""Name of an environment -> what it is drawn as; nothing where it only says that a formula begins."""
_ELEMENTS = {
    *("mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "menclose"),
}
_ROW_GAP = re.compile(r"\\\\\[[-.\d]+[a-z]{2}\]")
"""How far rows of a matrix stand apart, which the parser takes for text."""
_YES_OR_NO = "true|false"
_LENGTH = r"-?(?:[0-2](?:\.\d+)?|0?\.\d+)em"
_ATTRIBUTES = {
    "displaystyle": _YES_OR_NO,
    "stretchy": _YES_OR_NO,
    "fence": _YES_OR_NO,
    "separator": _YES_OR_NO,
    "accent": _YES_OR_NO,
    "movablelimits": _YES_OR_NO,
    "form": "prefix|infix|postfix",
    "scriptlevel": "[0-2]",
    "minsize": _LENGTH,
    "maxsize": _LENGTH,
    "width": f"{_LENGTH}|0",
    "linethickness": "0",
    "mathvariant": "normal|bold|italic|bold-italic|monospace|sans-serif|script|fraktur|double-struck",
    "columnalign": "left|center|right",
    "notation": "[a-z]{3,20}(?: [a-z]{3,20})?",
}
"""Attribute -> the values that it may have. No colours, which could hide words, and nothing that moves a part away."""
_SPACES = {
    "thinmathspace": "0.167em",
    "thickmathspace": "0.278em",
    "negativethinmathspace": "-0.167em",
    "negativemediummathspace": "-0.222em",
    "negativethickmathspace": "-0.278em",
}
"""Names of lengths that browsers do not know any more."""


def mathml(latex: str, *, is_display: bool) -> dict[str, Any] | None:
    """A tree of `{"math": element, "attributes": {...}, "children": [...]}`, `attributes` only where it has some, with
    the LaTeX as its annotation; None for what is no formula, is too large, or holds a command that is not known."""
    written = _as_json(latex, is_display)
    return json.loads(written) if written else None


@lru_cache(_KEPT)
def _as_json(latex: str, is_display: bool) -> str:  # noqa: FBT001 - lru_cache keeps keywords apart by their order
    row = _row(latex, is_display=is_display)
    if row is None:
        return ""
    note = _node("annotation", {"encoding": "application/x-tex"}, [visible(latex)])
    attributes = {"display": "block"} if is_display else {}
    return json.dumps(_node("math", attributes, [_node("semantics", {}, [row, note])]), ensure_ascii=False)


def _row(latex: str, *, is_display: bool) -> dict[str, Any] | None:
    named = _with_known_environments(latex)
    if named is None or _REFUSED.search(named) or not _is_balanced(named):
        return None
    from latex2mathml.converter import convert_to_element

    try:
        root = convert_to_element(named, display="block" if is_display else "inline")
    except Exception:  # noqa: BLE001 - the parser has many errors of its own, and all of them say that this is no formula
        return None
    if sum(1 for _ in root.iter()) > _MOST:
        return None
    return _allowed(root[0], 0)


def _with_known_environments(latex: str) -> str | None:
    names = [found[2] for found in _ENVIRONMENT.finditer(latex)]
    if not _KNOWN.keys() >= set(names):
        return None

    def known(found: re.Match[str]) -> str:
        name = _KNOWN[found[2]]
        return f"\\{found[1]}{{{name}}}" if name else " "

    return _ENVIRONMENT.sub(known, _ROW_GAP.sub(r"\\\\ ", latex))


def _is_balanced(latex: str) -> bool:
    depth = 0
    for mark in re.findall(r"\\.|[{}]", latex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if not 0 <= depth <= _DEEPEST:
            return False
    return depth == 0


def _allowed(element: Element, depth: int) -> dict[str, Any] | None:
    """The element and what is in it; None where something in it may not be drawn."""
    if depth > _DEEPEST or element.tag not in _ELEMENTS:
        return None
    said = visible(unescape(element.text or ""))
    if re.search(r"\\[A-Za-z]", said):  # a command that the parser does not know stands there as it is
        return None
    children = [_allowed(child, depth + 1) for child in element]
    if None in children:
        return None
    return _node(_tag(element.tag, said), _attributes(element), [*filter(None, [said]), *children])


def _tag(tag: str, said: str) -> str:
    """The parser's own, but arrows and relations are operators, which stand apart, and the infinite is none."""
    if tag == "mi" and len(said) == 1 and category(said) == "Sm":
        return "mo"
    return "mi" if tag == "mo" and said in {"∞", "∅"} else tag


def _attributes(element: Element) -> dict[str, str]:
    named = {name: _SPACES.get(value, value) for name, value in element.attrib.items()}
    return {name: value for name, value in named.items() if re.fullmatch(_ATTRIBUTES.get(name, "(?!)"), value)}


def _node(name: str, attributes: dict[str, str], children: list[Any]) -> dict[str, Any]:
    return {"math": name, **({"attributes": attributes} if attributes else {}), "children": children}
