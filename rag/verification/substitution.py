"""Facts of a claim that stand where its source has another one of the kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.verification.aligning import Alignment, Span
from rag.verification.names import first_word, is_german
from rag.verification.nouns import Fact, Finding, Said
from rag.verification.opposites import exchanged
from rag.verification.tokens import Token, tokens

_REACH = 4
"""Words from the first one of a name on among which its others stand."""


def substituted(claim: Said, sentence: Said, beside: Alignment) -> Iterator[Finding]:
    """A finding for each number or name that stands in the place of another, which the claim has nowhere."""
    for change in beside.changes:
        if not change.is_beside:
            continue
        yield from exchanged(claim.text[slice(*change.said)], sentence.text[slice(*change.there)])
        mine, theirs = _facts(claim, sentence, change.said), _facts(sentence, claim, change.there)
        for fact in mine:
            other = next((one for one in theirs if one.kind == fact.kind), None)
            if other is not None:
                yield Finding(fact.kind, claim.text[fact.start : fact.end], sentence.text[other.start : other.end])


def _facts(of: Said, beside: Said, span: Span) -> list[Fact]:
    """The facts of a text in a span that the other one lacks, or has less often."""
    within = [fact for fact in _all(of) if span[0] < fact.end and fact.start < span[1]]  # “£” and “million” included
    return [fact for fact in within if not _has(beside, of, fact)]


def _all(of: Said) -> Sequence[Fact]:
    """With the first word of a sentence, whose capital tells nothing: here it stands in another one's place."""
    first = first_word(of.text)
    if first is None or any(fact.start == first.start for fact in of.facts):
        return of.facts
    return (first, *of.facts)


def _has(text: Said, of: Said, fact: Fact) -> bool:
    if fact.kind == "name":
        return fact.key in text.words
    return text.count(fact) >= of.count(fact)


def renamed(claim: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """A finding for each second word of a German name whose first one every sentence follows with others: "Ida
    Berg" where it is "Ida Lund", though a Berg stands elsewhere. All nouns have capitals there, so nothing else tells
    names."""
    if not is_german(claim):
        return
    there = [words[n : n + _REACH] for words in map(tokens, sentences) for n in range(len(words))]
    for first, second in pairwise(tokens(claim)[1:]):  # the first word of a sentence has its capital from there
        following = [words[1:] for words in there if words[0].stem == first.stem] if _is_pair(first, second) else []
        named = [words for words in following if words and _is_pair(first, words[0])]
        if named and len(named) == len(following) and all(second.stem != one.stem for words in named for one in words):
            yield Finding("name", claim[second.start : second.end], named[0][0].word)


def _is_pair(one: Token, other: Token) -> bool:
    return all(of.is_capital and of.is_telling and len(of.word) > 1 for of in (one, other))
