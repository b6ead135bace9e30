"""Examples to learn from: the questions of a set with what Footnote finds for them, held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evals.answer_words import contains_answer
from evals.datasets import Dataset, Query
from evals.relevance import Relevance, relevance_of
from evals.runner import chosen
from indexes.library import Library
from indexes.word_pieces import WordPieces
from rag.comparing import Comparisons, Read
from rag.held_words import HELD_VALUES, HeldWords
from rag.interaction import Floats
from rag.kept import Kept
from rag.late_interaction import (
    N_READ,
    RANKING_VALUES,
    READING_VALUES,
    Weights,
    all_of,
    by_words,
    exactly_held,
    ranking_rows,
    reading_rows,
    settled,
    settling_rows,
)
from rag.legibility import is_legible
from rag.likeness import Embed, likeness
from rag.locating import Located, Locator, unread
from rag.pieces import TokenStates
from rag.retriever import LOOKED_UP, Retriever
from rag.types import Chunk, Hit, Scope, Vectors
from training.held import is_held_out

Told = Callable[[str], None]

_KEPT = 100_000
"""Sentences whose vectors are remembered: 1.5 kB each."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the hits that were found for it, best first, and how it meets each."""

    query: Query
    hits: tuple[Hit, ...]
    read: tuple[Read, ...]
    right: Floats
    """1 where a hit is what was asked for, shape [hits]."""
    by_words: Floats
    """1 where a document is what was asked for, in the order of keyword search alone, shape [documents]."""
    n_right: int
    """How many documents of the set are what was asked for."""
    asked: TokenStates
    locator: Locator
    """Asked when something is wanted of it: few hits of an example are ever read together with the question."""
    embed: Embed
    """As the locator is: asked when something is wanted."""
    words_only: bool = False
    """Whether nothing counts but which word pieces are the same."""

    def ranking(self) -> Floats:
        """`RANKING_VALUES` of its hits, 0 where `by_words` leaves a value out."""
        rows = ranking_rows(self.hits, self.read)
        return rows * by_words(RANKING_VALUES) if self.words_only else rows

    def ordered(self, weights: Weights, depth: int) -> Example:
        """The same with the first `depth` hits reranked."""
        scores = self.ranking()[:depth] @ weights.ranking
        exact = exactly_held(self.query.text, self.asked, self.hits[:depth])
        return self._by(settled(scores, exact, weights, self._locate))

    def settling(self, ranking: Floats, depth: int) -> tuple[Floats, Floats]:
        """`SETTLING_VALUES` of the best hits by `ranking`, and 1 where one is right."""
        scores = self.ranking()[:depth] @ ranking
        best = np.argsort(-scores, kind="stable")[:N_READ].tolist()
        return settling_rows(scores[best], self._locate(best)), self.right[best]

    def _locate(self, places: Sequence[int]) -> list[Located]:
        hits, read = [self.hits[i] for i in places], [self.read[i] for i in places]
        return [unread(one) for one in read] if self.words_only else self.locator.locate(self.asked, hits, read)

    def _by(self, scores: Floats) -> Example:
        order = np.argsort(-scores, kind="stable").tolist()
        order += range(len(scores), len(self.hits))
        return self._with(order)

    def without_answer(self) -> Example:
        """Only the hits that do not answer: neither judged right nor with a gold answer in them."""
        answers = self.query.answers
        kept = [
            i
            for i, hit in enumerate(self.hits)
            if not self.right[i] and not (answers and contains_answer(hit.chunk.text, answers))
        ]
        return self._with(kept)

    def _with(self, order: Sequence[int]) -> Example:
        hits, read = tuple(self.hits[i] for i in order), tuple(self.read[i] for i in order)
        return replace(self, hits=hits, read=read, right=self.right[list(order)])

    def sentences(self, n_read: int = N_READ) -> tuple[Floats, Floats]:
        """`READING_VALUES` of the sentences that a Reader sees, and 1 where one holds an answer."""
        hits, read = self.hits[:n_read], self.read[:n_read]
        located = self._locate(range(len(hits)))
        texts = self.texts(n_read)
        holds = [contains_answer(text, self.query.answers) for text in texts]
        rows = reading_rows(self.query.text, hits, read, located)
        rows = rows * by_words(READING_VALUES) if self.words_only else rows
        return rows, np.array(holds, dtype=np.float32)

    def texts(self, n_read: int = N_READ) -> list[str]:
        """The sentences themselves."""
        pairs = zip(self.hits[:n_read], self.read[:n_read], strict=True)
        return [hit.chunk.text[start:end] for hit, one in pairs for start, end in one.spans]

    def alike(self, text: str) -> float:
        """How alike the question and one of its sentences are."""
        return 0.0 if self.words_only else float(likeness(self.query.text, [text], self.embed)[0])

    def held(self, place: int, n_read: int = N_READ) -> list[float]:
        """`HELD_VALUES` of the sentence with this place among `texts`."""
        if not self.words_only:
            return [0.0] * len(HELD_VALUES)
        whose = [n for n, one in enumerate(self.read[:n_read]) for _ in one.spans]
        words = HeldWords(self.query.text, [all_of(hit) for hit in self.hits[:n_read]])
        return words.of(self.texts(n_read)[place], whose[place])

    def marks(self, n_read: int = N_READ) -> list[str]:
        """The likeliest answer in each of them."""
        hits = self.hits[:n_read]
        pairs = zip(hits, self._locate(range(len(hits))), strict=True)
        return [hit.chunk.text[slice(*mark)] if mark else "" for hit, one in pairs for mark in one.marks]


