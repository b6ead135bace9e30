"""From examples to weights: first those of ranking, on what they put first those of reading, then the chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evals.refusal_curve import PRECISION
from rag.interaction import Floats
from rag.late_interaction import ANSWERED_VALUES, DEPTH, LateWeights, Weights, by_words
from training.cases import Case, case_rows
from training.examples import Example
from training.fitting import fit_chance, fit_lists
from training.report import (
    answered_rows,
    calibration_error,
    chances,
    contained,
    marked,
    ndcg,
    ndcg_by_words,
    refusal_area,
    refused,
)
from training.too_few import TooFew

Sets = Mapping[str, Sequence[Example]]
ChanceWorth = tuple[float, float, float, int]

_PENALTY = 1e-3
_NOTHING = np.zeros(0, dtype=np.float32)
"""Not learned yet."""
_NEAR = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_GIVEN_UP = 0.002
"""Share of answers that may be lost for shorter quotes: the smallest distance that loses no more is taken."""
_PARTS = 5
"""Of five questions three teach ranking and reading, one the chance, and one nothing: it measures."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Figures of weights on one set."""

    n: int
    by_words: float
    """nDCG@10 of keyword search alone, as the next two are of both searches, and of what is reranked."""
    fused: float
    reranked: float
    contained: float | None = None
    sentences: float | None = None
    marked: float | None = None
    refusal: float | None = None
    refused: float | None = None
    """Share of the unanswerable that a threshold of `PRECISION` refuses."""
    calibration: float | None = None
    n_left_out: int = 0
    """Questions that these three are without: none of the sentences that were read for them holds their answer."""


def learned(sets: Sets, rarity: Floats, depth: int = DEPTH) -> LateWeights:
    """The weights that the sets teach together, every set counting the same."""
    are_words = by_words(ANSWERED_VALUES)
    return LateWeights(rarity, _learned(sets, depth, 1 - are_words), _learned(_words_only(sets), depth, are_words))


def _learned(sets: Sets, depth: int, counting: Floats) -> Weights:
    """`counting`: 1 for each of `ANSWERED_VALUES` that tells the chance, else 0."""
    taught = {name: [one for n, one in enumerate(found) if n % _PARTS > 1] for name, found in sets.items()}
    ranking = fit_lists([[(one.ranking(), one.right) for one in found] for found in taught.values()], _PENALTY)
    settling = fit_lists([[one.settling(ranking, depth) for one in found] for found in taught.values()], _PENALTY)
    order = Weights(ranking, settling, _NOTHING, _NOTHING, 0.0)
    ordered = {name: [one.ordered(order, depth) for one in found] for name, found in taught.items()}
    with_answers = [found for found in map(_with_answers, ordered.values()) if found]
    reading = fit_lists([[one.sentences() for one in found] for found in with_answers], _PENALTY)
    near = _near(with_answers, reading)
    return _with_chance(Weights(ranking, settling, reading, _NOTHING, near), sets, depth, counting)


def _with_chance(of: Weights, sets: Sets, depth: int, counting: Floats) -> Weights:
    """The same with what the part of these sets that is for it teaches of the chance."""
    held = [[one.ordered(of, depth) for one in _judged(found[1::_PARTS])] for found in sets.values()]
    rows = [answered_rows(found, of.reading) for found in held if found]
    return replace(of, answered=fit_chance([(values * counting, labels) for values, labels in rows], 1.0))


def chance_learned(sets: Sets, of: LateWeights, depth: int = DEPTH) -> LateWeights:
    """Weights whose other numbers stay as they are, for questions in a language that the encoder knows."""
    return replace(of, states=_with_chance(of.states, sets, depth, 1 - by_words(ANSWERED_VALUES)))


def chance_of_words_learned(sets: Sets, of: LateWeights, depth: int = DEPTH) -> LateWeights:
    """The same for all other languages. Words tell whether the documents speak of a thing, not whether they lack a
    detail of it: sets whose questions have the passage taken away teach that, and others only blur it."""
    return replace(of, words=_with_chance(of.words, _words_only(sets), depth, by_words(ANSWERED_VALUES)))


