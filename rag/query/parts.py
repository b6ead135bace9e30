"""The parts of a question that asks for several things: "What is the rent, and when is it due?"."""

from __future__ import annotations

import re

from rag.query.condensing import completed
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
_JOINT = re.compile(
    rf"\?\s+(?:and\s+)?(?={_ASKS})|,?\s+(?:and|und|y)\s+(?:also\s+)?(?={_ASKS})|[,;]\s+(?={_ASKS})", re.IGNORECASE
)
_EMBEDDED = re.compile(
    r"\b(?:between|difference|about|say|says|said|tell|know|explain) (?:\w+ )?(?:what|which|who|how)\b"
)
"""Questions within one: "the difference between what tenants and what landlords pay"."""
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
    return first, *(completed(part, first) for part in others)


def _stands(part: str) -> bool:
    """Whether it asks for something, and says of what."""
    return bool(_ASKING.match(part)) and len(words(part)) >= _SHORTEST
