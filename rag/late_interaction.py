"""A Reranker and a Reader by late interaction: both weigh the same few values of how a question meets a passage."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np

from rag.embedding_text import text_of
from rag.interaction import PASSAGE_VALUES, SENTENCE_VALUES, Comparison, Floats, Spans, compare, spans_of
from rag.legibility import is_legible
from rag.protocols import TokenEncoder
from rag.quoting import chosen, readable
from rag.reranking import reordered
from rag.types import AnswerSpan, Chunk, Hit, Reading, TokenStates

DEPTH = 16
"""Hits that are compared with the question; those below keep their order."""
_KEPT = 64
"""Comparisons that are kept: a few kB each."""
N_READ = 4
"""Hits whose sentences are read."""

_ASKS = {
    "number": re.compile(
        r"\b(how (many|much|long|old|far|fast|often|big|large|tall|high|deep|heavy|soon)|when|"
        r"(what|which) (year|date|day|time|percent\w*|number|age))\b",
        re.IGNORECASE,
    ),
    "name": re.compile(r"\b(who|whose|whom|where|(what|which) (person|people|man|woman|country|city|place|state|"
                       r"company|team|name|school|university|river))\b", re.IGNORECASE),
    "reason": re.compile(r"\b(why|how come|(what|which) (reason|cause)|for what purpose)\b", re.IGNORECASE),
}  # fmt: skip
_HOLDS = {
    "number": re.compile(
        r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|"
        r"million|billion|half|once|twice|dozen)\b",
        re.IGNORECASE,
    ),
    "name": re.compile(r"(?<=[\w,;] )[A-Z]\w+"),
    "reason": re.compile(
        r"\b(because|so that|in order|due to|since|therefore|reason|cause\w*|to \w+)\b", re.IGNORECASE
    ),
}

_WORDS_TELL = ("same", "neighbours", "new", "length", "score", "rank", "number")
READING_VALUES = (*SENTENCE_VALUES, *(f"passage_{name}" for name in PASSAGE_VALUES), "rank", *_ASKS)
"""What a sentence is chosen by: its own values, its passage's, the place of the passage, and whether it holds the kind
of thing that is asked for."""
RANKING_VALUES = (*PASSAGE_VALUES, "score")
"""What a hit is ranked by: how the question meets it, and the score that it came with."""


def by_words(names: Sequence[str]) -> Floats:
    """1 for each value that does not depend on the encoder's states, else 0."""
    return np.array([any(part in _WORDS_TELL for part in name.split("_")) for name in names], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each value counts."""

    ranking: Floats
    """Of `RANKING_VALUES`."""
    reading: Floats
    """Of `READING_VALUES`."""
    answered: Floats
    """Of `READING_VALUES` of the best sentence, and a constant: the logit of the chance that it answers."""
    near: float
    """How far below the best sentence's score another may lie that is quoted beside it."""


@dataclass(frozen=True, slots=True)
class LateWeights:
    """What `python -m training` learns."""

    rarity: Floats
    """How much a word piece says, by its number."""
    states: Weights
    """For questions in a language that the encoder knows."""
    words: Weights
    """For all others: nothing counts there but which pieces are the same, and where they stand."""

    def of(self, question: TokenStates) -> Weights:
        """Those that fit the question."""
        return self.states if is_legible(question.offsets) else self.words


@dataclass(frozen=True, slots=True)
class Read:
    """A hit held against the question: the spans of its sentences in the chunk's text, and all values."""

    spans: Sequence[tuple[int, int]]
    values: Comparison


def held_against(
    question: str, hits: Sequence[Hit], tokens: TokenEncoder, rarity: Floats
) -> tuple[TokenStates, list[Read]]:
    """The question, and every hit compared with it; what the encoder cuts off is not read."""
    texts = [text_of(hit.chunk) for hit in hits]
    asked, *states = tokens.encode([question, *texts])
    spans = [_readable(hit.chunk, text, of) for hit, text, of in zip(hits, texts, states, strict=True)]
    pieces = [_pieces(hit.chunk, text, of, own) for hit, text, of, own in zip(hits, texts, states, spans, strict=True)]
    values = compare(asked, states, pieces, rarity)
    return asked, [Read(own, _of(own, found)) for own, found in zip(spans, values, strict=True)]


class Comparisons:
    """Questions held against hits; what was compared a moment ago is not compared again, since what has been reranked
    is read right after. Threads may share it.
    """

    def __init__(self, tokens: TokenEncoder, rarity: Floats, *, n_kept: int = _KEPT) -> None:
        self._tokens = tokens
        self._rarity = rarity
        self._n_kept = n_kept
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], Read] = OrderedDict()

    def keep(self, n: int) -> None:
        """From now on so many, for what asks the same questions again and again."""
        with self._lock:
            self._n_kept = n
            self._shrink()

    def open(self) -> None:
        """Load the encoder."""
        self._tokens.encode(["open"])

    def of(self, question: str, hits: Sequence[Hit]) -> tuple[TokenStates, list[Read]]:
        """As `held_against`."""
        keys = [(question, hit.chunk.title, hit.chunk.heading, hit.chunk.context, hit.chunk.text) for hit in hits]
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = {key: hit for key, hit in zip(keys, hits, strict=True) if key not in found}
        asked, made = held_against(question, list(missing.values()), self._tokens, self._rarity)
        found |= dict(zip(missing, made, strict=True))
        with self._lock:
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            self._shrink()
        return asked, [found[key] for key in keys]

    def _shrink(self) -> None:
        while len(self._kept) > self._n_kept:
            self._kept.popitem(last=False)


