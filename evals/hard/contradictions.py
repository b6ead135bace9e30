"""Sentences that contradict each other by a number or a negation, in somewhat other words; and others that do not."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from evals.datasets import Dataset
from evals.made_claims import Source, whole_sentences
from evals.planting import planted
from evals.rewording import reworded
from rag.whole.terms import terms

_OPENERS = ("It is known that ", "In fact, ", "Today, ", "As before, ", "Officially, ")
_CLOSERS = (", as was said", " as well", ", it is said", " already", ", of course")
_ERRORS = ("number", "date", "negation")
_NEAREST = 20
_COMMON = 2_000
"""Sentences of a stem from which on it tells nothing of nearness."""

Pair = tuple[str, str, str]
"""(kind, sentence, what stands elsewhere)."""


def contradicting(source: Source, rng: random.Random) -> Iterator[Pair]:
    """Every sentence beside the same with one error, as it is and in somewhat other words."""
    for one in planted(source.text, source.sentences, [], rng):
        if one.error in _ERRORS:
            yield f"{one.error}, same words", one.sentence, one.claim
            yield f"{one.error}, other words", one.sentence, _otherwise(one.claim, rng)


def agreeing(source: Source, rng: random.Random) -> Iterator[Pair]:
    """Every sentence beside what says the same."""
    for text in source.sentences:
        yield "agreeing", text, _otherwise(text, rng)
        for _, other in reworded(text):
            yield "agreeing", text, other


def nearest(dataset: Dataset, found: Mapping[str, Source]) -> Iterator[Pair]:
    """Every sentence of these passages beside the sentences of other ones that share most of its words."""
    owners = [(passage.id, text) for passage in dataset.corpus() for text in whole_sentences(passage.text)]
    where = defaultdict[str, list[int]](list)
    for n, (_, text) in enumerate(owners):
        for term in terms(text):
            where[term].append(n)
    for id, source in found.items():
        for text in source.sentences:
            shared = Counter(n for term in terms(text) if len(where[term]) < _COMMON for n in where[term])
            others = [owners[n] for n, _ in shared.most_common(4 * _NEAREST)]
            yield from _others(text, [other for owner, other in others if owner != id and other != text][:_NEAREST])


def _others(text: str, others: Sequence[str]) -> Iterator[Pair]:
    yield from (("near by", text, other) for other in others)


def _otherwise(text: str, rng: random.Random) -> str:
    """With a few more words, and another form of its number where it has one."""
    forms = dict(reworded(text))
    text = str(forms.get("number", forms.get("date", text)))
    if rng.random() < 0.5:  # noqa: PLR2004
        return f"{text.rstrip('.')}{rng.choice(_CLOSERS)}."
    first, _, rest = text.partition(" ")
    opened = first.lower() if first in {"The", "A", "An", "It", "There", "This", "They", "He", "She", "We"} else first
    return f"{rng.choice(_OPENERS)}{opened} {rest}"
