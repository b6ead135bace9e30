"""Reads words from pictures of pages through RapidOCR, however the page lay on the scanner; knows no network.

The models come with the package: Latin, Greek, Chinese and Japanese letters, no Cyrillic, Arabic or Korean ones.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexes.openvino_quiet import keep_openvino_quiet
from ingest.loaders.cleaning import clean
from rag.types import Box

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Picture = NDArray[np.uint8]
"""Red, green and blue, shape [height, width, 3]."""
Points = NDArray[np.float64]
"""Corners of a line: upper left, upper right, lower right, lower left; shape [4, 2], in pixels."""

KNOWN_LETTERS = "it knows Latin, Greek, Chinese and Japanese ones"
LONGEST_SIDE = 1600
"""Pixels; more found no more words in `python -m evals ocr`, and took longer."""
_LEAST_SURE = 0.5
_LEAST_SURE_ALONE = 0.75
"""Of a line of one letter: a drawn circle is easily taken for a 0."""
_MOST_PASSED_BY = 0.25
"""Of a line's ink. On the scans of `python -m evals ocr` it is 0.02 where the model knows the letters, and from 0.4 on
where it does not."""
_REACH, _THICK = 0.75, 0.12
"""In line heights: how far a letter's ink reaches from its middle, and what a rule under a line is thinner than."""
_TALL = 1.5
"""From this height in widths on, RapidOCR reads a line from top to bottom."""
_MOST_VOTES = 16
_HEIGHT, _STEP, _LONGEST_LINE = 48, 160, 2400
"""Pixels: the model reads lines of this height. OpenVINO keeps what it compiled for every size that it ever met, so
pages and lines are filled up to few different sizes, and read one at a time; longer lines are squeezed."""
_GREY = 127
_CONTRAST = 64
"""From the ground, of 255, for what counts as ink."""


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
    corners, crops = _found(picture)
    quarters = _quarters(corners, crops)
    if quarters:
        picture = np.ascontiguousarray(np.rot90(picture, quarters))
        corners, crops = _found(picture)
    height, width = picture.shape[:2]
    lines, n_unread = _lines(corners, crops, quarters, width, height)
    return Reading(tuple(lines), width, height, n_unread)


def ink(picture: Picture) -> float:
    """The share of a picture that stands out from its ground; a blank page has next to none."""
    return float(_stands_out(picture[::2, ::2]).mean())


def _stands_out(picture: Picture) -> NDArray[np.bool_]:
    """Which pixels are ink, shape [height, width]: light on dark as well as dark on light."""
    grey = picture.mean(axis=2)
    stands_out: NDArray[np.bool_] = np.abs(grey - np.median(grey)) > _CONTRAST
    return stands_out


@cache
def _engine() -> RapidOCR:
    """Opened once for a process; with one thread, as everything behind the fence."""
    keep_openvino_quiet()
    from rapidocr import EngineType, RapidOCR

    logging.getLogger("RapidOCR").disabled = True
    options: dict[str, Any] = {f"{part}.engine_type": EngineType.OPENVINO for part in ("Det", "Cls", "Rec")}
    options |= {"EngineConfig.openvino.inference_num_threads": 1, "EngineConfig.openvino.num_streams": 1}
    options |= {"Rec.rec_batch_num": 1, "Cls.cls_batch_num": 1}
    engine = RapidOCR(params={"Global.log_level": "critical", "Global.use_preprocess_img": False, **options})
    engine.return_word_box = True
    return engine


def _found(picture: Picture) -> tuple[list[Points], list[Picture]]:
    """The corners of each line, and a level picture of it; tall lines are turned to the left."""
    from rapidocr.main import RapidOCRError

    record: dict[str, Any] = {}
    below, beside = (-side % _STEP for side in picture.shape[:2])
    picture = np.pad(picture, ((0, below), (0, beside), (0, 0)), mode="edge")
    try:
        crops, found = _engine().detect_and_crop(picture, record)
    except RapidOCRError:  # its word for: no text there
        return [], []
    boxes = np.asarray(found.boxes, dtype=np.float64)
    return list(boxes - (0, record["padding_1"]["top"])), crops


def _quarters(corners: Sequence[Points], crops: Sequence[Picture]) -> int:
    """How many quarter turns to the left make the page upright: what most of the longer lines say."""
    spans = [_span(points) for points in corners]
    long = [n for n, (width, height) in enumerate(spans) if max(width, height) >= 2.5 * min(width, height)]
    n_tall = sum(spans[n][1] for n in long if spans[n][1] > spans[n][0])
    n_wide = sum(spans[n][0] for n in long if spans[n][1] <= spans[n][0])
    is_sideways = n_tall > n_wide
    voters = sorted((n for n in long if (spans[n][1] > spans[n][0]) == is_sideways), key=lambda n: -max(spans[n]))
    is_flipped = 2 * sum(_flipped([crops[n] for n in voters[:_MOST_VOTES]])) > min(len(voters), _MOST_VOTES)
    return (3 if is_flipped else 1) if is_sideways else 2 if is_flipped else 0


