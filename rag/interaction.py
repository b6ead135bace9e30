"""Late interaction: what the word pieces of a question find in those of a passage, as a row of plain values.

Every piece of the question looks for the nearest piece of the passage, as in Khattab and Zaharia, "ColBERT" (2020), but
by the states of a general encoder as it is, after two of its layers, and together with the pieces that are the same. A
few numbers say how well the whole question is met, how well its worst piece, and whether it is met in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.types import TokenStates, Vectors

Floats = NDArray[np.float32]
Spans = NDArray[np.int64]
"""Half-open spans of pieces, none of them empty, shape [n, 2]."""

_WINDOW = 24
_STRIDE = 8
_LAYERS = ("lower", "upper")

PASSAGE_VALUES = (
    *(f"{kind}_{of}" for of in ("rare", "sentence", "window") for kind in (*_LAYERS, "same")),
    *(f"{layer}_{of}" for of in ("mean", "worst", "pooled") for layer in _LAYERS),
    "neighbours",
    "length",
)
"""What `compare` tells of a passage.

rare: the mean over the question's pieces of their best match, rare ones counting more; sentence and window: the same in
the best sentence, and in the best stretch of 24 pieces; mean: without regard to rarity; worst: of the piece that is met
worst; pooled: cosine of the mean states; neighbours: share of the question's pairs that stand together; length: log.
"""

SENTENCE_VALUES = (
    *(f"{kind}_rare" for kind in (*_LAYERS, "same")),
    *(f"{layer}_{of}" for of in ("mean", "pooled") for layer in _LAYERS),
    "before",
    "after",
    "new",
    "length",
)
"""What `compare` tells of a sentence. before and after: upper_rare of its neighbours; new: share of its pieces that are
not in the question; the others as of a passage."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question held against a passage and its sentences."""

    passage: Floats
    """`PASSAGE_VALUES`, shape [15 or so]."""
    sentences: Floats
    """`SENTENCE_VALUES`, a row for each sentence."""


def matches_of(question: TokenStates, passages: Sequence[TokenStates]) -> list[Floats]:
    """For each passage cosines after both layers, and 1 where pieces are the same: shape [3, question, passage].

    All passages are multiplied at once: many small products spend their time on waking threads.
    """
    ends = np.cumsum([len(passage.ids) for passage in passages])
    cosines = [_rows(question, of) @ np.concatenate([_rows(one, of) for one in passages]).T for of in _LAYERS]
    same = question.ids[:, None] == np.concatenate([one.ids for one in passages])[None, :]
    return np.split(np.stack([*cosines, same.astype(np.float32)]), ends[:-1], axis=2)


def compare(
    question: TokenStates, passage: TokenStates, matches: Floats, sentences: Spans, rarity: Floats
) -> Comparison:
    """The values of a passage and of its `sentences`. `rarity`: how much a piece says, by its number."""
    if not len(question.ids) or not len(passage.ids):
        nothing = np.zeros((len(sentences), len(SENTENCE_VALUES)), dtype=np.float32)
        return Comparison(np.zeros(len(PASSAGE_VALUES), dtype=np.float32), nothing)
    weights = rarity[question.ids]
    weights = weights / max(float(weights.sum()), 1e-6)
    best = matches.max(axis=2)
    by_sentence = _best_in(matches, sentences)
    pooled = np.array([_unit(_rows(question, of).mean(axis=0)) for of in _LAYERS])
    whole = np.array([_unit(_rows(passage, of).mean(axis=0)) for of in _LAYERS])
    rare_by_sentence = _weighted(weights, by_sentence)
    values = [
        *_weighted(weights, best[:, :, None])[:, 0],
        *rare_by_sentence.max(axis=1),
        *_weighted(weights, _best_in(matches, _windows(len(passage.ids)))).max(axis=1),
        *best[:2].mean(axis=1),
        *best[:2].min(axis=1),
        *(pooled * whole).sum(axis=1),
        _neighbours(matches[2], weights),
        np.log(len(passage.ids)),
    ]
    rows = _of_sentences(question, passage, sentences, rare_by_sentence, by_sentence, pooled)
    return Comparison(np.array(values, dtype=np.float32), rows)


def _weighted(weights: Floats, best: Floats) -> Floats:
    """Sums over the question's pieces, shape [3, spans]; without BLAS, which may warn of lanes that it does not use."""
    return np.asarray(np.einsum("q,kqs->ks", weights, best), dtype=np.float32)


def _rows(states: TokenStates, layer: str) -> Vectors:
    return states.lower if layer == "lower" else states.upper


def _best_in(matches: Floats, spans: Spans) -> Floats:
    """The best match of every piece of the question within each span, shape [3, question, spans]."""
    closed = np.concatenate([matches, np.full((*matches.shape[:2], 1), -1, dtype=np.float32)], axis=2)
    return np.maximum.reduceat(closed, spans.ravel(), axis=2)[:, :, ::2]


def _windows(n: int) -> Spans:
    starts = np.arange(0, max(1, n - _WINDOW + _STRIDE), _STRIDE, dtype=np.int64)
    return np.stack([starts, np.minimum(starts + _WINDOW, n)], axis=1)


def _neighbours(same: Floats, weights: Floats) -> float:
    """Share of the question's neighbouring pieces that stand side by side in the passage; 0 for a single piece."""
    pairs = np.minimum(weights[:-1], weights[1:])
    together = (same[:-1, :-1] * same[1:, 1:]).any(axis=1)
    return float(pairs[together].sum() / max(float(pairs.sum()), 1e-6)) if len(pairs) else 0.0


def _of_sentences(  # noqa: PLR0913, PLR0917 - what has been worked out already is handed on
    question: TokenStates, passage: TokenStates, spans: Spans, rare: Floats, best: Floats, pooled: Floats
) -> Floats:
    lengths = spans[:, 1] - spans[:, 0]
    new = ~np.isin(passage.ids, question.ids)
    beside = np.concatenate([[0], rare[1], [0]])
    means = [_units(_sums(_rows(passage, of), spans)) @ pooled[n] for n, of in enumerate(_LAYERS)]
    values = [
        *rare,
        *best[:2].mean(axis=1),
        *means,
        beside[:-2],
        beside[2:],
        _sums(new[:, None].astype(np.float32), spans)[:, 0] / lengths,
        np.log(lengths),
    ]
    return np.stack(values, axis=1).astype(np.float32)


def _sums(rows: Floats, spans: Spans) -> Floats:
    closed = np.concatenate([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)])
    return np.asarray(np.add.reduceat(closed, spans.ravel(), axis=0)[::2], dtype=np.float32)


def _unit(row: Floats) -> Floats:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-6), dtype=np.float32)


def _units(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def spans_of(characters: Spans, offsets: Spans) -> Spans:
    """The pieces in each span of characters; a span without any gets the piece before it. Shape [n, 2]."""
    n = len(offsets)
    first = np.minimum(np.searchsorted(offsets[:, 1], characters[:, 0], "right"), max(0, n - 1))
    last = np.searchsorted(offsets[:, 0], characters[:, 1], "left")
    return np.stack([first, np.clip(last, first + 1, max(n, 1))], axis=1).astype(np.int64)
