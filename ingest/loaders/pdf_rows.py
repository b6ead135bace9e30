"""Words of a PDF page to rows: which stand on one line, which belong to one cell, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ingest.loaders.pdf_letters import Word

_NUMBER = re.compile(
    r"[-–−+±(~<>≤≥]?[$€£¥₹#]?\s?[-–−+]?\d[\d.,:/\s'()±–-]*\s?(?:%|[kKMBx°]|\w{2})?\)?[*†‡]?|[-–—−]|n/?a|N/?A"
)
_BULLETS = re.compile(r"(?:(?:[•▪◦‣●○■□▶➢✓❖\uf0b7\uf0a7*–—-]|\(?\w{1,2}[.)])\s*)+")
_MARKS = frozenset("•▪◦‣●○■▶➢❖\uf0b7\uf0a7")
_CODE = re.compile(r"[{}()\[\];]+|.*[;{]")
_ITEM = re.compile(r"[•▪◦‣●○■□▶➢✓❖\uf0b7\uf0a7]\s|\d{1,2}[.)]\s")
CELL_GAP = 1.0
"""Width of a gap between words, in parts of their size, from which on they are two cells; a space has about .3."""


def text_rows(words: Iterable[Word]) -> list[list[Word]]:
    """Words by line from the top, each line from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.y):
        if rows and rows[-1][0].y - word.y < 0.5 * max(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.left) for row in rows]


def cell_text(words: Iterable[Word]) -> str:
    """What the words say, line by line; words of right-to-left scripts are read from the right."""
    return " ".join(word.text for row in text_rows(words) for word in _in_reading_order(row))


def _in_reading_order(row: list[Word]) -> list[Word]:
    n_right_to_left = sum(is_right_to_left(word.text) for word in row)
    return row[::-1] if 2 * n_right_to_left > len(row) else row


def is_right_to_left(text: str) -> bool:
    """Whether a word is Hebrew, Arabic or the like."""
    return any("\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufdff" for letter in text)


def pieces(row: Sequence[Word], gap: float = CELL_GAP) -> list[list[Word]]:
    """A line cut at its wide gaps."""
    cut: list[list[Word]] = []
    for word in row:
        if cut and (word.left - cut[-1][-1].right < gap * word.size or _is_mark(cut[-1])):
            cut[-1].append(word)
        else:
            cut.append([word])
    return cut


def _is_mark(piece: Sequence[Word]) -> bool:
    return len(piece) == 1 and piece[0].text in _MARKS


def is_one_piece(words: Iterable[Word]) -> bool:
    """Whether no line of the text has a wide gap."""
    return all(len(pieces(row, 1.5)) == 1 for row in text_rows(words))


def is_paragraph(words: Iterable[Word]) -> bool:
    """Whether the lines follow each other at the distance of running text."""
    rows = text_rows(words)
    return all(above[0].y - below[0].y < 1.5 * above[0].size for above, below in pairwise(rows))


def is_bulleted(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first column has only the marks of a list."""
    first = [row[0] for row in rows if row[0]]
    return bool(first) and all(map(_BULLETS.fullmatch, first))


def item_share(texts: Sequence[str]) -> float:
    """The share of the texts that begin with the mark of a list."""
    return sum(bool(_ITEM.match(text)) for text in texts) / max(1, len(texts))


def code_share(texts: Sequence[str]) -> float:
    """The share of the texts that look like a piece of a program."""
    return sum(bool(_CODE.fullmatch(text)) for text in texts) / max(1, len(texts))


def is_number(text: str) -> bool:
    """Whether a cell holds a number, an amount, a date, or the dash that stands for none."""
    return bool(_NUMBER.fullmatch(text))


def number_share(texts: Sequence[str]) -> float:
    """The share of the texts that are numbers."""
    return sum(map(is_number, texts)) / max(1, len(texts))
