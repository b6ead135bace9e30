"""What checking makes of the hard claims: how many of each kind come out as borne out, in part, or not at all."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal
from zlib import crc32

from evals.datasets import Dataset
from evals.hard.contradictions import agreeing, contradicting, nearest
from evals.hard.exchanges import exchanges
from evals.hard.forms import forms
from evals.hard.sums import sums
from evals.hard.translations import translations
from evals.made_claims import Claim, Source, sources
from evals.planting import whole_names
from evals.verification import state_of
from rag.verification.claims import claimed
from rag.verification.contradicting import contradiction
from rag.verification.verifier import Verifier

Half = Literal["even", "odd"]
HALVES: tuple[Half, ...] = ("even", "odd")
_PER_SET = 20
"""Passages of a set that are looked through for one that is wanted: few have what makes a claim of a kind."""


@dataclass(slots=True)
class States:
    """How often claims of each kind came out as what. `holds`: which kinds are true."""

    n: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    holds: dict[str, bool] = field(default_factory=dict)
    ms: list[float] = field(default_factory=list)

    def share(self, kind: str, state: str) -> float:
        """Of those of a kind the share that came out so."""
        return self.n[kind][state] / max(1, self.n[kind].total())


def half_of(dataset: Dataset, n: int, half: Half, rng: random.Random) -> dict[str, Source]:
    """Passages of one half of the set, by a hash of their ids: what is changed while looking at one half is measured
    by the other."""
    found = sources(dataset, n, rng)
    return {id: one for id, one in found.items() if crc32(id.encode()) % 2 == HALVES.index(half)}


def hard(  # noqa: PLR0913 - what is measured, and how much of it
    dataset: Dataset, n: int, half: Half, verifier: Verifier, *, other: Dataset | None = None, seed: int = 5
) -> States:
    """Claims made of one half of the set; `n`: claims of each kind. `other`: the same passages in another language."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    states = States()
    for claim in _claims(dataset, n, half, other, rng):
        if states.n[claim.kind].total() < n and claimed(claim.text):
            states.holds[claim.kind] = claim.holds
            start = perf_counter()
            states.n[claim.kind][state_of(claim.text, [claim.passage], verifier)] += 1
            states.ms.append((perf_counter() - start) * 1000)
    return states


def _claims(dataset: Dataset, n: int, half: Half, other: Dataset | None, rng: random.Random) -> Iterator[Claim]:
    found = half_of(dataset, n * _PER_SET, half, rng)
    names = [name for one in found.values() for text in one.sentences for name in whole_names(text)]
    pool = sorted({name for name in names if name.isascii() and name.replace(" ", "").isalpha() and len(name) > 3})  # noqa: PLR2004
    for source in found.values():
        yield from exchanges(source, pool, rng)
        yield from sums(source, rng)
        yield from forms(source, rng)
    if other is not None:
        yield from translations(dataset, other, rng, HALVES.index(half))


def contradicted(dataset: Dataset, n: int, half: Half, seed: int = 5) -> Mapping[str, tuple[int, int]]:
    """(pairs, of these held for contradictions) of each kind, over `n` passages."""
    rng = random.Random(seed)  # noqa: S311
    found = half_of(dataset, 2 * n, half, rng)
    pairs = [pair for one in found.values() for pair in (*contradicting(one, rng), *agreeing(one, rng))]
    pairs += nearest(dataset, found)
    counts = {kind: [0, 0] for kind, _, _ in pairs}
    for kind, text, other in pairs:
        counts[kind][0] += 1
        counts[kind][1] += contradiction(text, other) is not None
    return {kind: (total, n_found) for kind, (total, n_found) in counts.items()}
