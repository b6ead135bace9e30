"""The rows of a table as Markdown keeps it: where its cells stand, and what is no row but the rule below the head."""

from __future__ import annotations

import re
from itertools import pairwise

_RULE = re.compile(r"\|(?: *:?-+:? *\|)+")
_BAR = re.compile(r"(?<!\\)\|")

Span = tuple[int, int]


def is_rule(line: str) -> bool:
    """Whether it is the `|---|` below a head."""
    return _RULE.fullmatch(line) is not None


def cells(line: str, at: int = 0) -> list[Span]:
    """Where the cells of a row stand, without the blanks around them; the row begins at `at`."""
    bars = [bar.start() for bar in _BAR.finditer(line)]
    edges = bars if line.rstrip().endswith("|") and len(bars) > 1 else [*bars, len(line)]
    spans = []
    for left, right in zip(edges, edges[1:], strict=False):
        inner = line[left + 1 : right]
        start = at + left + 1 + len(inner) - len(inner.lstrip())
        spans.append((start, max(start, at + left + 1 + len(inner.rstrip()))))
    return spans


def unescaped(words: str) -> str:
    """The words of a cell, in which a bar stands for itself."""
    return words.replace("\\|", "|")


def head_in(context: str) -> str:
    """The head row that a passage's context holds; empty where it has none."""
    return next((line for line in context.split("\n") if line.startswith("|")), "")


def head_above(text: str) -> str:
    """The head row of the table whose rows a text ends with; empty where it stands further up, or nowhere."""
    lines = text.rsplit("\n\n", 1)[-1].split("\n")
    return next((line for line, below in pairwise(lines) if is_rule(below)), "")
