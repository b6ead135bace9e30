"""RapidOCR, and what it makes of single lines; its models come with the package."""

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

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Picture = NDArray[np.uint8]
"""Red, green and blue, shape [height, width, 3]."""
Points = NDArray[np.float64]
"""Corners of a line: upper left, upper right, lower right, lower left; shape [4, 2], in pixels."""

MOST_PASSED_BY = 0.25
"""Of a line's ink. On the scans of `python -m evals ocr` it is 0.02 where the model knows the letters, and from 0.4 on
where it does not."""
_REACH, _THICK = 0.75, 0.12
"""In line heights: how far a letter's ink reaches from its middle, and what a rule under a line is thinner than."""
_HEIGHT, _STEP, _LONGEST_LINE = 48, 160, 2400
"""Pixels: the model reads lines of this height. OpenVINO keeps what it compiled for every size that it ever met, so
pages and lines are filled up to few different sizes, and read one at a time; longer lines are squeezed."""
_GREY = 127
_CONTRAST = 64
"""From the ground, of 255, for what counts as ink."""


@dataclass(frozen=True, slots=True)
class LineRead:
    """What the model read of a line, and how sure it was, 0 to 1."""

    text: str
    sureness: float
    seen: Any
    """RapidOCR's WordInfo."""
    share: float
    """Of what the model saw, how much was the line; the rest filled it up."""
    passed_by: float
    """The share of its ink that lies away from all letters that were read."""


def stands_out(picture: Picture) -> NDArray[np.bool_]:
    """Which pixels are ink, shape [height, width]: light on dark as well as dark on light."""
    grey = picture.mean(axis=2)
    stands_out: NDArray[np.bool_] = np.abs(grey - np.median(grey)) > _CONTRAST
    return stands_out


@cache
def engine() -> RapidOCR:
    """RapidOCR, opened once for a process; with one thread, as everything behind the fence."""
    keep_openvino_quiet()
    from rapidocr import EngineType, RapidOCR

    logging.getLogger("RapidOCR").disabled = True
    options: dict[str, Any] = {f"{part}.engine_type": EngineType.OPENVINO for part in ("Det", "Cls", "Rec")}
    options |= {"EngineConfig.openvino.inference_num_threads": 1, "EngineConfig.openvino.num_streams": 1}
    options |= {"Rec.rec_batch_num": 1, "Cls.cls_batch_num": 1}
    engine = RapidOCR(params={"Global.log_level": "critical", "Global.use_preprocess_img": False, **options})
    engine.return_word_box = True
    return engine


def found(picture: Picture) -> tuple[list[Points], list[Picture]]:
    """The corners of each line, and a level picture of it; tall lines are turned to the left."""
    from rapidocr.main import RapidOCRError

    record: dict[str, Any] = {}
    below, beside = (-side % _STEP for side in picture.shape[:2])
    picture = np.pad(picture, ((0, below), (0, beside), (0, 0)), mode="edge")
    try:
        crops, found = engine().detect_and_crop(picture, record)
    except RapidOCRError:  # its word for: no text there
        return [], []
    boxes = np.asarray(found.boxes, dtype=np.float64)
    return list(boxes - (0, record["padding_1"]["top"])), crops


def flipped(crops: Sequence[Picture]) -> list[bool]:
    """Whether each line stands on its head."""
    if not crops:
        return []
    _, result = engine().cls_and_rotate(list(crops))
    return [label == "180" and sureness > 0.6 for label, sureness in result.cls_res or ()]


def recognized(crops: Sequence[Picture]) -> list[LineRead]:
    """What each line says when it is read as it lies."""
    if not crops:
        return []
    pictures = [_filled(crop) for crop in crops]
    read = engine().recognize_txt([picture for picture, _ in pictures])
    found = zip(read.txts or (), read.scores, read.word_results, pictures, strict=True)
    return [LineRead(t, float(sure), seen, place[1], _passed_by(*place, seen)) for t, sure, seen, place in found]


def span(points: Points) -> tuple[float, float]:
    """Width and height of a line."""
    return math.dist(points[0], points[1]), math.dist(points[0], points[3])


def _passed_by(picture: Picture, share: float, seen: Any) -> float:  # noqa: ANN401 - RapidOCR's WordInfo
    """The share of a line's ink that lies away from all letters that were read. The model skips what it does not know
    without being less sure of the rest, which is kept: some of its words are right."""
    height, width = picture.shape[:2]
    thickness = stands_out(picture[:, : round(width * share)]).sum(axis=0)
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
