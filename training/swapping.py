"""Wrong windows made from right ones: in place of what the question names stands something else of its kind.

Near passages of a collection rarely differ in one name or code alone, and people ask for just that. As Kaushik et al.,
"Learning the difference that makes a difference with counterfactually-augmented data" (2020), but made by rule.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexes.word_pieces import WordPieces
from rag.pieces import PieceIds
from training.mining import Mined

_RARE = 0.02
"""Share of a set's passages that hold a word that names something, at most."""
_SHORTEST = 3
"""Characters of such a word."""
_TRIES = 20
_SIGNS = {"a": "abcdefghijklmnopqrstuvwxyz", "9": "0123456789"}
_CODES = (
    "aa9a9",
    "a9",
    "aaa-9999",
    "9999-99-99",
    "a9999",
    "9.9.9",
    "aa_aaa",
    "aaa9",
    "999999",
    "aaaaaa",
    "a-99/9",
    "aa99",
)
"""Made-up codes: each a stands for a letter, each 9 for a digit."""

Mark = tuple[int, int]
Word = tuple[int, ...]
"""Pieces of one word."""


class Window(NamedTuple):
    """Pieces of a passage, and where the answer stands in them."""

    ids: PieceIds
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Swap:
    """A question with a window that answers, and the same window of something else."""

    question: PieceIds
    right: Window
    wrong: PieceIds


class Swapper:
    """Finds what a question names in a window, and puts another name or code there."""

    def __init__(self, tokenizer: WordPieces, sets: Sequence[Mined]) -> None:
        self._tokenizer = tokenizer
        tokens = tokenizer.tokens()
        self._goes_on = np.array([token.startswith("##") for token in tokens])
        self._length = np.array([len(token.removeprefix("##")) for token in tokens])
        self._shares = {of.name: self._shares_of(of) for of in sets}
        self._passages = {of.name: sorted(of.pieces) for of in sets}

    def swap(self, of: Mined, question: PieceIds, right: Window, chance: random.Random) -> Swap | None:
        """None where the question names nothing that stands in the window outside its answer."""
        named = sorted({word for word in self._names(of, question) if _places(right, word)})
        if not named:
            return None
        word = chance.choice(named)
        if chance.random() < 0.5:  # noqa: PLR2004
            code, other = map(self._word, _codes(chance))
            asked = Window(question, ())
            return Swap(_put(asked, word, code).ids, _put(right, word, code), _put(right, word, other).ids)
        name = self._other_name(of, {*named, *self._names(of, right.ids)}, chance)
        return Swap(question, right, _put(right, word, name).ids) if name else None

    def _shares_of(self, of: Mined) -> dict[Word, float]:
        """Of the passages, those that hold each word."""
        counts = Counter(word for ids, _ in of.pieces.values() for word in set(self._words(ids)))
        return {word: count / len(of.pieces) for word, count in counts.items()}

    def _words(self, ids: PieceIds) -> list[Word]:
        """Its pieces, those of each word together."""
        starts = [*np.flatnonzero(~self._goes_on[ids]).tolist(), len(ids)]
        numbers = ids.tolist()
        return [tuple(numbers[start:end]) for start, end in pairwise(starts)]

    def _names(self, of: Mined, ids: PieceIds) -> list[Word]:
        """Words that few passages hold."""
        shares = self._shares[of.name]
        words = [word for word in self._words(ids) if shares.get(word, 0.0) <= _RARE]
        return [word for word in words if self._length[list(word)].sum() >= _SHORTEST]

    def _other_name(self, of: Mined, known: set[Word], chance: random.Random) -> Word | None:
        for _ in range(_TRIES):
            ids = of.pieces[chance.choice(self._passages[of.name])][0]
            if names := [word for word in self._names(of, ids) if word not in known]:
                return chance.choice(names)
        return None

    def _word(self, text: str) -> Word:
        [(ids, _)] = self._tokenizer.pieces([text])
        return tuple(ids)


def _codes(chance: random.Random) -> tuple[str, str]:
    """A made-up code, and one that differs from it in one sign or in all of them."""
    pattern = chance.choice(_CODES)
    drawn = [at for at, sign in enumerate(pattern) if sign in _SIGNS]
    changed = drawn if chance.random() < 0.5 else [chance.choice(drawn)]  # noqa: PLR2004
    code = [chance.choice(_SIGNS.get(sign, sign)) for sign in pattern]
    other = list(code)
    for at in changed:
        other[at] = chance.choice(_SIGNS[pattern[at]].replace(code[at], ""))
    return "".join(code), "".join(other)


def _places(window: Window, word: Word) -> list[int]:
    """Where the word starts; nowhere where a part of an answer would be lost with it."""
    n = len(word)
    found = [at for at in range(len(window.ids) - n + 1) if tuple(window.ids[at : at + n].tolist()) == word]
    touched = any(first < at + n and at <= last for at in found for first, last in window.marks)
    return [] if touched else found


def _put(window: Window, word: Word, other: Word) -> Window:
    """The same with another word in the place of this one, wherever it stands."""
    places, n = _places(window, word), len(word)
    ids = window.ids.tolist()
    for at in reversed(places):
        ids[at : at + n] = other
    more = len(other) - n
    marks = [(first + more * sum(at < first for at in places), last + more * sum(at < last for at in places))
             for first, last in window.marks]  # fmt: skip
    return Window(np.array(ids, dtype=np.int32), marks)
