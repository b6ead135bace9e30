"""The formulas of a text drawn, or as code while the text still grows."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from app.components.mathml import mathml
from rag.code_spans import split_text
from rag.formulas import LETTER, LONGEST, WORD, Formula, formulas

_HALF = re.compile(
    rf"(?<![\\$])\$\$(?:{WORD}{{0,{LONGEST}}}\$?)\Z"
    rf"|(?<![\\$A-Za-z0-9])\$(?![\s\d$]){WORD}{{0,200}}\Z"
    rf"|(?<!\\)\\[\[(](?:{LETTER}{{0,{LONGEST}}}\\?)\Z"
)
"""The beginning of a formula at the end of a text that is still being written."""


def node(formula: Formula, written: str) -> dict[str, Any]:
    """The formula drawn, or as code what was written of one that cannot be."""
    return mathml(formula.latex, is_display=formula.is_display) or {"tag": "code", "children": [written]}


def with_formulas(text: str) -> list[str | dict[str, Any]]:
    """The pieces of a text that holds no code: its words as they are, its formulas drawn."""
    parts: list[str | dict[str, Any]] = []
    done = 0
    for found in formulas(text):
        parts += [*filter(None, [text[done : found.start]]), node(found, text[found.start : found.end])]
        done = found.end
    return [*parts, *filter(None, [text[done:]])]


def as_code(markdown: str) -> str:
    """The Markdown of an answer that still grows: formulas as code, half a one at the end held back, every other
    dollar sign escaped."""
    runs = groupby(split_text(markdown), lambda piece: piece.is_code)
    parts = [
        text if is_code else _coded(text) for is_code, text in ((c, "".join(p.text for p in run)) for c, run in runs)
    ]
    return "".join(parts)


def _coded(text: str) -> str:
    parts, done = [], 0
    for found in formulas(text):
        written = " ".join(text[found.start : found.end].split())
        before, whole = text[done : found.start], text[found.start : found.end]
        parts += [_escaped(before), " " if before.endswith("`") else ""]
        parts.append(_escaped(whole) if "|" in whole else f"`{written}`")  # in a row of a table it would end a cell
        done = found.end
        parts += [" "] if text[done : done + 1] == "`" else []
    at = max(done, len(text) - LONGEST)
    return "".join([*parts, _escaped(text[done:at] + _HALF.sub("", text[at:]))])


def _escaped(text: str) -> str:
    """With a backslash before each dollar that has none."""
    return re.sub(r"(?<!\\)((?:\\\\)*+)\$", r"\1\\$", text)