def examples(  # noqa: PLR0913
    dataset: Dataset,
    library: Library,
    comparisons: Comparisons,
    locator: Locator,
    embed: Embed,
    *,
    only_held: bool,
    n: int,
    depth: int,
    told: Told,
) -> Iterator[Example]:
    """At most `n` questions of a set, each with its first `depth` hits as the search ranks them.

    Those that nothing answers are among them where the set tells what they were asked about. `only_held`: those that
    have not taught the joint layers.
    """
    relevance = relevance_of(dataset, library)
    parts = (library.dense, library.keyword, library.catalogue)
    retriever = Retriever(*parts, weight=library.weight, reads=library.embedder.reads)
    queries = [query for query in dataset.queries if query.is_answerable or query.about]
    queries = [query for query in queries if not only_held or is_held_out(dataset, query)]
    for at, query in enumerate(chosen(queries, n, 0), start=1):
        hits = retriever.retrieve(query.text, depth).hits
        if hits:
            asked, read = comparisons.of(query.text, hits)
            n_right = max(1, sum(grade > 0 for grade in relevance.qrels.get(query.id, {}).values()))
            right, found = _right(query, [hit.chunk for hit in hits], relevance), _by_words(query, library, relevance)
            legible = is_legible(asked.offsets)
            yield Example(query, hits, tuple(read), right, found, n_right, asked, locator, embed, not legible)
        if at % 100 == 0:
            told(f"{dataset.name}: {at:,} questions of {min(n, len(queries)):,}")


def _right(query: Query, chunks: Sequence[Chunk], relevance: Relevance) -> Floats:
    return np.array([relevance.is_right(query, chunk) for chunk in chunks], dtype=np.float32)


def _by_words(query: Query, library: Library, relevance: Relevance) -> Floats:
    """`Example.by_words`, of as many passages as a search looks up."""
    ids = library.keyword.search(query.text, LOOKED_UP, Scope()).ids.tolist()
    chunks = list(library.catalogue.chunks(ids).values())
    chunks.sort(key=lambda chunk: ids.index(chunk.id))
    return of_documents(chunks, _right(query, chunks, relevance))


def of_documents(chunks: Iterable[Chunk], right: Floats) -> Floats:
    """Of each document whether its best chunk is right, in their order."""
    found: dict[int, float] = {}
    for chunk, of in zip(chunks, right.tolist(), strict=True):
        found.setdefault(chunk.document_id, of)
    return np.array(list(found.values()), dtype=np.float32)


def rarities(library: Library, tokenizer: WordPieces) -> tuple[Floats, int]:
    """In how many chunks of the library each word piece stands, shape [pieces], and how many chunks there are."""
    counts, n = np.zeros(tokenizer.size(), dtype=np.float32), 0
    for record in library.catalogue.documents():
        texts = [chunk.text for chunk in library.catalogue.chunks_of(record.id)]
        for ids, _ in tokenizer.pieces(texts) if texts else ():
            counts[np.unique(ids)] += 1
            n += 1
    return counts, n


def kept(embed: Embed) -> Embed:
    """The same, which remembers: what is learned from is asked for again for every set that is left out."""
    vectors: Kept[str, Vectors] = Kept(_KEPT)

    def found(texts: Sequence[str]) -> Vectors:
        of = vectors.of({text: text for text in texts}, embed)
        return np.stack([of[text] for text in texts])

    return found
