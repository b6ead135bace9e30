"""How a page lies on the scanner: what its lines look like, and in doubt how they can be read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.loaders.ocr_lines import LineRead, Picture, Points, flipped, recognized, span

_MOST_VOTES = 16
_MOST_READ = 4
_CLEAR = 0.2
"""Of the votes; up to this share of lines that seem to stand on their heads a page does not."""
_SURE, _SURER, _PASSED_BY = 0.8, 0.1, 0.5
"""How surely lines can be read that lie as they should, by how much surer than the other way round, and which share of
their ink is passed by at most. On drawn pages known letters were read with .86 and more, .74 at most upside down, and
those of nine other scripts alike both ways, or not at all."""


def quarters(corners: Sequence[Points], crops: Sequence[Picture]) -> int:
    """How many quarter turns to the left make the page upright: what most of the longer lines say."""
    spans = [span(points) for points in corners]
    long = [n for n, (width, height) in enumerate(spans) if max(width, height) >= 2.5 * min(width, height)]
    n_tall = sum(spans[n][1] for n in long if spans[n][1] > spans[n][0])
    n_wide = sum(spans[n][0] for n in long if spans[n][1] <= spans[n][0])
    is_sideways = n_tall > n_wide
    voters = sorted((n for n in long if (spans[n][1] > spans[n][0]) == is_sideways), key=lambda n: -max(spans[n]))
    is_flipped = _stand_on_their_heads([crops[n] for n in voters[:_MOST_VOTES]])
    return (3 if is_flipped else 1) if is_sideways else 2 if is_flipped else 0


def _stand_on_their_heads(crops: Sequence[Picture]) -> bool:
    """What lines look like is certain for letters that the model was trained with, and of others a guess. So a page
    is turned over only when its lines can be read then, and not as they lie."""
    if sum(flipped(crops)) <= _CLEAR * len(crops):
        return False
    as_they_lie = recognized(crops[:_MOST_READ])
    turned = recognized([np.ascontiguousarray(np.rot90(crop, 2)) for crop in crops[:_MOST_READ]])
    sureness = _mean_sureness(turned)
    is_read = sureness >= _SURE and float(np.mean([line.passed_by for line in turned])) <= _PASSED_BY
    return is_read and sureness >= _mean_sureness(as_they_lie) + _SURER


def _mean_sureness(lines: Sequence[LineRead]) -> float:
    """Over all letters, as white space is none; 0 where nothing was read."""
    n_letters = [len("".join(line.text.split())) for line in lines]
    return float(np.average([line.sureness for line in lines], weights=n_letters)) if any(n_letters) else 0.0
