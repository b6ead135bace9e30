r"""Where formulas stand in a text: `$E = mc^2$`, `$$…$$`, `\(…\)` and `\[…\]`; dollars that are money are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.components.mathml import mathml
from rag.code_spans import split_text

_LONGEST = 2000
"""Letters of a formula; what is longer stays text. It bounds the time that one takes."""
_WORD = r"(?:\\[^\n]|\\(?=\n)|[^\\$`\n]|\n(?![ \t]*\n))"
"""A letter between dollars: of one paragraph, and no backtick, since it may be code that begins there."""
_LETTER = r"(?:\\[^\n()\[\]]|\\(?=\n)|[^\\`\n]|\n(?![ \t]*\n))"
"""... and between brackets: not another one of them, so that a text of nothing but openings is read once."""
_FORMULA = re.compile(
    rf"(?<![\\$])\$\$(?P<shown>{_WORD}{{1,{_LONGEST}}}?)\$\$"
    rf"|(?<![\\$A-Za-z0-9])\$(?![\s$])(?P<inline>{_WORD}{{1,{_LONGEST}}}?)(?<!\s)\$(?![$\dA-Z_])"
    rf"|(?<!\\)\\\[(?P<square>{_LETTER}{{1,{_LONGEST}}}?)\\\]"
    rf"|(?<!\\)\\\((?P<round>{_LETTER}{{1,{_LONGEST}}}?)\\\)"
)
_HALF = re.compile(
    rf"(?<![\\$])\$\$(?:{_WORD}{{0,{_LONGEST}}}\$?)\Z"
    rf"|(?<![\\$A-Za-z0-9])\$(?![\s\d$]){_WORD}{{0,200}}\Z"
    rf"|(?<!\\)\\[\[(](?:{_LETTER}{{0,{_LONGEST}}}\\?)\Z"
)
"""The beginning of a formula at the end of a text that is still being written."""
_SIGNS = re.compile(r"[\\^_=+<>]")
"""One of them is in every formula that stands in square brackets; brackets of a text are escaped in the same way."""
_COMMAND = re.compile(r"\\[A-Za-z]+[ \t]*(?:\{[^{}]*\})?")
_PROSE = re.compile(r"\s\(?[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Formula:
    """Its place in a text with its delimiters, its LaTeX without, and whether it stands on lines of its own."""

    start: int
    end: int
    latex: str
    is_display: bool


def formula_at(text: str, at: int) -> Formula | None:
    """The formula that begins at this place."""
    return _formula(_FORMULA.match(text, at))


def formulas(text: str) -> Iterator[Formula]:
    """All of a text that holds no code, in order. Linear in its length."""
    at = 0
    while found := _FORMULA.search(text, at):
        formula = _formula(found)
        at = found.start() + 1 if formula is None else found.end()
        if formula is not None:
            yield formula


def _formula(found: re.Match[str] | None) -> Formula | None:
    if found is None:
        return None
    latex = next(filter(None, found.groups()))
    if not latex.strip() or (found["square"] and not _SIGNS.search(latex)) or (found["inline"] and _is_money(latex)):
        return None
    return Formula(*found.span(), latex.strip().rstrip("\\ \n"), bool(found["shown"] or found["square"]))


def _is_money(latex: str) -> bool:
    """Whether what stands between two dollars is an amount and words: "$5 or US$"."""
    return latex[:1].isdigit() and _PROSE.search(_COMMAND.sub("", latex)) is not None


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
    at = max(done, len(text) - _LONGEST)
    return "".join([*parts, _escaped(text[done:at] + _HALF.sub("", text[at:]))])


def _escaped(text: str) -> str:
    """With a backslash before each dollar that has none."""
    return re.sub(r"(?<!\\)((?:\\\\)*+)\$", r"\1\\$", text)
