"""Whether two things of a claim have changed places: "Acme sued Zeta" beside "Zeta sued Acme".

There is no parser here. What does something and what it is done to are the words beside a word that both texts have,
by their order, by "was ... by" and "than"; what something comes from and goes to, by these words. And where a claim has
nearly all words of a sentence, two parts of it that stand on the wrong sides of a third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.verification.nouns import Finding
from rag.verification.opposites import are_opposites
from rag.verification.sides import (
    BE,
    NEAR,
    PREPOSITIONS,
    SYMMETRIC,
    Sides,
    compares,
    is_attribute,
    is_noun,
    is_open,
    is_passive,
    right_of,
    roles,
    same_word,
)
from rag.verification.tokens import Token, tokens

_NEARLY_ALL = 0.8
"""Share of the claim's telling words in a sentence from which on their order is compared."""
_LEAST = 3


def exchanged_roles(claim: str, sentences: Sequence[str]) -> list[Finding]:
    """A finding where two things of the claim have each other's place in a sentence, and their own in none."""
    said = tokens(claim)
    seen = [_crossings(said, tokens(one)) for one in sentences]
    if None in seen:  # one of them says it as the claim does
        return []
    found = next(filter(None, seen), None)
    return [Finding("role", *found)] if found else []


def _crossings(said: Sequence[Token], there: Sequence[Token]) -> tuple[str, str] | None | tuple[()]:
    """The words that have changed places; () where nothing tells, None where all is in its place."""
    results = [*_by_pivots(said, there), *_by_ways(said, there), *_by_order(said, there)]
    crossed = next((pair for pair in results if pair), None)
    if crossed:
        return crossed
    return None if results else ()


def _by_pivots(said: Sequence[Token], there: Sequence[Token]) -> Iterator[tuple[str, str] | None]:
    for n, token in enumerate(said):
        is_middle = token.is_telling and token.word[0].isalpha() and token.word not in SYMMETRIC
        is_middle = is_middle and not is_noun(said, n)
        mine = roles(said, n) if is_middle else None
        if mine is None:
            continue
        found = [
            _of_pivot(said, n, there, at, mine) for at, other in enumerate(there) if _is_pivot(token, other, there, at)
        ]
        if None in found:
            yield None
        elif crossed := next((one for one in found if one), None):
            yield _named(said, crossed)


def _is_pivot(token: Token, other: Token, there: Sequence[Token], at: int) -> bool:
    return same_word(token, other) or (compares(there, at) and are_opposites(token.word, other.word))


def _of_pivot(
    said: Sequence[Token], n: int, there: Sequence[Token], at: int, mine: Sides
) -> tuple[str, str] | None | tuple[()]:
    """As `_compared`. In a passive something else may stand where who has done it stands in the other text: what
    somebody is given, and who is given it."""
    theirs = roles(there, at)
    if theirs is None:
        return ()
    is_turned = not same_word(said[n], there[at])
    doers, receivers = mine[0], mine[1] & theirs[is_turned]
    is_given = any(is_passive(text, k) and not is_attribute(text, k) for text, k in ((said, n), (there, at)))
    is_apart = not doers & (theirs[0] | theirs[1]) and not mine[1] & theirs[not is_turned]
    if is_given and is_apart and receivers and doers <= {one.stem for one in there}:
        return min(doers), min(receivers)
    return _compared(mine, theirs, is_turned=is_turned)


def _compared(mine: Sides, theirs: Sides, *, is_turned: bool) -> tuple[str, str] | None | tuple[()]:
    """() where they share too little to tell; None where they agree."""
    doer, done = theirs[::-1] if is_turned else theirs
    mine, (doer, done) = _apart(mine), _apart((doer, done))
    first, second = mine[0] & done, mine[1] & doer
    kept = [mine[0] & doer, mine[1] & done]
    if first and second and not all(kept):
        return min(first), min(second)
    return None if any(kept) and not first and not second else ()


