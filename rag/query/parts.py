"""The parts of a question that asks for several things: "What is the rent, and when is it due?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.query.condensing import completed
from rag.query.words import content_of
from rag.whole.terms import words

_WHO = r"(?:what|which|who|whom|whose|wer|welche[rs]?|qué|quién|cuál)"
_BEFORE = r"(?:(?:at|in|on|to|from|by|for|with|of|since|until) )?"
_HOW = r"(?:how(?: \w+){0,2}|when|where|why|wann|wie(?: \w+){0,2}|wo|warum|cuándo|cómo|dónde)"
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|must|may|should|has|have|had|"
    r"ist|sind|war|waren|kann|können|muss|müssen|darf|dürfen|soll|sollen|wird|werden|wurde|wurden|hat|haben|gibt|es|son)"
)
_SUBJECT = (
    r"(?:it|he|she|they|there|we|you|i|this|that|these|those|the|my|your|his|her|its|our|their|any|all|"
    r"er|sie|das|die|der|man|ich|wir)"
)
_WAS = r"was (?:\w{2,}t|sind|war|waren|dürfen|müssen) (?:der|die|das|den|dem|ein|eine|es|er|sie|man|ich|wir)\b"
"""The German word, which is another one in English."""
_ASKS = rf"(?:{_AUXILIARY} {_SUBJECT}\b|{_BEFORE}(?:{_WHO}\b|{_WAS}|how (?:many|much)\b|{_HOW} {_AUXILIARY} \w))"
_ASKING = re.compile(rf"{_BEFORE}(?:{_WHO}|{_WAS}|{_HOW}|{_AUXILIARY})\b", re.IGNORECASE)
_AFTER_COMMA = rf"{_BEFORE}(?:(?:what|was|wer|qué|how (?:many|much))\b|(?:{_WHO}|{_HOW}) {_AUXILIARY} \w)"
"""Without an "and": "which I paid in March" and "if any, is it closed" belong to what stands before."""
_JOINT = re.compile(
    rf"\?\s+(?:and\s+)?(?={_ASKS})|,?\s+(?:and|und|y)\s+(?:also\s+)?(?={_ASKS})|;\s+(?={_ASKS})|,\s+(?={_AFTER_COMMA})",
    re.IGNORECASE,
)
_CLAUSE = re.compile(rf"(?:when|where)\b(?! {_AUXILIARY}\b)", re.IGNORECASE)
"""Says when something is, and does not ask it: "when the tenant dies"."""
_EMBEDDED = re.compile(
    r"\b(?:between|difference|about|say|says|said|tell|know|explain) (?:\w+ )?(?:what|which|who|how)\b"
)
"""Questions within one: "the difference between what tenants and what landlords pay"."""
_ALL_OF_THEM = re.compile(r"\b(?:each|both|either|neither)(?: \w+)?\W*\Z", re.IGNORECASE)
"""What was named before, of which no rule for pronouns knows: "How much does each cost?"."""
_INSTEAD = re.compile(r"\A(?:that|those|the ones?) (?=\w)", re.IGNORECASE)
_LED = re.compile(
    r"(?:at|in|on|to|from|by|for|with|of|since|until|during|before|after|under|für|von|seit|bis|bei|aus|im|am)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d[\d.,]*\Z")
_MOST = 4
_SHORTEST = 3
"""Words of a part: "Who built it?", but not "and why?"."""


def parts_of(question: str) -> tuple[str, ...]:
    """Each as a question of its own; the question alone where it asks for one thing, or for more than four.

    "Which rooms are free and can be booked?" is one: what follows the "and" has no subject of its own.
    """
    found = [part.strip(" ?,") for part in _JOINT.split(question)]
    if not 1 < len(found) <= _MOST or not all(map(_stands, found)) or _EMBEDDED.search(question.lower()):
        return (question,)
    return tuple(f"{part[:1].upper()}{part[1:]}?" for part in found)


def completed_parts(question: str) -> tuple[str, ...]:
    """The same, each with what it points at in the first one: "When is it due? (rent)"."""
    first, *others = parts_of(question)
    return first, *(_completed(part, first) for part in others)


def sides_of(aspect: str, targets: Sequence[str]) -> tuple[str, ...]:
    """What is compared, each with its aspect, or with what it shares with the first and leaves out: "in 2023" beside
    "the revenue in 2022", "that of the contract" beside "the term of the lease"."""
    first, *others = targets
    if aspect:
        return tuple(f"{aspect} {_INSTEAD.sub('', side)}" for side in targets)
    return first, *(_with_head(side, first) for side in others)


def _with_head(side: str, first: str) -> str:
    own = _INSTEAD.sub("", side)
    if _NUMBER.fullmatch(own):
        return _NUMBER.sub(own, first) if _NUMBER.search(first) else side
    led = _LED.match(own)
    if led is None:
        return side
    *heads, _ = re.split(rf" (?={led[0]} )", first, flags=re.IGNORECASE)
    return f"{' '.join(heads) or first} {own}"


def _completed(part: str, first: str) -> str:
    if _ALL_OF_THEM.search(part):
        return f"{part} ({' '.join(content_of(first))})"
    return completed(part, first)


def _stands(part: str) -> bool:
    """Whether it asks for something, and says of what."""
    return bool(_ASKING.match(part)) and not _CLAUSE.match(part) and len(words(part)) >= _SHORTEST
