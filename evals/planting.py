"""Errors planted in true sentences: one number, date, name or negation is changed and nothing else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.verification.names import names
from rag.verification.quantities import MONTHS

Error = Literal["number", "date", "name", "negation"]
ERRORS: tuple[Error, ...] = ("number", "date", "name", "negation")

_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_MONTH = re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in MONTHS)})\b")
_DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w.,]*\d)")
_SPELLED = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty)\b")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|must|may|might|did|does|do)\b(?! not|n't)"
)
_DENIED = (
    (re.compile(r"\b(is|are|was|were|has|have|had|could|would|should|must|did|does|do|may|might|will) not\b"), r"\1"),
    (re.compile(r"\b(is|are|was|were|has|have|had|could|would|should|did|does|do)n['’]t\b"), r"\1"),
    (re.compile(r"\bcannot\b|\bcan['’]t\b"), "can"),
    (re.compile(r"\bnever\b"), "always"),
    (re.compile(r"\bwithout\b"), "with"),
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence of a passage, and the same with one error."""

    error: Error
    sentence: str
    claim: str
    passage: str


def planted(passage: str, sentences: Sequence[str], elsewhere: Sequence[str], rng: random.Random) -> Iterator[Planted]:
    """At most one error of each kind in every sentence. `elsewhere`: names of other passages, one of which takes the
    place of a name half of the time, else another one of this passage."""
    here = [name for sentence in sentences for name in whole_names(sentence)]
    changes: Mapping[Error, Callable[[str], str | None]] = {
        "number": lambda text: _other_number(text, rng),
        "date": lambda text: _other_date(text, rng),
        "name": lambda text: _other_name(text, here, elsewhere, rng),
        "negation": lambda text: _turned(text, rng),
    }
    for sentence in sentences:
        for error, change in changes.items():
            claim = change(sentence)
            if claim is not None and claim != sentence:
                yield Planted(error, sentence, claim, passage)


def whole_names(text: str) -> list[str]:
    """Neighbouring words of names as one name each."""
    facts = [fact for fact in names(text) if fact.kind == "name"]
    if not facts:
        return []
    found = [[facts[0]]]
    for before, fact in pairwise(facts):
        if text[before.end : fact.start] == " ":
            found[-1].append(fact)
        else:
            found.append([fact])
    return [text[run[0].start : run[-1].end] for run in found]


def _other_number(text: str, rng: random.Random) -> str | None:
    places = [one for one in _DIGITS.finditer(text) if not _YEAR.fullmatch(one[0])]
    spelled = list(_SPELLED.finditer(text))
    if not places and not spelled:
        return None
    place = rng.choice(places + spelled)
    if place in spelled:
        others = [word for word in ("two", "three", "four", "six", "seven", "eight", "nine") if word != place[0]]
        return _with(text, place.span(), rng.choice(others))
    return _with(text, place.span(), _other_digits(place[0], rng))


def _other_digits(digits: str, rng: random.Random) -> str:
    """Another digit in one place: the form stays, the value does not."""
    places = [at for at, sign in enumerate(digits) if sign.isdigit()]
    at = rng.choice(places)
    lowest = "1" if at == 0 and len(digits) > 1 else "0"
    new = rng.choice([sign for sign in "0123456789" if sign != digits[at] and sign >= lowest])
    return digits[:at] + new + digits[at + 1 :]


def _other_date(text: str, rng: random.Random) -> str | None:
    places = [*_YEAR.finditer(text), *_MONTH.finditer(text)]
    if not places:
        return None
    place = rng.choice(places)
    if place[0][0].isdigit():
        return _with(text, place.span(), str(int(place[0]) + rng.choice([-30, -11, -10, -2, -1, 1, 2, 9, 10, 20])))
    return _with(text, place.span(), rng.choice([name.capitalize() for name in MONTHS if name != place[0].lower()]))


def _other_name(text: str, here: Sequence[str], elsewhere: Sequence[str], rng: random.Random) -> str | None:
    own = whole_names(text)
    if not own:
        return None
    name = rng.choice(own)
    parts = {part.casefold() for one in own for part in one.split()}
    inside = [one for one in here if not parts & {part.casefold() for part in one.split()}]
    pool = (
        inside
        if inside and rng.random() < 0.5
        else [one for one in elsewhere if one.split()[0].casefold() not in parts]
    )  # noqa: PLR2004
    return text.replace(name, rng.choice(pool), 1) if pool else None


def _turned(text: str, rng: random.Random) -> str | None:
    """A negation taken away where there is one, else one put in."""
    for pattern, instead in _DENIED:
        if pattern.search(text):
            return pattern.sub(instead, text, count=1)
    places = list(_AUXILIARY.finditer(text))
    if not places:
        return None
    place = places[0] if rng.random() < 0.7 else rng.choice(places)  # noqa: PLR2004
    return f"{text[: place.end()]} not{text[place.end() :]}"


def _with(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]
