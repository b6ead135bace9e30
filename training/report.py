"""What the learned weights are worth, measured on examples as `python -m evals run` measures answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals import refusal_curve
from evals.answer_metrics import token_f1
from evals.answer_words import contains_answer
from evals.refusal_curve import area, recall_at
from rag.held_words import HELD_VALUES
from rag.interaction import Floats
from rag.late_interaction import READING_VALUES, answered_values
from rag.quoting import chosen
from training.examples import Example, of_documents

_TOP = 10


def ndcg(examples: Sequence[Example]) -> float:
    """Mean nDCG@10 of documents, each standing where its best chunk stands, over what can be answered."""
    of = [one for one in examples if one.query.is_answerable]
    return float(np.mean([_ndcg(of_documents([hit.chunk for hit in one.hits], one.right), one.n_right) for one in of]))


def ndcg_by_words(examples: Sequence[Example]) -> float:
    """The same of keyword search alone, for the same questions."""
    return float(np.mean([_ndcg(one.by_words, one.n_right) for one in examples if one.query.is_answerable]))


def _ndcg(right: Floats, n_right: int) -> float:
    gain = sum(of / np.log2(place + 2) for place, of in enumerate(right[:_TOP].tolist()))
    return float(gain / sum(1 / np.log2(place + 2) for place in range(min(_TOP, n_right))))


def contained(examples: Sequence[Example], reading: Floats, near: float) -> tuple[float, float]:
    """Share of the questions whose quoted sentences hold an answer, and the mean number of those sentences."""
    quoted = [_quoted(example, reading, near) for example in examples]
    holds = [contains_answer(" ".join(texts), one.query.answers) for one, texts in zip(examples, quoted, strict=True)]
    return float(np.mean(holds)), float(np.mean([len(texts) for texts in quoted]))


def _quoted(example: Example, reading: Floats, near: float) -> list[str]:
    rows, _ = example.sentences()
    if not len(rows):
        return []
    scores, texts = rows @ reading, example.texts()
    places = chosen(texts, scores, float(scores.max()) - near, example.query.text)
    return [" ".join(texts[i].split()) for i in places]


def marked(examples: Sequence[Example], reading: Floats) -> float:
    """Mean token F1 of the words marked in the best sentence; 0 where none are."""
    return float(np.mean([_marked(example, reading) for example in examples]))


def _marked(example: Example, reading: Floats) -> float:
    rows, _ = example.sentences()
    marks = example.marks()
    mark = marks[int((rows @ reading).argmax())] if marks else ""
    return max(token_f1(mark, answer) for answer in example.query.answers)


def answered_rows(examples: Sequence[Example], reading: Floats) -> tuple[Floats, Floats]:
    """`ANSWERED_VALUES` of the best sentence of each question, and of the same without the passages that answer, shape
    [n, values]; labels 1 and 0. What nothing answers stands for itself.

    A question whose best sentences hold no answer although its passages are there is left out: it is neither.
    """
    rows, alike, held, labels = [], [], [], []
    for example in examples:
        answered = [(example, 1.0), (example.without_answer(), 0.0)]
        for one, label in answered if example.query.is_answerable else [(example, 0.0)]:
            values, holds = one.sentences()
            if holds.any() if label else len(values):
                best = int((values @ reading).argmax())
                rows.append(values[best])
                alike.append(one.alike(one.texts()[best]))
                held.append(one.held(best))
                labels.append(label)
    values = np.array(rows, dtype=np.float32).reshape(-1, len(READING_VALUES))
    of_words = np.array(held, dtype=np.float32).reshape(-1, len(HELD_VALUES))
    return answered_values(values, np.array(alike), of_words), np.array(labels, dtype=np.float32)


def chances(rows: Floats, answered: Floats) -> Floats:
    """The chance that each row answers, shape [n]."""
    return np.asarray(1 / (1 + np.exp(-(rows @ answered[:-1] + answered[-1]))), dtype=np.float32)


def refusal_area(chance: Floats, labels: Floats) -> float:
    """Area under the curve of telling answerable from unanswerable."""
    return area(chance[labels > 0].astype(np.float64), chance[labels == 0].astype(np.float64))


def refused(chance: Floats, labels: Floats, precision: float) -> float:
    """Share of the unanswerable that a threshold of this precision refuses."""
    return recall_at(precision, chance[labels > 0].astype(np.float64), chance[labels == 0].astype(np.float64))


def calibration_error(chance: Floats, labels: Floats) -> float:
    """Mean distance of chance and truth over ten bins of as many rows each (adaptive ECE; Nixon et al., 2019).

    Both kinds weigh half, whatever their numbers, and what `answered_rows` leaves out is not in it: `calibration` of a
    run is another figure, of all its questions.
    """
    weights = np.where(labels > 0, 0.5 / max(1.0, float(labels.sum())), 0.5 / max(1.0, float((1 - labels).sum())))
    return refusal_curve.calibration_error(chance, labels, weights)