def _flipped(crops: Sequence[Picture]) -> list[bool]:
    """Whether each line stands on its head."""
    if not crops:
        return []
    _, result = _engine().cls_and_rotate(list(crops))
    return [label == "180" and sureness > 0.6 for label, sureness in result.cls_res or ()]


def _span(points: Points) -> tuple[float, float]:
    """Width and height of a line."""
    return math.dist(points[0], points[1]), math.dist(points[0], points[3])


def _lines(
    corners: Sequence[Points], crops: list[Picture], quarters: int, width: int, height: int
) -> tuple[list[SeenLine], int]:
    """What was read, and how many lines were not, or not wholly."""
    if not crops:
        return [], 0
    tall = [n for n, points in enumerate(corners) if _span(points)[1] >= _TALL * _span(points)[0]]
    upside_down = {n for n, is_flipped in zip(tall, _flipped([crops[n] for n in tall]), strict=True) if is_flipped}
    filled = [_filled(np.rot90(crop, 2) if n in upside_down else crop) for n, crop in enumerate(crops)]
    read = _engine().recognize_txt([picture for picture, _ in filled])
    slope = _slope([points for n, points in enumerate(corners) if n not in tall])
    lines, whole = [], set()
    for n, (text, sureness, seen) in enumerate(zip(read.txts or (), read.scores, read.word_results, strict=True)):
        if clean(text)[0].strip() and sureness >= (_LEAST_SURE if len(text.strip()) > 1 else _LEAST_SURE_ALONE):
            whole |= {n} if _passed_by(*filled[n], seen) <= _MOST_PASSED_BY else set()
            start, end = _ends(corners[n], n in tall, n in upside_down)
            words = [
                SeenWord(
                    word, _box(start + (end - start) * left, start + (end - start) * right, quarters, width, height)
                )
                for word, left, right in _words(text, seen, filled[n][1])
            ]
            lines.append(_line(words, _levelled(corners[n], slope), float(sureness), n in tall))
    return lines, sum(_looks_like_text(points) for n, points in enumerate(corners) if n not in whole)


def _looks_like_text(points: Points) -> bool:
    """Whether a place is longer than high or higher than long, as a line is: a drawn circle is not missed as text."""
    return max(_span(points)) >= _TALL * min(_span(points))


def _passed_by(picture: Picture, share: float, seen: Any) -> float:  # noqa: ANN401 - RapidOCR's WordInfo
    """The share of a line's ink that lies away from all letters that were read. The model skips what it does not know
    without being less sure of the rest, which is kept: some of its words are right."""
    height, width = picture.shape[:2]
    thickness = _stands_out(picture[:, : round(width * share)]).sum(axis=0)
    ink = np.nonzero(thickness > _THICK * height)[0]
    letters = [(column + 0.5) / seen.line_txt_len * width for word in seen.word_cols for column in word]
    if not len(ink) or not letters:
        return float(not letters)
    return float((np.abs(np.subtract.outer(ink, letters)).min(axis=1) > _REACH * height).mean())


def _filled(crop: Picture) -> tuple[Picture, float]:
    """The line with grey after it, and its share of that; one of a hair's height is made higher, not cut."""
    height, width = crop.shape[:2]
    if width * _HEIGHT > height * _LONGEST_LINE:
        crop = np.repeat(crop, math.ceil(width * _HEIGHT / (height * _LONGEST_LINE)), axis=0)
        height = crop.shape[0]
    n_steps = max(2, math.ceil(width * _HEIGHT / (height * _STEP)))
    full = max(width, math.floor(n_steps * _STEP * height / _HEIGHT))
    picture = np.full((height, full, 3), _GREY, dtype=np.uint8)
    picture[:, :width] = crop
    return picture, width / full


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


def _box(start: Points, end: Points, quarters: int, width: int, height: int) -> Box:
    """The upright rectangle around four corners, on the picture as it was given."""
    shares = np.clip(np.concatenate([start, end]) / (width, height), 0, 1)
    x, y = shares[:, 0], shares[:, 1]
    x, y = ((x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x))[quarters]
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
    height = _span(points)[0 if is_tall else 1]
    return SeenLine(tuple(words), left, right, float(points[:, 1].mean()), height, sureness, is_tall)
