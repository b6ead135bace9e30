"""Words that stand for the opposite, or for another unit, of what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from rag.verification.nouns import Finding
from rag.verification.units import is_other_unit
from rag.whole.terms import stem

_WORD = re.compile(r"[^\W\d_]+")
_OPPOSITES = """
    open opened opens / close closed closes, minimum / maximum, least / most, above / below, over / under, before /
    after, rise rises rose risen grow grows grew grown increase increases increased climb climbed raise raises
    raised gain gained / fall falls fell fallen decrease decreases decreased decline declined drop dropped shrink
    shrank lower lowered lose lost, higher / lower, more / less fewer, most / fewest, larger bigger greater /
    smaller, longer taller / shorter, older / younger newer, heavier / lighter, faster quicker / slower, stronger /
    weaker, better / worse, harder / softer, dearer / cheaper, warmer hotter / colder cooler, richer / poorer, wider
    / narrower, deeper / shallower, thicker / thinner, farther / nearer closer, sooner earlier / later, early /
    late, first / last, doubled / halved tripled, tripled / halved, double / half triple, accept accepts accepted
    approve approved carried passed / reject rejects rejected dismissed refused defeated, allowed upheld granted /
    dismissed rejected refused overturned denied declined, succeed succeeded / fail failed dismissed rejected denied,
    angenommen bewilligt genehmigt / abgelehnt zurückgewiesen abgewiesen verweigert,
    agreed / disagreed, present / absent, all
    every each / some most many few, always / never sometimes often, often frequently / rarely seldom, must / may,
    mandatory compulsory / optional voluntary, unanimously / narrowly, buy buys bought / sell sells sold, won /
    lost, profit surplus / loss deficit, income revenue / expenses expenditure, allowed permitted legal / forbidden
    prohibited banned illegal, included includes including / excluded excludes excluding, inside indoors / outside
    outdoors, into / out, by until / after, since / until, with / without, left / right, north northern / south
    southern, east eastern / west western, clockwise / counterclockwise anticlockwise, hot / cold, wet / dry, arrive
    arrives arrived / depart departs departed leaves left, start starts started begins began / end ends ended stops
    stopped, enable enables enabled activate activates activated / disable disables disabled deactivate deactivated
    inhibit inhibits inhibited, activate activates activated promotes / inhibits inhibited blocks blocked suppresses
    suppressed, import imports imported / export exports exported, internal / external, safe / dangerous unsafe,
    positive / negative, noon midday / midnight, morning mornings / afternoon afternoons evening evenings night,
    morgens vormittags / nachmittags abends nachts, mittags / mitternachts, once / twice thrice three, twice / thrice
    three, einmal / zweimal dreimal, zweimal / dreimal, unless / if when, valid / void, public / private, male /
    female, alive / dead, full / empty, advance / arrears, monthly / weekly yearly daily annual annually, weekly /
    daily yearly annual annually, daily / yearly annual hourly, offen geöffnet / geschlossen, über / unter, vor /
    nach, mehr / weniger, mindestens / höchstens, erlaubt gestattet / verboten untersagt, größer / kleiner, höher /
    niedriger, stieg gestiegen wuchs / fiel gefallen sank gesunken
"""
"""In each pair of groups every word of the one is opposed to every word of the other."""
_PAIRS = frozenset(
    frozenset(map(stem, pair))
    for pairs in _OPPOSITES.split(",")
    for one, _, other in [pairs.partition("/")]
    for pair in product(one.split(), other.split())
)


_DENIED = re.compile(
    r"(?:un|non)-?(?P<other>\w{4,})"
    r"|(?:in|im|il|ir)(?P<quality>\w{2,}(?:bl|al|ant|ent|at|it|et|iv|id|ect|ul|ular|us|ur|ibl|abl|ic))"
)
"""Stems of which the rest is the opposite; behind "in" and the like only what tells of what kind something is."""
_NO_DENIED = frozenset("less valuabl flammabl habit habitabl migrat format plant vent dent tent".split())  # noqa: SIM905
"""Rests that say something else without the syllable."""


def exchanged(said: str, there: str) -> Iterator[Finding]:
    """A finding for each word that stands where the sentence has its opposite, or another unit of the same kind."""
    theirs = {stem(word.casefold()): word for word in _WORD.findall(there)}
    for word in _WORD.findall(said):
        own = stem(word.casefold())
        if own in theirs:
            continue
        other = next((one for one in theirs if _are_opposed(own, one) or is_other_unit(own, one)), None)
        if other is not None:
            yield Finding("word", word, theirs[other])


def are_opposites(one: str, other: str) -> bool:
    """Whether two folded words say the opposite of each other."""
    return _are_opposed(stem(one), stem(other))


def _are_opposed(one: str, other: str) -> bool:
    """Of two stems."""
    return {one, other} in _PAIRS or _is_prefixed(one, other) or _is_prefixed(other, one)


def _is_prefixed(one: str, other: str) -> bool:
    """Whether the one is the other with a syllable before it that denies it: "impossible", "unpaid"."""
    found = _DENIED.fullmatch(one)
    return found is not None and other in {found["other"], found["quality"]} and other not in _NO_DENIED
