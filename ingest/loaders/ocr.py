"""Reads words from pictures of pages through RapidOCR, however the page lay on the scanner; knows no network.

The models come with the package: Latin, Greek, Chinese and Japanese letters, no Cyrillic, Arabic or Korean ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.loaders.cleaning import clean
from ingest.loaders.ocr_direction import quarters
from ingest.loaders.ocr_lines import MOST_PASSED_BY, Picture, Points, flipped, found, recognized, span, stands_out
from rag.types import Box

KNOWN_LETTERS = "it knows Latin, Greek, Chinese and Japanese ones"
LONGEST_SIDE = 1600
"""Pixels; more found no more words in `python -m evals ocr`, and took longer."""
_LEAST_SURE = 0.5
_LEAST_SURE_ALONE = 0.75
"""Of a line of one letter: a drawn circle is easily taken for a 0."""
_TALL = 1.5
"""From this height in widths on, RapidOCR reads a line from top to bottom."""


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word and its place on the picture as it was given."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of words; lengths in pixels, growing right and down, on the picture once it is upright and level.

    `middle` is the height at which the line runs. A tall line runs upwards or downwards along the page.
    """

    words: tuple[SeenWord, ...]
    left: float
    right: float
    middle: float
    height: float
    sureness: float
    is_tall: bool

    @property
    def text(self) -> str:
        """Its words with single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a picture, in no order; `width` and `height` are those of the upright picture in pixels."""

    lines: tuple[SeenLine, ...]
    width: int
    height: int
    n_unread: int = 0
    """Lines that were seen but not read, or not wholly: too unclear, or in letters that the model does not know."""

    @property
    def n_words(self) -> int:
        """Words in all lines."""
        return sum(len(line.words) for line in self.lines)

    @property
    def sureness(self) -> float:
        """The mean over all letters, 0 to 1; 0 where nothing was read."""
        n_letters = [len(line.text) for line in self.lines]
        return float(np.average([line.sureness for line in self.lines], weights=n_letters)) if n_letters else 0.0


def read(picture: Picture) -> Reading:
    """The lines of text on a picture, which is turned upright first; best with `LONGEST_SIDE` pixels."""
    picture = np.ascontiguousarray(picture[:, :, ::-1])  # the models were trained with blue first
    corners, crops = found(picture)
    turns = quarters(corners, crops)
    if turns:
        picture = np.ascontiguousarray(np.rot90(picture, turns))
        corners, crops = found(picture)
    height, width = picture.shape[:2]
    lines, n_unread = _lines(corners, crops, turns, width, height)
    return Reading(tuple(lines), width, height, n_unread)


def ink(picture: Picture) -> float:
    """The share of a picture that stands out from its ground; a blank page has next to none."""
    return float(stands_out(picture[::2, ::2]).mean())


def _lines(
    corners: Sequence[Points], crops: list[Picture], turns: int, width: int, height: int
) -> tuple[list[SeenLine], int]:
    """What was read, and how many lines were not, or not wholly."""
    if not crops:
        return [], 0
    tall = [n for n, points in enumerate(corners) if span(points)[1] >= _TALL * span(points)[0]]
    upside_down = {n for n, is_flipped in zip(tall, flipped([crops[n] for n in tall]), strict=True) if is_flipped}
    read = recognized([np.rot90(crop, 2) if n in upside_down else crop for n, crop in enumerate(crops)])
    slope = _slope([points for n, points in enumerate(corners) if n not in tall])
    lines, whole = [], set()
    for n, line in enumerate(read):
        least = _LEAST_SURE if len(line.text.strip()) > 1 else _LEAST_SURE_ALONE
        if clean(line.text)[0].strip() and line.sureness >= least:
            whole |= {n} if line.passed_by <= MOST_PASSED_BY else set()
            start, end = _ends(corners[n], n in tall, n in upside_down)
            words = [
                SeenWord(word, _box(start + (end - start) * left, start + (end - start) * right, turns, width, height))
                for word, left, right in _words(line.text, line.seen, line.share)
            ]
            lines.append(_line(words, _levelled(corners[n], slope), line.sureness, n in tall))
    return lines, sum(_looks_like_text(points) for n, points in enumerate(corners) if n not in whole)


def _looks_like_text(points: Points) -> bool:
    """Whether a place is longer than high or higher than long, as a line is: a drawn circle is not missed as text."""
    return max(span(points)) >= _TALL * min(span(points))


def _words(text: str, seen: Any, share: float) -> list[tuple[str, float, float]]:  # noqa: ANN401 - RapidOCR's WordInfo
    """Each word with its start and end, as shares of the line's length, which is a share of what the model saw."""
    columns = [column for word in seen.word_cols for column in word]
    text, n_columns = clean(text)[0], max(seen.line_txt_len * share, 1.0)
    n_letters = sum(not letter.isspace() for letter in text)
    if len(columns) != n_letters:  # cleaning has changed the number of letters: spread them evenly
        columns = [(at + 0.5) * n_columns / n_letters - 0.5 for at in range(n_letters)]
    half, at, words = 0.5 / max(len(text), 1), 0, []
    for word in text.split():
        first, last = columns[at], columns[at + len(word) - 1]
        at += len(word)
        words.append((word, max(0.0, (first + 0.5) / n_columns - half), min(1.0, (last + 0.5) / n_columns + half)))
    return words


def _ends(points: Points, is_tall: bool, is_flipped: bool) -> tuple[Points, Points]:
    """The two corners at which the line's text starts, and the two at which it ends; shape [2, 2] each."""
    ends = (points[[0, 1]], points[[3, 2]]) if is_tall else (points[[0, 3]], points[[1, 2]])
    return ends[::-1] if is_flipped else ends


def _box(start: Points, end: Points, turns: int, width: int, height: int) -> Box:
    """The upright rectangle around four corners, on the picture as it was given."""
    shares = np.clip(np.concatenate([start, end]) / (width, height), 0, 1)
    x, y = shares[:, 0], shares[:, 1]
    x, y = ((x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x))[turns]
    return tuple(round(float(edge), 4) for edge in (x.min(), y.min(), x.max(), y.max()))  # type: ignore[return-value]


def _slope(corners: Sequence[Points]) -> float:
    """By how much most of the text rises or falls: the median over the longer half of the lines."""
    spans = sorted((points[1] - points[0] for points in corners), key=lambda span: -abs(span[0]))
    slopes = [float(dy / dx) for dx, dy in spans[: max(1, len(spans) // 2)] if dx > 0]
    return float(np.median(slopes)) if slopes else 0.0


def _levelled(points: Points, slope: float) -> Points:
    x, y = points[:, 0], points[:, 1]
    return np.stack([x + slope * y, y - slope * x], axis=1)


def _line(words: Sequence[SeenWord], points: Points, sureness: float, is_tall: bool) -> SeenLine:
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    height = span(points)[0 if is_tall else 1]
    return SeenLine(tuple(words), left, right, float(points[:, 1].mean()), height, sureness, is_tall)