def _apart(roles: Sides) -> Sides:
    """Without the words that both have."""
    return roles[0] - roles[1], roles[1] - roles[0]


def _by_ways(said: Sequence[Token], there: Sequence[Token]) -> Iterator[tuple[str, str] | None]:
    """By what stands behind "from" and "to"."""
    mine = _way(said)
    theirs = _way(there) if mine else None
    if mine and theirs:
        found = _compared(mine, theirs, is_turned=False)
        if found != ():
            yield _named(said, found) if found else None


def _way(text: Sequence[Token]) -> Sides | None:
    """What something comes from, and what it goes to; None where one is not told."""
    starts = [n for n, one in enumerate(text) if one.word in {"from", "von", "aus"}]
    ends = [n for n, one in enumerate(text) if one.word in {"to", "into", "nach", "auf", "bis"}]
    near = [(abs(end - start), start, end) for start in starts for end in ends if abs(end - start) <= NEAR]
    for _, start, end in sorted(near):
        found = right_of(text, start + 1), right_of(text, end + 1)
        if all(found):
            return found
    return None


def _by_order(said: Sequence[Token], there: Sequence[Token]) -> Iterator[tuple[str, str] | None]:
    """By the telling words that both have once: where three runs of them stand in the opposite order, the outer ones
    have changed places. Two such runs are only turned round: "In 1989 it fell", "it fell in 1989"."""
    mine, theirs = [one for one in said if one.is_telling], [one for one in there if one.is_telling]
    once = _once(mine) & _once(theirs)
    order = {one.stem: n for n, one in enumerate(one for one in theirs if one.stem in once)}
    common = [one for one in mine if one.stem in once]
    if len(common) < max(_LEAST, _NEARLY_ALL * len(mine)) or _is_passive(said) != _is_passive(there):
        return
    if _is_passive(said) and _is_given(said) != _is_given(there):
        return
    runs = [[common[0]]]
    for before, token in pairwise(common):
        if order[token.stem] == order[before.stem] + 1:
            runs[-1].append(token)
        else:
            runs.append([token])
    places = [(order[run[0].stem], order[run[-1].stem]) for run in runs]
    for n in range(len(runs) - 2):
        one, two, three = places[n : n + 3]
        if one[0] == two[1] + 1 and two[0] == three[1] + 1 and not _is_free(said, runs[n : n + 3]):
            yield runs[n][0].word, runs[n + 2][0].word
    if len(runs) == 1:
        yield None


def _once(text: Sequence[Token]) -> set[str]:
    counts = Counter(one.stem for one in text)
    return {stem for stem, n in counts.items() if n == 1}


def _is_free(said: Sequence[Token], runs: Sequence[Sequence[Token]]) -> bool:
    """Whether the outer ones may change places: on both sides of "and" or "with", or the first one behind a
    preposition at the head of the sentence, which may well stand at its end."""
    first, last = said.index(runs[0][-1]), said.index(runs[2][0])
    if any(one.word in SYMMETRIC for one in said[first:last] if one not in runs[1]) and not _has_number(runs[1]):
        return True
    if any(one.word in SYMMETRIC for one in runs[1]) or (len(runs[1]) == 1 and is_open(said, said.index(runs[1][0]))):
        return True
    return said[0].word in PREPOSITIONS and said.index(runs[0][0]) <= _LEAST and not _has_number(runs[1])


def _has_number(run: Sequence[Token]) -> bool:
    return any(one.word[0].isdecimal() for one in run)


def _is_passive(text: Sequence[Token]) -> bool:
    words = [one.word for one in text]
    return not BE.isdisjoint(words) and "by" in words


def _is_given(text: Sequence[Token]) -> bool:
    """Whether "to" stands right behind a verb: "The prize was given to her", and not "She was given the prize"."""
    return any(one.word == "to" and before.is_telling for before, one in pairwise(text))


def _named(said: Sequence[Token], stems: tuple[str, str]) -> tuple[str, str]:
    first, second = (next(one.word for one in said if one.stem == stem) for stem in stems)
    return first, second
