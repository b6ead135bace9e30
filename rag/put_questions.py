"""Questions that a text puts itself, as lists of frequent ones do: they answer nothing, what follows them does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from rag.asked_lists import MOST_ITEMS, MOST_WORDS
from rag.candidates import Candidates
from rag.interaction import Floats
from rag.quoting import MAX_SENTENCES, MAX_WORDS
from rag.whole.terms import share, terms

_ASKED, _PUT = 0.5, 0.6
"""Of the words of what is asked, in a question that a text puts, and the other way round, where both are the same."""
_TOLD = 0.8
_STEP = re.compile(r"\s*\d")
_QUESTION_LINE = re.compile(r"^[^\n]{2,200}[?？][*_ \t]*$", re.MULTILINE)
_OF_QUESTIONS = re.compile(r"\b(?:asked|asks|questions?|frag(?:t|te|en)|preguntas?|preguntó)\b", re.IGNORECASE)


def answers_to(scores: Floats, among: Candidates) -> tuple[Floats, list[int]]:
    """The scores, that of a sentence that puts the same question given to the one right behind it where that has less,
    and for each which sentence it answers, else itself. Such a question becomes -inf, unless questions are asked for.
    """
    whose, found = list(range(len(scores))), scores.copy()
    if _OF_QUESTIONS.search(among.question):
        return found, whose
    for i, j in pairwise(whose[:]):
        is_put = among.are_questions[i] and not among.are_questions[j] and among.are_beside(i, j)
        if is_put and _is_same(among.wanted, terms(among.texts[i])):
            found[i], found[j], whose[j] = -np.inf, max(scores[i], scores[j]), i
    return found, whose


def is_answered(best: int, put: int, among: Candidates) -> bool:
    """Whether a sentence answers the one that puts the question, and they and what stands above have its words."""
    told = f"{among.above[best]} {among.texts[put]} {among.texts[best]}"
    return best != put and share(among.wanted, terms(told)) >= _TOLD


def _is_same(asked: frozenset[str], put: frozenset[str]) -> bool:
    """A question in a story or a review may tell what is asked for, but adds words of its own then."""
    return share(asked, put) >= _ASKED and share(put, asked) >= _PUT


def of_one_answer(quoted: Sequence[int], whose: Sequence[int], among: Candidates) -> list[int]:
    """Of sentences to quote, the best first, those that belong to one answer, where the best answers a question that
    the text puts: what stands behind it with nothing between."""
    best = last = quoted[0]
    if whose[best] == best:
        return list(quoted)
    while last + 1 < len(whose) and among.are_beside(last, last + 1) and not among.are_questions[last + 1]:
        last += 1
    return [i for i in quoted if best <= i <= last]


def whole_answer(quoted: Sequence[int], among: Candidates) -> Sequence[int]:
    """What to quote in place of sentences, the best first, of which that one belongs to a question on a line of its own
    or to what the text answers to it: all of that answer, in its order, where it is no longer than quotes are. The
    question itself says nothing of it."""
    best = next((i for i in quoted if not among.are_questions[i]), quoted[0])
    n, (start, _) = among.places[best]
    item = among.items[best]
    if item is not None and item.own and not _STEP.match(among.texts[best]):  # that thing alone is asked for
        return quoted
    lines = [line.span() for line in _QUESTION_LINE.finditer(among.hits[n].chunk.text)]
    line = next((span for span in reversed(lines) if span[0] <= start), None)
    if line is None:
        return quoted
    end = next((other for other, _ in lines if other > start), len(among.hits[n].chunk.text))
    own = [i for i, (m, (at, _)) in enumerate(among.places) if m == n and line[1] <= at < end]
    n_words = sum(len(among.texts[i].split()) for i in own)
    items = [i for i in own if among.items[i] is not None]
    is_short = len(own) <= MAX_SENTENCES and n_words <= MAX_WORDS
    is_list = len(items) <= MOST_ITEMS and len(own) - len(items) <= MAX_SENTENCES and n_words <= MOST_WORDS
    return own if own and (is_short or (items and is_list)) else quoted
