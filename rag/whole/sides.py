"""Sides of a comparison that share a word: "the old and the new lease" are "old lease" and "new lease"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.whole.naming import is_title, named
from rag.whole.nouns import DocumentName

MOST_NAMED = 5
"""Documents that one phrase may mean; of more a person has to choose."""
_MOST_TRIED = 2_000
"""Documents among which ways to complete a side are tried: each way looks at all of their names."""
_POINTING = frozenset("one ones that those".split())  # noqa: SIM905 - a list of so many strings says less


def documents_of(phrase: str, documents: Sequence[DocumentName]) -> list[DocumentName]:
    """Those that a side must mean; none where it is rather a thing."""
    found = named(phrase, documents)
    return found if 0 < len(found) <= MOST_NAMED and is_title(phrase, found) else []


def completed(phrases: Sequence[str], aspect: str, documents: Sequence[DocumentName]) -> tuple[Sequence[str], str]:
    """The sides, each with what another one or the aspect says for all of them, and the aspect that is left; as they
    are where that does not give every side documents of its own, or there are too many of them."""
    if len(documents) > _MOST_TRIED or _are_apart(phrases, documents):
        return phrases, aspect
    for said in _shared(phrases, documents):
        if _are_apart(said, documents):
            return said, aspect
    headed = [f"{aspect} {phrase}" for phrase in phrases]
    return (headed, "") if aspect and _are_apart(headed, documents) else (phrases, aspect)


def _are_apart(phrases: Sequence[str], documents: Sequence[DocumentName]) -> bool:
    """Whether every side means documents, and no two the same one."""
    found = [{one.id for one in documents_of(phrase, documents)} for phrase in phrases]
    return all(found) and all(one.isdisjoint(other) for one, other in combinations(found, 2))


def _shared(phrases: Sequence[str], documents: Sequence[DocumentName]) -> Iterator[list[str]]:
    """Every way to complete those that name no document by the end of the last one or the beginning of the first one,
    or the other way round, the longest first."""
    are_open = [not documents_of(phrase, documents) for phrase in phrases]
    for giver in (phrases[-1].split(), phrases[0].split()):
        for n in range(1, len(giver)):
            yield [_headed(one, giver[n:]) if is_open else one for one, is_open in zip(phrases, are_open, strict=True)]
        for n in range(len(giver) - 1, 0, -1):
            begun = " ".join(giver[:n])
            yield [f"{begun} {one}" if is_open else one for one, is_open in zip(phrases, are_open, strict=True)]


def _headed(phrase: str, head: Sequence[str]) -> str:
    """ "the old" and "the old one" of leases are "the old lease"."""
    own = phrase.split()
    return " ".join([*(own[:-1] if own[-1].casefold() in _POINTING else own), *head])
