"""Whether a number of a claim belongs to something else: "Luis is 34" beside "Anna is 34 and Luis is 51"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.verification.nouns import Finding
from rag.verification.tokens import Token, tokens

_PARTING = frozenset("and but while whereas or und aber während ; ,".split())  # noqa: SIM905 - shorter so
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sentence with one number, and the stems on each side of it."""

    number: Token
    before: frozenset[str]
    after: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Of both sides."""
        return self.before | self.after


def mispaired(claim: str, sentence: str) -> Iterator[Finding]:
    """A finding where a part of the claim has a number of one part of the sentence and the words of another one."""
    there = _parts(tokens(sentence))
    if len(there) < 2 or len({part.number.word for part in there}) < len(there):  # noqa: PLR2004
        return
    labels = _labels(there)
    numbers = [part.number.word for part in there]
    for part in _parts(tokens(claim)):
        if part.number.word not in numbers:
            continue
        own = numbers.index(part.number.word)
        others = [n for n, label in enumerate(labels) if n != own and label & part.all]
        if len(others) == 1 and not labels[own] & part.all and labels[own]:
            yield Finding("role", part.number.word, there[others[0]].number.word)


def _labels(parts: Sequence[_Part]) -> list[frozenset[str]]:
    """What tells the parts apart: the stems that one alone has, on the side of the number where all but the first have
    some; the other side of the first is often said for all of them."""
    counts = Counter(stem for part in parts for stem in part.all)
    is_before = all(part.before for part in parts[1:])
    sides = [part.before if is_before else part.after for part in parts]
    return [frozenset(stem for stem in side if counts[stem] == 1) for side in sides]


def _parts(text: Sequence[Token]) -> list[_Part]:
    """Those of a text that have one number that is no year, each up to the next "and" or comma behind its number."""
    found, start = [], 0
    places = [n for n, one in enumerate(text) if one.word[0].isdecimal() and not _YEAR.fullmatch(one.word)]
    for n, at in enumerate(places):
        last = places[n + 1] if n + 1 < len(places) else len(text)
        cuts = [k for k in range(at + 1, last) if text[k].word in _PARTING]
        end = last if n + 1 == len(places) else (cuts[-1] if cuts else -1)
        if end < 0:
            return []
        found.append(_Part(text[at], _stems(text[start:at]), _stems(text[at + 1 : end])))
        start = end
    return found


def _stems(part: Sequence[Token]) -> frozenset[str]:
    return frozenset(one.stem for one in part if one.is_telling)
