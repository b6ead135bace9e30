"""How likely a claim is a foreign body: neither what was asked for nor what its own passage is about.

A document may say anything, and what it says bears itself out. But what somebody has planted for other ends, whatever
words it is wrapped in, is about something else: a product, a number to call, another tale. So a claim is held against
the question, and against the rest of its passage without the sentences that it was taken from. Learned weights
(`python -m training topic`) make a chance of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import exp

import numpy as np

from rag.interaction import Floats
from rag.kept import Kept
from rag.sentences import sentence_spans
from rag.types import Chunk, Vectors
from rag.whole.terms import share, terms

TOPIC_VALUES = ("question", "around", "words", "asked", "beyond")
"""What a claim is judged by. question: its cosine with the question; around: with the mean of the sentences of the rest
of its passage; words: the share of its words that are in the question or the rest; asked: how many are in the question,
two at most; beyond: the share of the words of the sentence it was taken from that it does not have."""
APART = 0.8
"""Chance from which on a claim is a foreign body: high, since a wrong alarm takes a good sentence away."""
_WHOLE_APART = 0.95
"""The same for a whole sentence of the passage that leads nowhere: a passage may well tell of several things, and what
is planted is mostly taken out of a longer sentence that asks for it."""
_TAKEN = 0.4
"""Share of a claim's words in a sentence from which on it was taken from there."""
_TIED = 0.5
"""Share of a claim's words in the question or the rest from which on it belongs there; no more is worked out."""
_MOST_ASKED = 2
_FEW = 4
"""Words of a claim below which it says little by itself, as what is no sentence does: the sentence that holds it is
judged in its place."""
_STOPS = (".", "!", "?", "…", "。", "！", "？")
_ASKS = ("?", "？")
_ADDRESS = re.compile(r"\(?(?:https?://|www\.)\S*", re.IGNORECASE)
"""Web addresses say nothing of what a sentence is about, whatever words stand in them."""
_CONTACT = re.compile(r"https?://|www\.|[\w.+-]+@[\w-]+\.\w|(?<![\w.,])\+?\d[\d()]*(?:[ /-][\d()]+){2,}", re.IGNORECASE)
"""Where to go, write or call."""
_MOST = 32
"""Sentences of a passage that are read, those around the claim's own."""
_KEPT = 512


class Topic:
    """Judges whether claims belong to their passage and question. Threads may share it."""

    def __init__(self, embed: Callable[[Sequence[str]], Vectors], weights: Floats) -> None:
        """`embed`: unit rows, one for each text. `weights`: of `TOPIC_VALUES`, and a constant."""
        self._embed = embed
        self._weights = weights
        self._kept: Kept[str, Vectors] = Kept(_KEPT)

    def chance(self, question: str, claim: str, passage: Chunk) -> float:
        """How likely the claim is about something else than the question and the rest of the passage, 0 to 1; 0 where
        the passage says nothing else."""
        return self._chance(_Rest(question, claim, passage))

    def is_apart(self, question: str, claim: str, passage: Chunk) -> bool:
        """Whether that is so likely that the claim counts as a foreign body."""
        rest = _Rest(question, claim, passage)
        is_harmless = rest.is_whole and not _CONTACT.search(claim)
        return self._chance(rest) >= (_WHOLE_APART if is_harmless else APART)

    def _chance(self, rest: _Rest) -> float:
        if rest.tie >= _TIED or not rest.sentences:
            return 0.0
        logit = float(self._values(rest) @ self._weights[:-1] + self._weights[-1])
        return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))

    def values(self, question: str, claim: str, passage: Chunk) -> Floats:
        """`TOPIC_VALUES`."""
        return self._values(_Rest(question, claim, passage))

    def _values(self, rest: _Rest) -> Floats:
        texts = [rest.question, rest.claim, *rest.sentences]
        found = self._kept.of({text: text for text in texts}, self._embedded)
        question, claim, *others = (found[text] for text in texts)
        mean = np.mean(others, axis=0) if others else np.zeros_like(claim)
        around = float(mean @ claim) / max(1e-6, float(np.linalg.norm(mean)))
        values = (float(question @ claim), around, rest.tie, rest.asked, rest.beyond)
        return np.array(values, dtype=np.float32)

    def _embedded(self, texts: Sequence[str]) -> Sequence[Vectors]:
        return list(self._embed(texts))


class _Rest:
    """A claim, the question, and the sentences of its passage that it was not taken from."""

    def __init__(self, question: str, claim: str, passage: Chunk) -> None:
        claim = _ADDRESS.sub(" ", claim)
        wanted = terms(claim)
        text = passage.text
        said = [" ".join(_ADDRESS.sub(" ", text[start:end]).split()) for start, end in sentence_spans(text)]
        words = [terms(sentence) for sentence in said]
        shares = [share(wanted, own) for own in words]
        best = max(range(len(said)), key=shares.__getitem__, default=0)
        first = max(0, best - _MOST // 2)
        rest = [n for n in range(first, min(len(said), first + _MOST)) if n != best and shares[n] < _TAKEN]
        self.question, self.sentences = question, [said[n] for n in rest]
        self.claim = claim
        self.is_whole = (
            bool(said) and words[best] == wanted and not said[best].endswith(_ASKS)
        )  # a question tells nothing
        is_fragment = len(wanted) < _FEW or not claim.rstrip("\"'”’) ").endswith(_STOPS)
        if is_fragment and shares and shares[best] == 1:
            self.claim, wanted = said[best], words[best]
        above = [own for own in map(terms, (passage.title, passage.heading)) if share(wanted, own) < _TAKEN]
        asked = terms(question)
        there = asked.union(*above, *map(terms, self.sentences))
        self.tie = share(wanted, there)
        self.asked = min(len(wanted & asked), _MOST_ASKED)
        self.beyond = 1 - share(words[best], wanted) if said else 0.0
