"""Claims made from a set whose truth is known: what a passage says in the same or other words, and what it does not."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.datasets import Dataset, Passage, Query
from evals.rewording import reworded
from rag.errors import InputError
from rag.sentences import sentence_spans
from rag.whole.terms import is_telling, terms

CHARACTERS = 900
"""Of a passage: about a chunk's length."""
_SHORTEST, _LONGEST = 6, 50
"""Words of a sentence that makes a claim."""
_NEAR = 3
_OF_EACH = 2
"""Sentences and questions of each passage."""
_ASKING = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how)\b(?: (?:many|much|long|old|often))?"
    r"(?: (?:is|are|was|were|did|does|do|has|have|had|can|could|will|would))?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, the passage that may bear it out, and whether it does."""

    kind: str
    text: str
    passage: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as it is read here, with its whole sentences."""

    text: str
    title: str
    sentences: tuple[str, ...]


def sources(dataset: Dataset, n: int, rng: random.Random) -> dict[str, Source]:
    """Some of the passages that have sentences, by their ids."""
    found = {passage.id: _source(passage) for passage in dataset.corpus()}
    ids = sorted(id for id, one in found.items() if one.sentences)
    return {id: found[id] for id in rng.sample(ids, min(n, len(ids)))}


def made_claims(dataset: Dataset, n: int, seed: int = 1) -> list[Claim]:
    """Claims about `n` of its passages.

    True: sentences as they are and reworded, and questions with their answers. False: sentences of the passages that
    are most alike, sentences with a word or two exchanged, halves of two sentences, and questions with the answer to
    another one. Raises InputError where there is no second passage to be like the first.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found = sources(dataset, n, rng)
    if len(found) < 2:  # noqa: PLR2004
        raise InputError(f"claims are made of two passages or more: {dataset.folder} or --passages has too few")
    pool = [word for one in found.values() for text in one.sentences for _, word in _exchangeable(text.split())]
    near = _nearest(found)
    by_sentence = [claim for id, one in found.items() for claim in _of(one, [found[i] for i in near[id]], pool, rng)]
    return [*by_sentence, *_of_questions(dataset, found, rng)]


def _source(passage: Passage) -> Source:
    text = passage.text[:CHARACTERS]
    found = whole_sentences(text)
    return Source(text, passage.title, found if len(passage.text) <= CHARACTERS else found[:-1])  # the last may be cut


def whole_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text that are long enough to claim something, and no list."""
    sentences = (text[start:end] for start, end in sentence_spans(text))
    return tuple(one for one in sentences if _SHORTEST <= len(one.split()) <= _LONGEST)


def _nearest(found: Mapping[str, Source]) -> dict[str, list[str]]:
    words = {id: terms(one.text) for id, one in found.items()}
    return {
        id: sorted((other for other in found if other != id), key=lambda other: -len(words[id] & words[other]))[:_NEAR]
        for id in found
    }


def _of(source: Source, near: Sequence[Source], pool: Sequence[str], rng: random.Random) -> Iterator[Claim]:
    for text in rng.sample(source.sentences, min(_OF_EACH, len(source.sentences))):
        yield Claim("verbatim", text, source.text, holds=True)
        ways = [other for way, other in reworded(text) if way != "said"]
        if ways:
            yield Claim("reworded", rng.choice(ways), source.text, holds=True)
        other = rng.choice(rng.choice(near).sentences)
        yield Claim("near by", other, source.text, holds=False)
        ours, theirs = text.split(), other.split()
        yield Claim("spliced", " ".join(ours[: len(ours) // 2] + theirs[len(theirs) // 2 :]), source.text, holds=False)
        places = [at for at, _ in _exchangeable(ours)]
        if len(places) > 1:
            for at in rng.sample(places, rng.choice([1, 2])):
                ours[at] = rng.choice(pool)
            yield Claim("word", " ".join(ours), source.text, holds=False)


def _exchangeable(words: Sequence[str]) -> list[tuple[int, str]]:
    return [
        (at, word) for at, word in enumerate(words) if at and word.islower() and word.isalpha() and is_telling(word)
    ]


def _of_questions(dataset: Dataset, found: Mapping[str, Source], rng: random.Random) -> Iterator[Claim]:
    asked = defaultdict[str, list[Query]](list)
    for query in dataset.queries:
        for id, grade in dataset.qrels.get(query.id, {}).items():
            if grade > 0 and id in found and any(answer in found[id].text for answer in query.answers):
                asked[id].append(query)
    for id, queries in asked.items():
        for query in rng.sample(queries, min(_OF_EACH, len(queries))):
            yield Claim("answer", _statement(query, query.answers[0]), found[id].text, holds=True)
            others = [other for other in queries if other.answers[0].lower() != query.answers[0].lower()]
            if others:
                wrong = rng.choice(others).answers[0]
                yield Claim("other answer", _statement(query, wrong), found[id].text, holds=False)


def _statement(query: Query, answer: str) -> str:
    body = _ASKING.sub("", query.text.strip(), count=1).strip(" ?")
    return f"{body[:1].upper()}{body[1:]} {answer}."