def _readable(chunk: Chunk, text: str, states: TokenStates) -> list[tuple[int, int]]:
    """The spans of its sentences that the encoder has seen."""
    offset = len(text) - len(chunk.text)
    end = int(states.offsets[-1, 1]) if len(states.offsets) else 0
    return [span for span in readable(chunk) if span[0] + offset < end]


def _pieces(chunk: Chunk, text: str, states: TokenStates, spans: Sequence[tuple[int, int]]) -> Spans:
    """The pieces of each sentence; where there is none to quote, all of them."""
    if not spans:
        return np.array([[0, max(1, len(states.ids))]], dtype=np.int64)
    offset = len(text) - len(chunk.text)
    return spans_of(np.array(spans, dtype=np.int64) + offset, states.offsets)


def _of(spans: Sequence[tuple[int, int]], found: Comparison) -> Comparison:
    return found if spans else replace(found, sentences=found.sentences[:0])


def ranking_rows(hits: Sequence[Hit], read: Sequence[Read]) -> Floats:
    """`RANKING_VALUES` of every hit, shape [n, values]."""
    scores = [hit.score for hit in hits]
    values = [[*one.values.passage, score] for one, score in zip(read, scores, strict=True)]
    return np.array(values, dtype=np.float32).reshape(-1, len(RANKING_VALUES))


def reading_rows(question: str, hits: Sequence[Hit], read: Sequence[Read]) -> Floats:
    """`READING_VALUES` of every sentence of the hits, one hit after the other, shape [n, values]."""
    asks = [bool(pattern.search(question)) for pattern in _ASKS.values()]
    rows = [
        [*own, *one.values.passage, 1 / (1 + n), *_holds(asks, hit.chunk.text[start:end])]
        for n, (hit, one) in enumerate(zip(hits, read, strict=True))
        for (start, end), own in zip(one.spans, one.values.sentences, strict=True)
    ]
    return np.array(rows, dtype=np.float32).reshape(-1, len(READING_VALUES))


def _holds(asks: Sequence[bool], text: str) -> list[float]:
    return [float(asked and bool(holds.search(text))) for asked, holds in zip(asks, _HOLDS.values(), strict=True)]


class LateReranker:
    """Reorders the first `depth` hits; the score that a hit comes with is one of the values that count."""

    def __init__(self, comparisons: Comparisons, weights: LateWeights, fingerprint: str, *, depth: int = DEPTH) -> None:
        self._comparisons = comparisons
        self._weights = weights
        self._fingerprint = fingerprint
        self.depth = depth

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def open(self) -> None:
        """Load the encoder."""
        self._comparisons.open()

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """The same hits with new scores, best first."""
        first = hits[: self.depth]
        if not first:
            return []
        asked, read = self._comparisons.of(query, first)
        return reordered(hits, ranking_rows(first, read) @ self._weights.of(asked).ranking, 1.0)


class LateReader:
    """Quotes the sentences of the first `n_read` hits that meet the question best."""

    def __init__(self, comparisons: Comparisons, weights: LateWeights, *, n_read: int = N_READ) -> None:
        self._comparisons = comparisons
        self._weights = weights
        self._n_read = n_read

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """At most three sentences and ninety words, best first; answerability is 0 where there is nothing to read."""
        hits = hits[: self._n_read]
        if not hits:
            return Reading((), 0.0)
        asked, read = self._comparisons.of(question, hits)
        places = [(n, span) for n, one in enumerate(read) for span in one.spans]
        if not places:
            return Reading((), 0.0)
        weights, rows = self._weights.of(asked), reading_rows(question, hits, read)
        scores = rows @ weights.reading
        texts = [hits[n].chunk.text[start:end] for n, (start, end) in places]
        quoted = chosen(texts, scores, float(scores.max()) - weights.near)
        spans = tuple(_span(hits, *places[i], float(scores[i])) for i in quoted)
        return Reading(spans, answered(rows[int(scores.argmax())], weights))


def answered(row: Floats, weights: Weights) -> float:
    """How likely the sentence with these values answers, 0 to 1."""
    logit = float(row @ weights.answered[:-1] + weights.answered[-1])
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _span(hits: Sequence[Hit], n: int, span: tuple[int, int], score: float) -> AnswerSpan:
    offset = hits[n].chunk.start
    return AnswerSpan(n, offset + span[0], offset + span[1], score)
