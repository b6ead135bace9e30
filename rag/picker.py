"""The default Reader: quotes the sentences that answer, chosen by meaning and by the words that they share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from rag.embedding_text import heading_label
from rag.protocols import Embedder
from rag.sentences import sentence_spans
from rag.types import AnswerSpan, Chunk, Hit, Reading

MAX_SENTENCES = 3
MAX_WORDS = 90

_NEAR = 0.7
"""Share of the best sentence's score that the others need: without it quotes are longer and hold no more answers."""

_WORD = re.compile(r"\w+")
_SPACED = re.compile(r"\S+")
_STEM = 6
"""Letters of a word that are compared: enough to tell words apart, few enough that their endings do not matter."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts. Around these values four open sets are flat; `python -m evals reader`."""

    meaning: float = 1.0
    words: float = 0.5
    passage: float = 0.6
    number: float = 0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit: its place in the document, its words, and the evidence for it."""

    hit: int
    start: int
    end: int
    text: str
    evidence: NDArray[np.float32]
    """Meaning (cosine to the question), words (share of the question's that it holds), passage, number."""


class SentencePicker:
    """Reads the first `n_read` hits sentence by sentence."""

    def __init__(self, embedder: Embedder, *, weights: Weights | None = None, n_read: int = 4) -> None:
        self._embedder = embedder
        weights = weights or Weights()
        self._weights = np.array([weights.meaning, weights.words, weights.passage, weights.number], dtype=np.float32)
        self._n_read = n_read

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """At most three sentences and ninety words, best first; answerability is 0 where there is nothing to read."""
        found = self.candidates(question, hits)
        if not found:
            return Reading((), 0.0)
        scores = np.array([candidate.evidence @ self._weights for candidate in found])
        spans = [_span(found[i], float(scores[i])) for i in _chosen(found, scores)]
        return Reading(tuple(spans), answerability(self.best(found)))

    def best(self, found: Sequence[Candidate]) -> Candidate:
        """The candidate with the most evidence."""
        return max(found, key=lambda candidate: float(candidate.evidence @ self._weights))

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Every sentence of the hits that are read, with its evidence."""
        places = [(n, *span) for n, hit in enumerate(hits[: self._n_read]) for span in _readable(hit.chunk)]
        if not places:
            return []
        texts = [hits[n].chunk.text[start:end] for n, start, end in places]
        vectors = self._embedder.embed_documents(texts)
        meaning = vectors @ self._embedder.embed_query(question)
        shares = word_shares(question, texts)
        wants_number = bool(_ASKS_FOR_NUMBER.search(question))
        found = []
        for (n, start, end), text, cosine, share in zip(places, texts, meaning, shares, strict=True):
            number = float(wants_number and bool(_NUMBER.search(text)))
            evidence = np.array([cosine, share, hits[n].score, number], dtype=np.float32)
            offset = hits[n].chunk.start
            found.append(Candidate(n, offset + start, offset + end, text, evidence))
        return found


_ASKS_FOR_NUMBER = re.compile(
    r"\b(how (many|much|long|old|far|fast|often|big|large|tall|high|deep|heavy|soon)|when|"
    r"(what|which) (year|date|day|time|percent\w*|number|age))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|"
    r"million|billion|half|once|twice|dozen)\b",
    re.IGNORECASE,
)


def _readable(chunk: Chunk) -> list[tuple[int, int]]:
    """The chunk's sentences but its headings, which claim nothing; one of over `MAX_WORDS` words is cut there."""
    headings = {heading_label(chunk.title), *chunk.heading.split(" > ")}
    spans = [(start, _cut(chunk.text, start, end)) for start, end in sentence_spans(chunk.text)]
    return [(start, end) for start, end in spans if heading_label(chunk.text[start:end]) not in headings]


def _cut(text: str, start: int, end: int) -> int:
    for n, word in enumerate(_SPACED.finditer(text, start, end), start=1):
        if n == MAX_WORDS:
            return word.end()
    return end


def stems(text: str) -> list[str]:
    """The words of a text, lower case, without their endings."""
    return [word[:_STEM] for word in _WORD.findall(text.lower())]


def word_shares(question: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """For every text the share of the question's words that it holds, rare ones counting more, shape [len(texts)].

    How rare a word is is taken from these texts themselves, so that no list of common words of any language is needed.
    """
    asked = set(stems(question))
    held = [asked.intersection(stems(text)) for text in texts]
    frequency = Counter(word for words in held for word in words)
    rarity = {word: log(1 + len(texts) / (1 + frequency[word])) for word in asked}
    total = sum(rarity.values()) or 1.0
    return np.array([sum(rarity[word] for word in words) / total for words in held], dtype=np.float32)


def _chosen(found: Sequence[Candidate], scores: NDArray[np.float32]) -> list[int]:
    chosen: list[int] = []
    n_words = 0
    for i in np.argsort(-scores, kind="stable").tolist():
        n = len(found[i].text.split())
        if scores[i] < _NEAR * scores.max():
            break
        if n_words + n > MAX_WORDS or any(found[i].text == found[j].text for j in chosen):
            continue
        chosen.append(i)
        n_words += n
        if len(chosen) == MAX_SENTENCES:
            break
    return chosen


def _span(candidate: Candidate, score: float) -> AnswerSpan:
    return AnswerSpan(candidate.hit, candidate.start, candidate.end, score)


ANSWERABILITY = (-5.29, 6.55, 4.76)
"""Logistic weights: constant, meaning and words of the best sentence; fitted by `python -m evals refusal`."""


def answerability(best: Candidate) -> float:
    """How likely the best sentence answers, 0 to 1."""
    constant, meaning, words = ANSWERABILITY
    return 1 / (1 + exp(-(constant + meaning * float(best.evidence[0]) + words * float(best.evidence[1]))))
