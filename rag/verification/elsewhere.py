"""Whether a claim takes what it says of one thing from what its source says of another: "Bob leads the Rome office"
beside "Ann leads the Rome office and Bob leads the Bonn office".

All its words stand there, so they are held against each other by verbs that both have: what stands on their sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from rag.query.words import set_of
from rag.verification.nouns import Finding
from rag.verification.sides import DETERMINERS, SYMMETRIC, Sides, is_noun, same_word, sides
from rag.verification.tokens import Token, tokens

_BETWEEN = set_of("soon later then finally again also still mostly mainly even dann später auch noch")
"""Words that may stand between a verb and what it is done to."""

Places = Sequence[tuple[Sequence[Token], Sides]]
"""Sentences that have a word, and what stands on its sides there."""


def said_elsewhere(claim: str, sentences: Sequence[str]) -> list[Finding]:
    """A finding where the sentences say what the claim says of one thing of another one alone."""
    said, there = tokens(claim), [tokens(one) for one in sentences]
    for n, token in enumerate(said):
        if not _is_verb(said, n):
            continue
        places = [(text, at) for text in there for at, other in enumerate(text) if same_word(token, other)]
        mine, others = sides(said, n), [sides(text, at) for text, at in places]
        if mine is None or not others or None in others:
            continue
        theirs = [(text, one) for (text, _), one in zip(places, others, strict=True) if one is not None]
        ways = (_mixed(mine, theirs), _done_otherwise(token, mine[1], theirs), _done_by_another(mine, theirs))
        found = next((pair for way in ways for pair in way), None)
        if found:
            words = [next(one.word for text in (said, *there) for one in text if one.stem == stem) for stem in found]
            return [Finding("role", *words)]
    return []


def _is_verb(text: Sequence[Token], at: int) -> bool:
    """Whether the word at a place may be one: it has a small letter, and no article before it."""
    token = text[at]
    is_word = token.is_telling and token.word[0].isalpha() and not token.is_capital
    return is_word and token.word not in SYMMETRIC and not is_noun(text, at)


def _mixed(mine: Sides, places: Places) -> Iterator[tuple[str, str]]:
    """Where a word comes twice in a sentence, and the claim has who does it from one place and what it is done to from
    the other."""
    theirs = [one for _, one in places]
    if any(mine[0] & one[0] and mine[1] & one[1] and _fits(mine, one, theirs) for one in theirs):
        return
    twice = [(first[1], second[1]) for first, second in combinations(places, 2) if first[0] is second[0]]
    for one, two in (pair for found in twice for pair in (found, found[::-1])):
        doer, other_doer = one[0] - two[0], two[0] - one[0]
        done, other_done = two[1] - one[1], one[1] - two[1]
        is_mixed = mine[0] & doer and mine[1] & done and not mine[0] & other_doer and not mine[1] & other_done
        if is_mixed and other_doer and other_done:
            yield min(mine[0] & doer), min(other_doer)


def _fits(mine: Sides, one: Sides, theirs: Sequence[Sides]) -> bool:
    """Whether the claim has more of this place on both sides than what all places have."""
    common = [frozenset.intersection(*(sides[n] for sides in theirs)) for n in (0, 1)]
    return all((mine[n] - common[n]) & one[n] for n in (0, 1))


def _done_otherwise(verb: Token, done: frozenset[str], places: Places) -> Iterator[tuple[str, str]]:
    """Where the verb is done to something else at every place, and another verb there to what the claim tells."""
    if not done or any(not one[1] or one[1] & done for _, one in places):
        return
    for text, one in places:
        starts = [n for n, token in enumerate(text) if token.stem in done]
        if starts and done <= {token.stem for token in text} and _governor(text, starts[0], done, verb):
            yield text[starts[0]].stem, min(one[1])


def _governor(text: Sequence[Token], at: int, done: frozenset[str], verb: Token) -> bool:
    """Whether another verb stands right before the thing at a place."""
    n = at - 1
    while n >= 0 and (text[n].word in DETERMINERS or text[n].word in _BETWEEN or text[n].stem in done):
        n -= 1
    return n >= 0 and _is_verb(text, n) and not same_word(text[n], verb)


def _done_by_another(mine: Sides, places: Places) -> Iterator[tuple[str, str]]:
    """Where another one of the kind does it to the same thing at every place, and the sentence knows both: the green
    button, and not the red one."""
    for text, one in places:
        kind, own, other = mine[0] & one[0], mine[0] - one[0], one[0] - mine[0]
        pairs = {(first.stem, second.stem) for first, second in pairwise(text)}
        knows_both = any(all(any((word, k) in pairs for word in words) for words in (own, other)) for k in kind)
        if not (mine[1] & one[1] and knows_both):
            return
    yield min(mine[0] - places[0][1][0]), min(places[0][1][0] - mine[0])
