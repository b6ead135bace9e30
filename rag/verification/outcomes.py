"""Whether a source tells the opposite of what a claim tells of the same thing: "The appeal succeeded" beside "They
appealed, but the appeal was dismissed"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.verification.negation import denies
from rag.verification.nouns import Finding
from rag.verification.opposites import are_opposites
from rag.verification.sides import Sides, is_attribute, is_passive, left_of, right_of
from rag.verification.tokens import Token, tokens


def opposed(claim: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """A finding for each verb whose opposite stands behind the same thing in a sentence that has no word of its own
    side."""
    said = tokens(claim)
    own = {one.stem for one in said}
    for text in (tokens(one) for one in sentences if denies(one) == denies(claim)):
        for n, token in enumerate(said):
            found = [at for at, other in enumerate(text) if _is_opposite(token, other) and other.stem not in own]
            for at in found:
                is_told = any(one.stem == token.stem or _is_opposite(one, text[at]) for one in text)
                if not is_told and _is_same(said, n, text, at):
                    yield Finding("word", token.word, text[at].word)


def _is_opposite(one: Token, other: Token) -> bool:
    return one.is_telling and other.is_telling and are_opposites(one.word, other.word)


def _is_same(said: Sequence[Token], n: int, text: Sequence[Token], at: int) -> bool:
    """Whether both are told of the same thing, and of the same doer where both tell one."""
    if is_attribute(said, n) or is_attribute(text, at):
        return False
    (doer, thing), (other_doer, other_thing) = _told(said, n), _told(text, at)
    return bool(thing & other_thing) and (not doer or not other_doer or bool(doer & other_doer))


def _told(text: Sequence[Token], at: int) -> Sides:
    """Who does something to what; of a verb with nothing behind it, what it tells of."""
    left, right = left_of(text, at), right_of(text, at + 1)
    return (frozenset(), left) if not right or is_passive(text, at) else (left, right)
