"""Words that stand for the opposite, or for another unit, of what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.verification.nouns import Finding
from rag.whole.terms import stem

_WORD = re.compile(r"[^\W\d_]+")
_OPPOSITES = """
    open close, minimum maximum, least most, increase decrease, increased decreased, rise fall, rose fell,
    raise lower, raised lowered, higher lower, above below, over under, more less, more fewer, before after,
    larger smaller, longer shorter, accept reject, accepted rejected, approved rejected, approve reject,
    present absent, all some, every some, always never, must may, mandatory optional, first last, earlier
    later, buy sell, bought sold, won lost, gain loss, profit loss, income expenses, allowed forbidden,
    permitted prohibited, included excluded, includes excludes, inside outside, left right, north south, east
    west, hot cold, wet dry, early late, arrive depart, older younger, start end, begins ends, enable disable,
    enabled disabled, import export, internal external, monthly weekly, monthly yearly, monthly daily, weekly
    daily, weekly yearly, annual monthly
"""
_UNITS = """
    second minute hour day week month year decade century, mg g kg t lb oz, mm cm m km inch foot feet yard mile,
    ml l litre liter gallon, watt kw mw, percent permille, celsius fahrenheit kelvin, kb mb gb tb, byte bit
"""
_PAIRS = frozenset(frozenset(map(stem, pair.split())) for pair in _OPPOSITES.split(","))
_UNIT_OF = {stem(word): n for n, group in enumerate(_UNITS.split(",")) for word in group.split()}


def exchanged(said: str, there: str) -> Iterator[Finding]:
    """A finding for each word that stands where the sentence has its opposite, or another unit of the same kind."""
    theirs = {stem(word.casefold()): word for word in _WORD.findall(there)}
    for word in _WORD.findall(said):
        own = stem(word.casefold())
        if own in theirs:
            continue
        other = next((one for one in theirs if {own, one} in _PAIRS or _is_other_unit(own, one)), None)
        if other is not None:
            yield Finding("word", word, theirs[other])


def _is_other_unit(one: str, other: str) -> bool:
    return one in _UNIT_OF and _UNIT_OF[one] == _UNIT_OF.get(other)
