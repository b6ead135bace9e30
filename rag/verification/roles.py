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
from rag.verification.tokens import Token, tokens


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BE = _set("is are was were be been being am wird werden wurde wurden worden")
_AUXILIARIES = _BE | _set(
    "has have had shall will would can could may might must should do does did not also then never"
)
_DETERMINERS = _set("the a an his her its their our your my this that these those der die das den dem ein eine einen")
_PREPOSITIONS = _set(
    "in on at to from of for with without about into onto over under between among across through during before after "
    "above below within by than as against near since until toward towards off out up down along around behind like "
    "per von nach zu auf aus bei mit für über unter vor durch bis seit um an im am zum zur vom"
)
_PARTING = _set(
    "and or but nor while whereas because if when where although though which who whom whose so und oder aber"
)
_RELATIVE = _set("which that who")
_SYMMETRIC = _set(
    "and or & both between with married marry marries met meet meets equals equal equalled differs differ differed "
    "resembles resemble borders border bordered sowie und oder zwischen"
)
"""Words on whose two sides things may change places."""
_NEAR = 7
"""Words beside the one in the middle within which the thing stands."""
_NEARLY_ALL = 0.8
"""Share of the claim's telling words in a sentence from which on their order is compared."""
_LEAST = 3

_Roles = tuple[frozenset[str], frozenset[str]]
"""Stems of what does something, and of what it is done to."""


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
        is_middle = token.is_telling and token.word[0].isalpha() and token.word not in _SYMMETRIC
        mine = _roles(said, n) if is_middle else None
        if mine is None:
            continue
        found = [_compared(mine, theirs, is_turned=token.stem != other.stem)
                 for at, other in enumerate(there) if _is_pivot(token, other, there, at)
                 and (theirs := _roles(there, at)) is not None]  # fmt: skip
        if None in found:
            yield None
        elif crossed := next((one for one in found if one), None):
            yield _named(said, crossed)


def _is_pivot(token: Token, other: Token, there: Sequence[Token], at: int) -> bool:
    return token.stem == other.stem or (_compares(there, at) and are_opposites(token.word, other.word))


def _compared(mine: _Roles, theirs: _Roles, *, is_turned: bool) -> tuple[str, str] | None | tuple[()]:
    """() where they share too little to tell; None where they agree."""
    doer, done = theirs[::-1] if is_turned else theirs
    mine, (doer, done) = _apart(mine), _apart((doer, done))
    first, second = mine[0] & done, mine[1] & doer
    kept = [mine[0] & doer, mine[1] & done]
    if first and second and not all(kept):
        return min(first), min(second)
    return None if any(kept) and not first and not second else ()


def _apart(roles: _Roles) -> _Roles:
    """Without the words that both have."""
    return roles[0] - roles[1], roles[1] - roles[0]


def _roles(text: Sequence[Token], at: int) -> _Roles | None:
    """Of the word at a place as if it were a verb or a comparative; None where one of the two is not known."""
    before, after = _before(text, at), _after(text, at + 1)
    behind = range(at + 1, min(len(text), at + _NEAR))
    if _compares(text, at):
        than = next(n for n in behind if text[n].word == "than")
        after = _after(text, than + 1)
    elif any(one.word in _BE for one in text[max(0, at - _LEAST) : at]):
        by = next((n for n in behind if text[n].word in {"by", "von"}), None)
        if by is None or any(one.is_sign for one in text[at:by]):
            return None
        before, after = _after(text, by + 1), before
    return (before, after) if before and after else None


def _compares(text: Sequence[Token], at: int) -> bool:
    return any(one.word == "than" for one in text[at + 1 : at + 3])


def _before(text: Sequence[Token], at: int) -> frozenset[str]:
    """What stands before a word, a thing without those that it is of, in or with."""
    n = at - 1
    while n >= 0 and (text[n].word in _AUXILIARIES or text[n].word.endswith("ly") or text[n].word in _RELATIVE):
        n -= 1
        if n >= 0 and text[n].word == "," and text[n + 1].word in _RELATIVE:
            n -= 1
    found: set[str] = set()
    for token in reversed(text[max(0, at - _NEAR - _LEAST) : n + 1]):
        if token.word in _PREPOSITIONS:
            found.clear()
        elif (
            token.is_sign
            or token.word in _PARTING
            or token.word in _AUXILIARIES
            or token.word in _DETERMINERS
            and found
            and not _follows_preposition(text, token)
        ):
            break
        elif token.is_telling:
            found.add(token.stem)
    return frozenset(found)


def _follows_preposition(text: Sequence[Token], token: Token) -> bool:
    n = text.index(token)
    return n > 0 and text[n - 1].word in _PREPOSITIONS


def _after(text: Sequence[Token], at: int) -> frozenset[str]:
    """What stands from a place on."""
    found: set[str] = set()
    for token in text[at : at + _NEAR]:
        if token.is_sign or token.word in _PREPOSITIONS or token.word in _PARTING or token.word in _AUXILIARIES:
            break
        if token.is_telling:
            found.add(token.stem)
    return frozenset(found)


def _by_ways(said: Sequence[Token], there: Sequence[Token]) -> Iterator[tuple[str, str] | None]:
    """By what stands behind "from" and "to"."""
    mine = _way(said)
    theirs = _way(there) if mine else None
    if mine and theirs:
        found = _compared(mine, theirs, is_turned=False)
        if found != ():
            yield _named(said, found) if found else None


def _way(text: Sequence[Token]) -> _Roles | None:
    """What something comes from, and what it goes to; None where one is not told."""
    starts = [n for n, one in enumerate(text) if one.word in {"from", "von", "aus"}]
    ends = [n for n, one in enumerate(text) if one.word in {"to", "into", "nach", "auf", "bis"}]
    near = [(abs(end - start), start, end) for start in starts for end in ends if abs(end - start) <= _NEAR]
    for _, start, end in sorted(near):
        found = _after(text, start + 1), _after(text, end + 1)
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
    if any(one.word in _SYMMETRIC for one in said[first:last] if one not in runs[1]) and not _has_number(runs[1]):
        return True
    if any(one.word in _SYMMETRIC for one in runs[1]):
        return True
    return said[0].word in _PREPOSITIONS and said.index(runs[0][0]) <= _LEAST and not _has_number(runs[1])


def _has_number(run: Sequence[Token]) -> bool:
    return any(one.word[0].isdecimal() for one in run)


def _is_passive(text: Sequence[Token]) -> bool:
    words = [one.word for one in text]
    return not _BE.isdisjoint(words) and "by" in words


def _named(said: Sequence[Token], stems: tuple[str, str]) -> tuple[str, str]:
    first, second = (next(one.word for one in said if one.stem == stem) for stem in stems)
    return first, second
