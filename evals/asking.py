"""Puts the questions of a set to Footnote as a config makes it, and keeps what came of each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from app.opening import OpenedModel, open_model
from app.spotlit_model import SpotlitModel, is_marking, room_of
from evals.answer_judgements import AnswerJudge
from evals.answer_metrics import token_f1, word_metrics
from evals.answer_words import contains_answer
from evals.config import Config
from evals.datasets import Query
from evals.relevance import Relevance, called
from indexes.keyword_fields import Wording
from indexes.keyword_index import KeywordSearcher
from indexes.late_weights import comparisons, locator, token_encoder
from indexes.library import Library
from indexes.support_weights import support, topic
from rag.answerer import Answerer
from rag.protocols import Reader, Searcher
from rag.query.nouns import Query as Searched
from rag.retriever import LOOKED_UP, Retriever
from rag.settings import Settings
from rag.types import Answer, Hit, Ranking, Reading, Scope
from rag.verification.verifier import Verifier
from rag.writing import Writer

_SHOWN = 10
DEEP = 20
"""Hits that are judged of what the app hands on."""
_COMPARED = 100_000
"""Questions held against passages, a few kB each: configs that differ in other things compare the same ones."""
_KEPT = 8_000
"""Passages whose states stay in memory, 2.4 GB at most: the questions of a set meet the same passages."""


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to one question."""

    text: str
    refused: bool
    answerability: float
    ms: float
    twin: float | None = None
    """Answerability of the same question without the passages that answer it; None where there is no such thing."""
    contexts: tuple[str, ...] = ()
    """The passages that were read, for judges; not part of the record."""
    sources: tuple[str, ...] = ()
    """The passages that the answer cites, by what people call them."""
    model: str = ""
    """What wrote it, as the endpoint calls it where it does; empty where the documents were quoted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what a run found, what it said, and how good that was."""

    id: str
    question: str
    answers: tuple[str, ...]
    is_answerable: bool
    found: tuple[str, ...] = ()
    """The first units of the ranking; passages of files by what people call them."""
    said: Said | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    right: tuple[int, ...] = ()
    """Places in the ranking of what is judged right, counted from 1."""


