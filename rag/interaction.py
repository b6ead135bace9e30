"""Late interaction: what the word pieces of a question find in those of a passage, as a row of plain values.

Every piece of the question looks for the nearest piece of the passage, as in Khattab and Zaharia, "ColBERT" (2020), but
by the states after two layers of an encoder, and together with the pieces that are the same. A few numbers say how well
the whole question is met, how well its worst piece, and whether it is met in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.pieces import TokenStates
from rag.types import Vectors

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


def compare(
    question: TokenStates, passages: Sequence[TokenStates], sentences: Sequence[Spans], rarity: Floats
) -> list[Comparison]:
    """The values of every passage and of its `sentences`, one or more of each. `rarity`: how much a piece says, by its
    number. All passages at once: many small steps spend their time on being called and on waking threads."""
    found = [_nothing(len(spans)) for spans in sentences]
    filled = [i for i, passage in enumerate(passages) if len(passage.ids)]
    if len(question.ids) and filled:
        held = _Passages([passages[i] for i in filled], [sentences[i] for i in filled])
        for i, values, rows in zip(filled, *_compared(question, held, rarity), strict=True):
            found[i] = Comparison(values, rows)
    return found


def _nothing(n_sentences: int) -> Comparison:
    nothing = np.zeros((n_sentences, len(SENTENCE_VALUES)), dtype=np.float32)
    return Comparison(np.zeros(len(PASSAGE_VALUES), dtype=np.float32), nothing)


class _Passages:
    """Passages one behind the other, with the spans of each in them all."""

    def __init__(self, passages: Sequence[TokenStates], sentences: Sequence[Spans]) -> None:
        self.lengths = np.array([len(passage.ids) for passage in passages], dtype=np.int64)
        starts = np.cumsum(self.lengths) - self.lengths
        self.whole = np.stack([starts, starts + self.lengths], axis=1)
        self.ids = np.concatenate([passage.ids for passage in passages])
        self.states = [np.concatenate([_rows(passage, of) for passage in passages]) for of in _LAYERS]
        self.sentences, self.first_sentences = _joined(sentences, starts)
        windows = [_windows(n) for n in self.lengths.tolist()]
        self.windows, self.first_windows = _joined(windows, starts)


def _joined(spans: Sequence[Spans], starts: Spans) -> tuple[Spans, Spans]:
    """The spans of all passages one behind the other, and where those of each begin."""
    counts = np.array([len(of) for of in spans], dtype=np.int64)
    return np.concatenate(spans) + np.repeat(starts, counts)[:, None], np.cumsum(counts) - counts


def _compared(question: TokenStates, held: _Passages, rarity: Floats) -> tuple[Floats, list[Floats]]:
    """`PASSAGE_VALUES`, a row for each passage, and `SENTENCE_VALUES` of each."""
    weights = rarity[question.ids]
    weights = weights / max(float(weights.sum()), 1e-6)
    pooled = [_unit(_rows(question, of).mean(axis=0)) for of in _LAYERS]
    matches = _matches(question, held)
    best = _best_in(matches, held.whole)
    by_sentence = _best_in(matches, held.sentences)
    rare_by_sentence = _weighted(weights, by_sentence)
    rare_by_window = _weighted(weights, _best_in(matches, held.windows))
    values = [
        *_weighted(weights, best),
        *np.maximum.reduceat(rare_by_sentence, held.first_sentences, axis=1),
        *np.maximum.reduceat(rare_by_window, held.first_windows, axis=1),
        *best[:2].mean(axis=1),
        *best[:2].min(axis=1),
        *_means(held, held.whole, pooled),
        _neighbours(matches[2], weights, held.whole),
        np.log(held.lengths),
    ]
    rows = _of_sentences(question, held, rare_by_sentence, by_sentence, _means(held, held.sentences, pooled))
    return np.stack(values, axis=1).astype(np.float32), np.split(rows, held.first_sentences[1:])


def _matches(question: TokenStates, held: _Passages) -> Floats:
    """Cosines after both layers, and 1 where pieces are the same: shape [3, question, all pieces and one]."""
    found = np.full((3, len(question.ids), len(held.ids) + 1), -1, dtype=np.float32)
    for n, of in enumerate(_LAYERS):
        found[n, :, :-1] = _rows(question, of) @ held.states[n].T
    found[2, :, :-1] = question.ids[:, None] == held.ids[None, :]
    return found


def _weighted(weights: Floats, best: Floats) -> Floats:
    """Sums over the question's pieces, shape [3, spans]; without BLAS, which may warn of lanes that it does not use."""
    return np.asarray(np.einsum("q,kqs->ks", weights, best), dtype=np.float32)


