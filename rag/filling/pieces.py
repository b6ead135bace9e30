"""A sentence in pieces that speak of one value each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from rag.filling.values import Place
from rag.filling.words import stems_of

_STRONG = re.compile(r"[;|\n]|\b(?:and|but|or|while|whereas|und|aber|oder|während)\b", re.IGNORECASE)
_WEAK = re.compile(r",(?!\d)")
_END = re.compile(rf"{_STRONG.pattern}|{_WEAK.pattern}", re.IGNORECASE)
_LINK = re.compile(r"[:=]|\b(?:is|are|was|were|amounts?|equals|ist|sind|war|beträgt|lautet|heißt)\b", re.IGNORECASE)
_LEADING = re.compile(
    r"\b(?:of|in|on|at|to|for|from|with|by|until|von|im|in|am|an|zu|für|bis|mit|bei|aus|auf)\b", re.IGNORECASE
)
_LED = re.compile(rf"{_LEADING.pattern}(?: the)?\s+\Z", re.IGNORECASE)

_ENTRY = rf"(?:(?!{_LINK.pattern})[^,;:=|\n.!?]){{1,60}}"
_ENUMERATED = re.compile(
    rf"[^,;|\n.!?]{{1,120}}(?:{_LINK.pattern})(?P<entries>{_ENTRY}(?:,{_ENTRY}){{0,40}},?\s(?:and|or|und|oder|sowie|&)\s{_ENTRY})",
    re.IGNORECASE,
)
"""Entries behind one verb or colon, the last one behind "and"."""
_LONGEST_LIST = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a text, whether the value that they speak of is the one that is looked for, and whether a preposition
    leads to it: "in Berlin"."""

    text: str
    stems: frozenset[str]
    is_it: bool
    is_led: bool


def pieces(text: str, places: Sequence[Place]) -> Iterator[Piece]:
    """For each of these values what speaks of it. They are parted where a part of the sentence ends; of "the rent of
    three rooms is 900 euros" the rooms are of three, and the rest is of 900. One that says nothing but its value goes
    on with what stands before it."""
    begin, led, before = 0, "", frozenset[str]()
    for one, other in zip_longest(places, places[1:]):
        start, end, goes_on = _parted(text, begin, one, other) if other else (begin, len(text), False)
        said = (led if start == begin else "") + text[start:end]
        says = frozenset(stems_of(said.replace(text[one.start : one.end], " ")))
        before = frozenset(stems_of(said)) if says else before
        yield Piece(said, before, one.is_it, _is_led(text, one))
        led = led + text[begin:start] if goes_on else ""
        begin = end


def clause(text: str, place: Place) -> Piece:
    """The part of a sentence in which a value stands; of an entry of an enumeration what stands before the first."""
    for listed in _ENUMERATED.finditer(text) if len(text) <= _LONGEST_LIST else ():
        if listed.start("entries") <= place.start and place.end <= listed.end("entries"):
            said = text[listed.start() : listed.start("entries")] + text[place.start : place.end]
            return Piece(said, frozenset(stems_of(said)), place.is_it, _is_led(text, place))
    ends = [found.start() for found in _END.finditer(text)]
    end = min((at for at in ends if at >= place.end), default=len(text))
    for start in [*(at for at in reversed(ends) if at <= place.start), 0]:
        if stems_of(text[start : place.start]) or stems_of(text[place.end : end]):
            break
    return Piece(text[start:end], frozenset(stems_of(text[start:end])), place.is_it, _is_led(text, place))


def clauses(text: str) -> list[str]:
    """The parts of a sentence."""
    cuts = [0, *(found.start() for found in _END.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _parted(text: str, begin: int, one: Place, other: Place) -> tuple[int, int, bool]:
    """Start and end of what speaks of the one value before the other, and whether what stands before it speaks of the
    other."""
    between, is_led_up = text[one.end : other.start], bool(stems_of(text[begin : one.start]))
    for pattern in (_STRONG, _WEAK):
        cuts = [found.start() for found in pattern.finditer(between)]
        if cuts:
            telling = [
                cut for cut in cuts if is_led_up and stems_of(between[cut:])
            ]  # "the seller, Ada, and the buyer, Jo"
            return begin, one.end + max(telling or cuts), False
    link = _LINK.search(between)
    if link and is_led_up:
        return begin + (_last(_LEADING, text[begin : one.start]) or 0), one.end + link.start(), True
    return begin, one.end + (_last(_LEADING, between) or 0), False


def _is_led(text: str, place: Place) -> bool:
    return _LED.search(text, 0, place.start) is not None


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    return max((found.start() for found in pattern.finditer(text)), default=None)
