r"""Where formulas stand in a text: `$E = mc^2$`, `$$…$$`, `\(…\)` and `\[…\]`; dollars that are money are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 2000
"""Letters of a formula; what is longer stays text. It bounds the time that one takes."""
WORD = r"(?:\\[^\n]|\\(?=\n)|[^\\$`\n]|\n(?![ \t]*\n))"
"""A letter between dollars: of one paragraph, and no backtick, since it may be code that begins there."""
LETTER = r"(?:\\[^\n()\[\]]|\\(?=\n)|[^\\`\n]|\n(?![ \t]*\n))"
"""... and between brackets: not another one of them, so that a text of nothing but openings is read once."""
_FORMULA = re.compile(
    rf"(?<![\\$])\$\$(?P<shown>{WORD}{{1,{LONGEST}}}?)\$\$"
    rf"|(?<![\\$A-Za-z0-9])\$(?![\s$])(?P<inline>{WORD}{{1,{LONGEST}}}?)(?<!\s)\$(?![$\dA-Z_])"
    rf"|(?<!\\)\\\[(?P<square>{LETTER}{{1,{LONGEST}}}?)\\\]"
    rf"|(?<!\\)\\\((?P<round>{LETTER}{{1,{LONGEST}}}?)\\\)"
)
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
