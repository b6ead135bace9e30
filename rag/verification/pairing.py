"""Whether a number of a claim belongs to something else: "Luis is 34" beside "Anna is 34 and Luis is 51"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.verification.nouns import Finding
from rag.verification.tokens import Token, tokens

_PARTING = frozenset("and but while whereas or und aber während ; ,".split())  # noqa: SIM905 - shorter so
_JOINING = frozenset({"and", "or", "und", "oder"})
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sentence with one number, and what stands on each side of it."""

    number: Token
    ahead: tuple[Token, ...]
    """The words before it that say something."""
    after: frozenset[str]
    """Stems of those behind it."""
    is_joint: bool
    """Whether two things that are joined stand before it."""

    @property
    def before(self) -> frozenset[str]:
        """Stems of the words before it."""
        return _stems(self.ahead)

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
        if part.number.word not in numbers or part.is_joint:
            continue
        own = numbers.index(part.number.word)
        others = [n for n, label in enumerate(labels) if n != own and label & part.all]
        if len(others) == 1 and not labels[own] & part.all and labels[own]:
            yield Finding("role", part.number.word, there[others[0]].number.word)


def _labels(parts: Sequence[_Part]) -> list[frozenset[str]]:
    """What tells the parts apart: the stems that one alone has, on the side of the number where all but the first have
    some; the other side of the first is often said for all of them, and so is its verb: "The mill was built in 1884,
    the dam in 1931"."""
    counts = Counter(stem for part in parts for stem in part.all)
    is_before = all(part.ahead for part in parts[1:])
    sides = [part.before if is_before else part.after for part in parts]
    if is_before:
        first, most = parts[0].ahead, max(len(part.ahead) for part in parts[1:])
        sides[0] = frozenset(one.stem for n, one in enumerate(first) if n < most or one.is_capital)
    return [frozenset(stem for stem in side if counts[stem] == 1) for side in sides]


def _parts(text: Sequence[Token]) -> list[_Part]:
    """Those of a text that have one number, a year only where it has no other, each up to the next "and" or comma
    behind it."""
    found, start = [], 0
    numbers = [n for n, one in enumerate(text) if one.word[0].isdecimal()]
    places = [n for n in numbers if not _YEAR.fullmatch(text[n].word)] or numbers
    for n, at in enumerate(places):
        last = places[n + 1] if n + 1 < len(places) else len(text)
        end = last if n + 1 == len(places) else _cut(text, at, last)
        if end < 0:
            return []
        ahead = text[start:at]
        is_joint = any(one.word in _JOINING for one in ahead[1:])
        found.append(_Part(text[at], _telling(ahead), _stems(text[at + 1 : end]), is_joint))
        start = end
    return found


def _cut(text: Sequence[Token], at: int, last: int) -> int:
    """Where the part of the number at a place ends before that of the number at `last`; -1 where nothing parts them. A
    comma right before that number and its preposition belongs to what precedes: "and the dam, in 1931"."""
    cuts = [k for k in range(at + 1, last) if text[k].word in _PARTING]
    whole = [k for k in cuts if text[k].word != "," or _telling(text[k:last])]
    return max(whole or cuts, default=-1)


def _telling(part: Sequence[Token]) -> tuple[Token, ...]:
    return tuple(one for one in part if one.is_telling)


def _stems(part: Sequence[Token]) -> frozenset[str]:
    return frozenset(one.stem for one in _telling(part))