class _Noting:
    """A Reader that remembers how sure it was."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last: Reading | None = None

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        self.last = self._reader.read(question, hits)
        return self.last


class _Remembered:
    """A Searcher that is asked once for what is first ranked and then answered."""

    def __init__(self, searcher: Searcher) -> None:
        self.search = lru_cache(maxsize=None)(searcher.search)


class Asker:
    """Ranks and answers as the config says. `is_timed`: every search is made anew, and only words are compared."""

    def __init__(
        self,
        library: Library,
        config: Config,
        relevance: Relevance,
        *,
        is_timed: bool = False,
        scope: Scope | None = None,
    ) -> None:
        settings, self._reranker, self._is_timed = config.settings, config.reranker(), is_timed
        self._scope = scope or Scope()
        if self._reranker is not None:
            self._reranker.open()  # a run without the reranker that its record names would be worth nothing
        if not is_timed:
            token_encoder().keep(_KEPT)
            comparisons().keep(_COMPARED)
            locator().keep(_COMPARED)
        self._library, self._relevance = library, relevance
        usual = config.wording() == Wording()
        keyword = library.keyword if usual else KeywordSearcher(library.catalogue, wording=config.wording())
        self._retriever = Retriever(
            library.dense if is_timed else _Remembered(library.dense),
            keyword if is_timed else _Remembered(keyword),
            library.catalogue,
            weight=library.weight,
            candidates=config.tuning.candidates,
            reranker=self._reranker,
            reads=library.embedder.reads,
            rules=library.query_rules,
            same=config.tuning.same,
            versions=library.versions,
        )
        self._quoting = config.reader()
        self._reader = _Noting(self._quoting)
        model = open_model(settings)
        self._is_quoting = model is None
        writer = None if model is None else _writer(model, settings)
        self._answerer = Answerer(
            self._retriever, self._reader, k=settings.top_k, threshold=config.tuning.threshold, writer=writer
        )
        self._judge = AnswerJudge(library.embedder)

    def rank(self, query: Query) -> Ranking:
        """Chunk ids, best first."""
        ranking = self._retriever.rank(query.text, self._scope)
        if self._reranker is None:
            return ranking
        first = ranking.ids[:LOOKED_UP].tolist()
        chunks = self._library.catalogue.chunks(first)
        hits = [Hit(chunks[id], float(score), "fused") for id, score in zip(first, ranking.scores, strict=False)]
        text = self._retriever.applied(Searched(query.text), self._scope).text
        order = [hit.chunk.id for hit in self._reranker.rerank(text, hits)]
        return Ranking(np.concatenate([np.array(order, np.int64), ranking.ids[len(order) :]]), ranking.scores)

    def handed(self, query: Query) -> Sequence[Hit]:
        """The hits of the app's own way, best first, without near-duplicates."""
        return self._retriever.retrieve(query.text, DEEP, self._scope).hits

    def found(self, query: Query, ranking: Ranking) -> Asked:
        """The question with its first units; of files also whether the right one is among the first five chunks."""
        names = [self._relevance.documents.get(id, frozenset()) for id in ranking.ids[:5].tolist()]
        gold = set(self._relevance.wanted.get(query.id, ()))
        metrics = {"document@5": float(any(gold & of for of in names))} if gold else {}
        units = self._relevance.ranked(ranking)
        wanted = self._relevance.qrels.get(query.id, {})
        right = tuple(place for place, unit in enumerate(units, start=1) if wanted.get(unit, 0) > 0)
        shown = tuple(self._relevance.called.get(unit, unit) for unit in units[:_SHOWN])
        return Asked(query.id, query.text, query.answers, query.is_answerable, shown, None, metrics, right)

    def say(self, query: Query) -> tuple[Said, dict[str, float]]:
        """The answer to a question, and every measure of it that needs no other model."""
        self._reader.last = None
        start = time.perf_counter()
        answer = self._answerer.ask(query.text, self._scope)
        ms = (time.perf_counter() - start) * 1000
        reading = self._reader.last or self._reader.read(query.text, answer.hits)
        text = " ".join(sentence.text for sentence in answer.sentences)
        contexts = tuple(hit.chunk.text for hit in answer.hits)
        twin = self._twin(query, answer.hits)
        sources = tuple(dict.fromkeys(called(citation.chunk) for citation in answer.citations))
        said = Said(text, answer.refused, reading.answerability, ms, twin, contexts, sources, _writer_of(answer))
        return said, self._measured(query, answer, text)

    def _measured(self, query: Query, answer: Answer, text: str) -> dict[str, float]:
        """A refused question says nothing, so its words score 0, and it has no sentences to judge."""
        found: dict[str, float] = {}
        if query.answers:
            found |= word_metrics(text, query.answers)
            marked = next((sentence.marked for sentence in answer.sentences if sentence.marked), "")
            found["marked_f1"] = max(token_f1(marked, gold) for gold in query.answers)
        if self._is_timed:
            return found
        if query.is_answerable:
            found |= self._judge.context(
                answer.hits, query.answers, lambda chunk: self._relevance.is_right(query, chunk)
            )
        if answer.sentences:
            found |= self._judge.citations(answer)
            found["faithfulness"] = self._judge.faithfulness(answer)
            found["answer_relevance"] = self._judge.relevance(answer)
        return found

    def _twin(self, query: Query, hits: Sequence[Hit]) -> float | None:
        """Only of quotes, whose refusal can be told without asking again."""
        if self._is_timed or not (query.is_answerable and self._is_quoting):
            return None
        others = without_answer(query, hits, self._relevance)
        return self._quoting.read(query.text, others).answerability if others else None


def _writer(model: OpenedModel, settings: Settings) -> Writer:
    spotlit = SpotlitModel(model, is_marking=is_marking(settings))
    window, checker = room_of(model.window, settings), Verifier(support, topic)
    return Writer(spotlit, window=window, verifier=checker, is_rewriting=settings.rewrite == "once")


def _writer_of(answer: Answer) -> str:
    return (answer.usage and answer.usage.reported_model) or answer.model


def without_answer(query: Query, hits: Sequence[Hit], relevance: Relevance) -> list[Hit]:
    """The hits that do not answer: neither judged right nor with a gold answer in them."""
    return [
        hit
        for hit in hits
        if not relevance.is_right(query, hit.chunk) and not contains_answer(hit.chunk.text, query.answers)
    ]
