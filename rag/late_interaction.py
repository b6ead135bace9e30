"""A Reranker and a Reader by late interaction: both weigh the same few values of how a question meets a passage."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp

import numpy as np

from rag.asked_lists import listed
from rag.asked_measures import is_other_measure, measure_in, measured
from rag.candidates import Candidates, above
from rag.coded import by_codes
from rag.codes import codes_of
from rag.comparing import Comparisons, Read
from rag.headed import is_called_so
from rag.held_words import HELD_VALUES, HeldWords, not_held
from rag.interaction import PASSAGE_VALUES, SENTENCE_VALUES, Floats
from rag.legibility import is_legible
from rag.likeness import Embed, likeness
from rag.locating import Located, Locator, Mark
from rag.pieces import TokenStates
from rag.put_questions import answers_to, is_answered, of_one_answer, whole_answer
from rag.quoting import chosen
from rag.rare_words import held, in_pieces
from rag.read_lists import ReadList, likeliest_list
from rag.reranking import reordered
from rag.sifting import sifted
from rag.types import AnswerSpan, Hit, Reading
from rag.whole.terms import pairs, share

DEPTH = 20
"""Hits that are compared with the question; those below keep their order."""
N_READ = 4
"""Hits whose sentences are read."""
_FEW = 3
"""Hits that hold a word which tells them from the others."""
_ABOVE = 1e-3
"""Of a score, between two hits that hold different words, or two sentences."""
_LESS = 3.0
"""How far below the likeliest answer within a sentence a whole list may lie, if nothing else speaks against it. Of
questions on `training/written` that taught nothing 75 of 112 for a list had one above that, and 2 of 67 for one thing.
"""
_OF_ANOTHER = 0.1
"""The chance, at most, where the code that is asked for is nowhere, and the sentence speaks of another one."""
_LOOKED_UP = 0.5
"""The chance, at least, of a sentence that holds all words of what is no question but words to be looked up, and of a
row of a table that is told by them."""

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

_WORDS_TELL = ("same", "neighbours", "new", "length", "score", "rank", "number", "pairs", "held")
READING_VALUES = (
    *SENTENCE_VALUES,
    "joint_answer",
    *(f"passage_{name}" for name in PASSAGE_VALUES),
    "joint_relevance",
    "joint_best",
    "rank",
    *_ASKS,
    "pairs",
)
"""What a sentence is chosen by: its own values and the logit of its likeliest answer; its passage's values, the logit
that this one answers, and that of its likeliest answer; the place of the passage; whether the sentence holds the kind
of thing that is asked for; and the share of the pairs of words in the question that stand together in it, too, which
tells "bank records" from other records that are kept as long."""
_JOINT_VALUES = ("joint_answer", "joint_relevance")
ANSWERED_VALUES = (*_JOINT_VALUES, "alike", *HELD_VALUES)
"""What the chance of an answer is told by. Where the encoder knows the question's language, by joint reading and by how
alike question and sentence are, by whole vectors, which know other words for the same from more texts than ours: people
ask in words of their own, and what is not told shares most words with what is. Elsewhere by which words are held."""
_ANSWERED = [READING_VALUES.index(name) for name in _JOINT_VALUES]
_JOINT_ANSWER = READING_VALUES.index("joint_answer")
RANKING_VALUES = (*PASSAGE_VALUES, "score")
"""What a hit is ranked by: how the question meets it, and the score that it came with."""
SETTLING_VALUES = ("ranked", "joint_relevance", "joint_best")
"""What the order of the hits that are read is settled by: what they were ranked by, and reading them together with the
question."""


def by_words(names: Sequence[str]) -> Floats:
    """1 for each value that does not depend on the encoder's states, else 0."""
    return np.array([any(part in _WORDS_TELL for part in name.split("_")) for name in names], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each value counts."""

    ranking: Floats
    """Of `RANKING_VALUES`."""
    settling: Floats
    """Of `SETTLING_VALUES`."""
    reading: Floats
    """Of `READING_VALUES`."""
    answered: Floats
    """Of `ANSWERED_VALUES` of the best sentence, and a constant: the logit of the chance that it answers."""
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


def ranking_rows(hits: Sequence[Hit], read: Sequence[Read]) -> Floats:
    """`RANKING_VALUES` of every hit, shape [n, values]."""
    scores = [hit.score for hit in hits]
    values = [[*one.values.passage, score] for one, score in zip(read, scores, strict=True)]
    return np.array(values, dtype=np.float32).reshape(-1, len(RANKING_VALUES))


def settling_rows(scores: Floats, located: Sequence[Located]) -> Floats:
    """`SETTLING_VALUES` of hits, shape [n, values]."""
    rows = [[score, of.relevance, of.best] for score, of in zip(scores.tolist(), located, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(-1, len(SETTLING_VALUES))


def exactly_held(question: str, asked: TokenStates, hits: Sequence[Hit]) -> list[int]:
    """How many words that the encoder does not know each hit holds and few others do, and how many of its codes."""
    codes = codes_of(question)
    words = held(in_pieces(question, asked.offsets), [hit.chunk for hit in hits], _FEW)
    return [n + codes.held(all_of(hit)) for n, hit in zip(words, hits, strict=True)] if codes else words


def all_of(hit: Hit) -> str:
    """All that a reader of the passage sees."""
    return "\n".join((above(hit), hit.chunk.context, hit.chunk.text))


def settled(
    scores: Floats, exact: Sequence[int], weights: Weights, locate: Callable[[Sequence[int]], Sequence[Located]]
) -> Floats:
    """The scores by which hits were ranked, those of the best `N_READ` once more from reading them with the question.

    `locate` reads the hits at these places. No hit rises above or falls below one that is not read, or falls below one
    of which less is `exact`.
    """
    best = np.argsort(-scores, kind="stable")[:N_READ].tolist()
    anew = settling_rows(scores[best], locate(best)) @ weights.settling
    for n in reversed(range(len(best))):
        less = [anew[m] for m in range(n + 1, len(best)) if exact[best[m]] < exact[best[n]]]
        anew[n] = max([anew[n], *(value + _ABOVE for value in less)])
    found = scores.copy()
    found[best] = scores[best].min() + anew - anew.min()
    return found


def reading_rows(question: str, hits: Sequence[Hit], read: Sequence[Read], located: Sequence[Located]) -> Floats:
    """`READING_VALUES` of every sentence of the hits, one hit after the other, shape [n, values]."""
    asks = [bool(pattern.search(question)) for pattern in _ASKS.values()]
    wanted = pairs(question)
    rows = [
        [
            *own,
            logit,
            *one.values.passage,
            of.relevance,
            of.best,
            1 / (1 + n),
            *_holds(asks, hit.chunk.text[slice(*span)]),
            share(wanted, pairs(hit.chunk.text[slice(*span)])),
        ]
        for n, (hit, one, of) in enumerate(zip(hits, read, located, strict=True))
        for span, own, logit in zip(one.spans, one.values.sentences, of.logits.tolist(), strict=True)
    ]
    return np.array(rows, dtype=np.float32).reshape(-1, len(READING_VALUES))


def _holds(asks: Sequence[bool], text: str) -> list[float]:
    return [float(asked and bool(holds.search(text))) for asked, holds in zip(asks, _HOLDS.values(), strict=True)]


@dataclass(frozen=True, slots=True)
class RankingParts:
    """What a LateReranker works by."""

    comparisons: Comparisons
    locator: Locator
    weights: LateWeights
    fingerprint: str


class LateReranker:
    """Reorders the first `depth` hits; the score that a hit comes with is one of the values that count. The best of
    them are read together with the question, which is not done again when they are read for their sentences.

    `load` gives its parts, or raises ModelError; it is not called before they are needed, nor again once they are here.
    """

    def __init__(self, load: Callable[[], RankingParts], *, depth: int = DEPTH) -> None:
        self._load = load
        self.depth = depth

    @cached_property
    def _parts(self) -> RankingParts:
        return self._load()

    @property
    def fingerprint(self) -> str:
        return self._parts.fingerprint

    def open(self) -> None:
        """Load the encoder, and the one that reads question and passage together."""
        self._parts.comparisons.open()
        self._parts.locator.open()

    def rerank(self, query: str, hits: Sequence[Hit], depth: int | None = None) -> list[Hit]:
        """The same hits with new scores, best first."""
        first = hits[: depth or self.depth]
        if not first:
            return list(hits)
        of = self._parts
        asked, read = of.comparisons.of(query, first)
        weights = of.weights.of(asked)

        def locate(places: Sequence[int]) -> Sequence[Located]:
            return of.locator.locate(asked, [first[i] for i in places], [read[i] for i in places])

        scores, exact = ranking_rows(first, read) @ weights.ranking, exactly_held(query, asked, first)
        return reordered(hits, settled(scores, exact, weights, locate), 1.0)


class LateReader:
    """Quotes the sentences of the first `n_read` hits that meet the question best."""

    def __init__(
        self, comparisons: Comparisons, locator: Locator, weights: LateWeights, embed: Embed, *, n_read: int = N_READ
    ) -> None:
        self._comparisons = comparisons
        self._locator = locator
        self._weights = weights
        self._embed = embed
        self._n_read = n_read

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """At most three sentences and ninety words, best first, the words that answer marked in the first; more
        of a list, in its own order.

        Answerability is 0 where there is nothing to read.
        """
        hits = hits[: self._n_read]
        if not hits:
            return Reading((), 0.0)
        asked, read = self._comparisons.of(question, hits)
        located = self._locator.locate(asked, hits, read)
        among = Candidates(question, hits, [(n, span) for n, one in enumerate(read) for span in one.spans])
        if not among.places:
            return Reading((), 0.0)
        weights, rows = self._weights.of(asked), reading_rows(question, hits, read, located)
        scores, whose, lifted = _scored(rows @ weights.reading, among, weights.near)
        quoted = chosen(among.texts, scores, float(scores.max()) - weights.near, question)
        best, marks = quoted[0], [mark for one in located for mark in one.marks]
        is_one = best == lifted or bool(_ASKS["number"].search(question))
        quoted, is_list = listed(of_one_answer(quoted, whose, among), among.items, among.texts, is_one=is_one)
        mark = None if is_list else _mark(marks[best], among, best, is_measure=best == lifted)
        embed = self._embed if is_legible(asked.offsets) else None
        chance = _chance(_likely(among, rows, {best, whose[best]}, weights, embed), among, best, whose[best])
        found = _Found(whole_answer(quoted, among), best, mark, chance, best == lifted or among.rows[best] is not None)
        if embed is not None and (whole := likeliest_list(among, scores, located)):
            found = _or_list(found, whole, among, rows, weights, embed)
        spans = tuple(
            _span(hits, *among.places[i], _told(scores, i, best), found.mark if i == best else None)
            for i in found.quoted
        )
        return Reading(spans, found.chance)


@dataclass(frozen=True, slots=True)
class _Found:
    """Which sentences to quote, by their places; which is the best; its mark, and how likely it answers; and whether a
    rule tells that it does: a row of a table, or the measure that is asked for."""

    quoted: Sequence[int]
    best: int
    mark: Mark | None
    chance: float
    is_told: bool


def _likely(among: Candidates, rows: Floats, of: Collection[int], weights: Weights, embed: Embed | None) -> float:
    """How likely the likeliest of these sentences answers."""
    places = sorted(of)
    texts = [among.texts[i] for i in places]
    if embed is not None:
        return answered(rows[places], likeness(among.question, texts, embed), not_held(len(texts)), weights)
    words = HeldWords(among.question, [all_of(hit) for hit in among.hits])
    held = [words.of(text, among.places[i][0]) for i, text in zip(places, texts, strict=True)]
    unlike = np.zeros(len(places), dtype=np.float32)
    return answered(rows[places], unlike, np.array(held, dtype=np.float32), weights)


def _or_list(  # noqa: PLR0913, PLR0917 - what is known of the sentences
    found: _Found, whole: ReadList, among: Candidates, rows: Floats, weights: Weights, embed: Embed
) -> _Found:
    """The list, where it is about as likely that all of it is asked for as that any sentence answers. Which of both it
    is says little of whether anything is: the chance is that of the likelier one."""
    is_doubtful = whole.is_doubtful or found.is_told or found.best in whole.cut
    if whole.logit < float(rows[:, _JOINT_ANSWER].max()) - (0.0 if is_doubtful else _LESS):
        return found
    likely = answered(rows[[whole.best]], likeness(among.question, [whole.text], embed), not_held(1), weights)
    chance = _chance(likely, among, whole.best, whole.best)
    return _Found(whole.places, whole.best, None, max(chance, found.chance), is_told=False)


def _told(scores: Floats, place: int, best: int) -> float:
    """A sentence's score; the best one's where a rule has left it out, as the line that leads to a list."""
    return float(scores[place] if np.isfinite(scores[place]) else scores[best])


def _scored(scores: Floats, among: Candidates, near: float) -> tuple[Floats, list[int], int | None]:
    """The scores after all rules; which sentence each answers, itself where none is put before it; and which was raised
    above all for the measure that it has."""
    scores, whose = answers_to(sifted(scores, among), among)
    lifted = measured(scores, among.question, among.texts, [n for n, _ in among.places], near)
    if lifted is not None:
        scores[lifted] = scores.max() + _ABOVE
    return by_codes(scores, among, _ABOVE), whose, lifted


def _chance(chance: float, among: Candidates, best: int, put: int) -> float:
    """The chance that the best sentence answers, with what is sure by its words; `put` is the one that it answers."""
    codes, text = among.codes, among.texts[best]
    if codes and not any(codes.held(all_of(hit)) for hit in among.hits) and codes.is_of_another(text):
        return min(chance, _OF_ANOTHER)
    is_told = any(one is not None and one.is_told for one in (among.rows[best], among.items[best]))
    if is_told or is_answered(best, put, among) or is_called_so(among, best):
        return max(chance, _LOOKED_UP)
    return chance


def _mark(mark: Mark | None, among: Candidates, best: int, *, is_measure: bool) -> Mark | None:
    """The words of the best sentence that answer, as characters of the chunk's text: those that the reader marked, but
    of a row the cell that is asked for, where a measure is asked for that; none where they are what was asked for."""
    (_, (start, _)), row, text = among.places[best], among.rows[best], among.texts[best]
    if row is not None:
        mark = row.mark(among.question, mark)
    elif mark is not None:
        is_measure |= is_other_measure(text[mark[0] - start : mark[1] - start], among.question)
    if is_measure and (found := measure_in(text, among.question)):
        mark = start + found[0], start + found[1]
    if mark is None or among.codes.held(text[mark[0] - start : mark[1] - start]):
        return None
    return mark


def answered_values(rows: Floats, alike: Floats, held: Floats) -> Floats:
    """`ANSWERED_VALUES` of sentences, shape [n, values]: `rows` their `READING_VALUES`; `alike` their likeness with the
    question, 0 where the encoder does not know its language; `held` their `HELD_VALUES`, 0 where it does."""
    return np.column_stack([rows[:, _ANSWERED], alike, held]).astype(np.float32)


def answered(rows: Floats, alike: Floats, held: Floats, weights: Weights) -> float:
    """How likely the likeliest of these sentences answers, 0 to 1. Values: as `answered_values` takes them."""
    logits = answered_values(rows, alike, held) @ weights.answered[:-1] + weights.answered[-1]
    return 1 / (1 + exp(-max(-30.0, min(30.0, float(np.nan_to_num(logits, nan=-np.inf).max())))))


def _span(hits: Sequence[Hit], n: int, span: tuple[int, int], score: float, mark: Mark | None) -> AnswerSpan:
    offset = hits[n].chunk.start
    marked = None if mark is None else (offset + mark[0], offset + mark[1])
    return AnswerSpan(n, offset + span[0], offset + span[1], score, marked)