def _rows(states: TokenStates, layer: str) -> Vectors:
    return states.lower if layer == "lower" else states.upper


def _best_in(matches: Floats, spans: Spans) -> Floats:
    """The best match of every piece of the question within each span, shape [3, question, spans]."""
    return np.asarray(np.maximum.reduceat(matches, spans.ravel(), axis=2)[:, :, ::2], dtype=np.float32)


def _windows(n: int) -> Spans:
    starts = np.arange(0, max(1, n - _WINDOW + _STRIDE), _STRIDE, dtype=np.int64)
    return np.stack([starts, np.minimum(starts + _WINDOW, n)], axis=1)


def _neighbours(same: Floats, weights: Floats, passages: Spans) -> Floats:
    """Share of the question's neighbouring pieces that stand side by side in each passage; 0 for a single piece."""
    pairs = np.minimum(weights[:-1], weights[1:])
    together = same[:-1, :-1] * same[1:, 1:]
    together[:, passages[:, 1] - 1] = 0  # the last piece of a passage has no neighbour in it
    found = np.maximum.reduceat(together, passages[:, 0], axis=1)
    return np.asarray((pairs[:, None] * found).sum(axis=0) / max(float(pairs.sum()), 1e-6), dtype=np.float32)


def _of_sentences(  # noqa: PLR0917 - what has been worked out already is handed on
    question: TokenStates, held: _Passages, rare: Floats, best: Floats, means: Sequence[Floats]
) -> Floats:
    lengths = held.sentences[:, 1] - held.sentences[:, 0]
    new = ~np.isin(held.ids, question.ids)
    before, after = np.zeros_like(rare[1]), np.zeros_like(rare[1])
    before[1:], after[:-1] = rare[1][:-1], rare[1][1:]
    before[held.first_sentences] = 0
    after[held.first_sentences[1:] - 1] = 0
    values = [
        *rare,
        *best[:2].mean(axis=1),
        *means,
        before,
        after,
        _share(new, held.sentences),
        np.log(lengths),
    ]
    return np.stack(values, axis=1).astype(np.float32)


def _means(held: _Passages, spans: Spans, pooled: Sequence[Floats]) -> list[Floats]:
    """Cosines of the mean states of each span and of the question, after both layers."""
    return [_units(_sums(rows, spans)) @ pooled[n] for n, rows in enumerate(held.states)]


def _sums(rows: Floats, spans: Spans) -> Floats:
    """One by one: `reduceat` goes through columns here, which takes seven times as long."""
    return np.stack([rows[start:end].sum(axis=0) for start, end in spans.tolist()])


def _share(are: NDArray[np.bool_], spans: Spans) -> Floats:
    counts = np.concatenate([[0], np.cumsum(are)])
    return np.asarray((counts[spans[:, 1]] - counts[spans[:, 0]]) / (spans[:, 1] - spans[:, 0]), dtype=np.float32)


def _unit(row: Floats) -> Floats:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-6), dtype=np.float32)


def _units(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def spans_of(characters: Spans, offsets: Spans) -> Spans:
    """The pieces in each span of characters; a span without any gets one beside it. Shape [n, 2]."""
    n = len(offsets)
    first = np.minimum(np.searchsorted(offsets[:, 1], characters[:, 0], "right"), max(0, n - 1))
    last = np.searchsorted(offsets[:, 0], characters[:, 1], "left")
    return np.stack([first, np.clip(last, first + 1, max(n, 1))], axis=1).astype(np.int64)