def _words_only(sets: Sets) -> Sets:
    """The same as if the encoder did not know their language."""
    return {name: [replace(one, words_only=True) for one in found] for name, found in sets.items()}


def _with_answers(examples: Sequence[Example]) -> list[Example]:
    return [one for one in examples if one.query.answers]


def _judged(examples: Sequence[Example]) -> list[Example]:
    """Those of which it is known whether a sentence answers."""
    return [one for one in examples if one.query.answers or not one.query.is_answerable]


def _near(sets: Sequence[Sequence[Example]], reading: Floats) -> float:
    shares = [float(np.mean([contained(found, reading, near)[0] for found in sets])) for near in _NEAR]
    return next(near for near, share in zip(_NEAR, shares, strict=True) if share >= max(shares) - _GIVEN_UP)


def check_measurable(sets: Sets, checked: Sets) -> None:
    """Raises TooFew, before anything is learned, where there would be nothing to measure what was learned on: in the
    `sets` that teach, or in those that do not."""
    apart = {name: kept_apart(found) for name, found in sets.items()}
    for name, found in (*apart.items(), *checked.items()):
        if not any(one.query.is_answerable for one in found):
            raise TooFew(f"{name} has no answerable question that taught nothing, to measure on")
    if not any(map(_judged, apart.values())):
        raise TooFew("no question that taught nothing has an answer, or is known to have none, to measure a chance on")


def worth(examples: Sequence[Example], of: LateWeights, depth: int = DEPTH) -> Worth:
    """What the weights reach on examples, none of which has taught them."""
    weights = of.words if np.mean([one.words_only for one in examples]) > 0.5 else of.states  # noqa: PLR2004
    ordered = [one.ordered(weights, depth) for one in examples]
    ranked = ndcg_by_words(examples), ndcg(examples), ndcg(ordered)
    with_answers = _with_answers(ordered)
    if not with_answers:
        return Worth(len(examples), *ranked)
    share, n_sentences = contained(with_answers, weights.reading, weights.near)
    f1 = marked(with_answers, weights.reading)
    area, refused_share, error, n_left_out = chance_worth(*_told(_judged(ordered), weights))
    return Worth(len(examples), *ranked, share, n_sentences, f1, area, refused_share, error, n_left_out)


def chance_worth(chance: Floats, labels: Floats, n_left_out: int = 0) -> ChanceWorth:
    """Area of refusing, share refused at `PRECISION`, calibration error, and how many questions these are without;
    raises TooFew for nothing at all."""
    if not len(labels):
        raise TooFew("no sentence was found for a question to measure the chance of an answer on")
    share = refused(chance, labels, PRECISION)
    return refusal_area(chance, labels), share, calibration_error(chance, labels), n_left_out


def _told(ordered: Sequence[Example], weights: Weights) -> tuple[Floats, Floats, int]:
    rows, labels = answered_rows(ordered, weights.reading)
    n_left_out = sum(one.query.is_answerable for one in ordered) - int(labels.sum())
    return chances(rows, weights.answered), labels, n_left_out


def chance_worth_together(sets: Sequence[Sequence[Example]], of: LateWeights, depth: int = DEPTH) -> ChanceWorth:
    """`chance_worth` over the questions of all sets that have answers or are known to have none."""
    return chance_worth(*_told([one.ordered(of.states, depth) for found in sets for one in _judged(found)], of.states))


def kept_apart(examples: Sequence[Example]) -> Sequence[Example]:
    """Those of a set that teach nothing, though the others of the set do."""
    return examples[::_PARTS]


def worth_of_cases(cases: Sequence[Case], of: LateWeights) -> ChanceWorth:
    """`chance_worth` over cases."""
    rows, labels = case_rows(cases, of.states.reading)
    return chance_worth(chances(rows, of.states.answered), labels)
