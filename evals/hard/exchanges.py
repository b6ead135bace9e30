"""Who did what to whom: claims whose words all stand in the passage, each pair of them in right and in wrong places."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from evals.made_claims import Claim, Source
from evals.planting import whole_names
from rag.whole.terms import is_telling, words

_ACTS = """
    acquired sued defeated hired taught painted criticised rescued replaced appointed succeeded trained betrayed
    advised invited attacked protected examined inspired interviewed nominated arrested supplied financed
"""
_COMPARED = (
    "larger smaller, older younger, taller shorter, heavier lighter, faster slower, stronger weaker, cheaper dearer"
)
_MOVES = (
    "The line runs from {a} to {b}.",
    "The office moved from {a} to {b} last year.",
    "They walked from {a} to {b}.",
)
_NOUN = (
    r"(?:(?:The|the|An?|an?|His|his|Her|her|Its|its|Their|their|This|this) )?(?:[A-Za-z][\w-]+ ){0,3}?[A-Za-z][\w-]+"
)
_PASSIVE = re.compile(
    rf"^(?P<a>{_NOUN}) (?P<be>is|are|was|were) (?P<verb>[a-z]+(?:ed|wn|ght)) by (?P<b>{_NOUN})(?=[.,;])"
)
_FROM_TO = re.compile(rf"\bfrom (?P<a>{_NOUN}) to (?P<b>{_NOUN})(?=[.,;])")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w,]|\.\d)")
_NOT_AGENTS = re.compile(r"\b(?:\w+ing|the time|then|now|itself|themselves|herself|himself|way|means|hand|day|night)\b")
_SYMMETRIC = re.compile(r"\b(?:and|or|between|both|with|to|married|met)\b|&")


def exchanges(source: Source, pool: Sequence[str], rng: random.Random) -> Iterator[Claim]:
    """Sentences of the passage with two of their parts exchanged, and sentences of our own put among its own, about two
    names of the pool, said rightly and wrongly in the active and the passive voice."""
    for text in source.sentences:
        yield from _by_nouns(text, source.text)
        for kind, places in (("numbers", [one.span() for one in _NUMBER.finditer(text)]), ("names", _names(text))):
            claim = _two_exchanged(text, places, rng)
            if claim:
                yield Claim(f"{kind} exchanged", claim, source.text, holds=False)
    if len(pool) > 1:
        a, b = rng.sample(pool, 2)
        yield from _written(source, a, b, rng)


def _by_nouns(text: str, passage: str) -> Iterator[Claim]:
    """Of a passive, and of what goes from one to another."""
    if (found := _PASSIVE.search(text)) and not _NOT_AGENTS.search(found["b"]):
        a, b, verb = _lower(found["a"]), _lower(found["b"]), found["verb"]
        yield Claim("passive exchanged", _upper(f"{b} {found['be']} {verb} by {a}."), passage, holds=False)
        yield Claim("passive as active, exchanged", _upper(f"{a} {verb} {b}."), passage, holds=False)
        yield Claim("passive as active", _upper(f"{b} {verb} {a}."), passage, holds=True)
    if found := _FROM_TO.search(text):
        turned = f"from {found['b']} to {found['a']}"
        yield Claim("from and to exchanged", text[: found.start()] + turned + text[found.end() :], passage, holds=False)
        turned = f"to {found['b']} from {found['a']}"
        yield Claim("to before from", text[: found.start()] + turned + text[found.end() :], passage, holds=True)


def _written(source: Source, a: str, b: str, rng: random.Random) -> Iterator[Claim]:
    """Each sentence said of a and b among those of the passage, with claims that hold and that do not."""
    act, year = rng.choice(_ACTS.split()), rng.randint(1850, 2020)
    more, less = rng.choice(_COMPARED.split(", ")).split()
    move = rng.choice(_MOVES)
    there, back = move.format(a=a, b=b), move.format(a=b, b=a)
    own, turned = f"{a} {act} {b} in {year}.", f"{b} {act} {a} in {year}."
    passive, away = f"{b} was {act} by {a} in {year}.", f"{a} was {act} by {b} in {year}."
    than = f"{a} is {more} than {b}."
    for kind, said, right, wrong in (
        ("active", own, (passive, f"In {year}, {a} {act} {b}."), (turned, f"{a} was {act} by {b}.")),
        ("passive", passive, (own, f"In {year} {b} was {act} by {a}."), (away, f"In {year}, {b} {act} {a}.")),
        ("compared", than, (f"{b} is {less} than {a}.",), (f"{b} is {more} than {a}.", f"{a} is {less} than {b}.")),
        ("moved", there, (f"In short, {_lower(there)}",), (back,)),
    ):
        passage = _among(said, source, rng)
        yield from (Claim(f"written, {kind}, right", text, passage, holds=True) for text in right)
        yield from (Claim(f"written, {kind}, wrong", text, passage, holds=False) for text in wrong)


def _among(said: str, source: Source, rng: random.Random) -> str:
    found = list(source.sentences)
    found.insert(rng.randint(0, len(found)), said)
    return " ".join(found)


def _names(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for name in whole_names(text):
        start = text.find(name, at)
        if start >= 0:
            found.append((start, at := start + len(name)))
    return found


def _two_exchanged(text: str, places: Sequence[tuple[int, int]], rng: random.Random) -> str:
    """The text with two neighbours exchanged that are no mere list; empty where there are none."""
    pairs = [
        (first, second)
        for first, second in zip(places, places[1:], strict=False)
        if text[slice(*first)] != text[slice(*second)] and _parts(text[first[1] : second[0]])
    ]
    if not pairs or any(text.count(text[slice(*place)]) > 1 for place in places):
        return ""
    (start, end), (first, last) = rng.choice(pairs)
    return text[:start] + text[first:last] + text[end:first] + text[start:end] + text[last:]


def _parts(between: str) -> bool:
    return any(map(is_telling, words(between))) and not _SYMMETRIC.search(between)


def _lower(noun: str) -> str:
    first, _, rest = noun.partition(" ")
    return (
        f"{first.lower()} {rest}"
        if rest and first in {"The", "A", "An", "His", "Her", "Its", "Their", "This", "They"}
        else noun
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
