"""Claims in another language than their source: sentences of a set whose passages stand, in order, in two languages."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from evals.datasets import Dataset
from evals.made_claims import CHARACTERS, Claim, Source, whole_sentences
from evals.planting import planted
from rag.sentences import sentence_spans

_ERRORS = ("number", "date")


def translations(dataset: Dataset, other: Dataset, rng: random.Random, parity: int) -> Iterator[Claim]:
    """Of every second passage from the `parity`-th on, where both languages have as many sentences: those that say the
    same, those of another passage, and those with another number or date; each way round."""
    pairs = list(zip(dataset.corpus(), other.corpus(), strict=True))
    found = [(_aligned(one.text), _aligned(two.text)) for one, two in pairs[parity::2]]
    own = [(one, two) for one, two in found if len(one.sentences) == len(two.sentences)]
    for way in ("into", "from"):
        for n, pair in enumerate(own):
            far, source = pair if way == "from" else pair[::-1]
            stranger = own[(n + 1) % len(own)][way == "into"]
            yield from _of(way, far, source, stranger, rng)


def _of(way: str, said: Source, source: Source, stranger: Source, rng: random.Random) -> Iterator[Claim]:
    whole = [one for one in whole_sentences(source.text) if one]
    text = rng.choice(said.sentences)
    if whole and whole_sentences(text):
        yield Claim(f"{way} the other language", text, source.text, holds=True)
    for one in planted(said.text, [text], [], rng):
        if one.error in _ERRORS:
            yield Claim(f"{way} the other language, {one.error} planted", one.claim, source.text, holds=False)
    if whole_sentences(other := rng.choice(stranger.sentences)):
        yield Claim(f"{way} the other language, of another passage", other, source.text, holds=False)


def _aligned(text: str) -> Source:
    cut = text[:CHARACTERS]
    sentences: Sequence[tuple[int, int]] = sentence_spans(text)
    return Source(cut, "", tuple(text[start:end] for start, end in sentences if end <= CHARACTERS))
