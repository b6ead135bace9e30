"""Numbers said in another form: rounded, bounded, as a word, a fraction or in another unit; and the same wrongly."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from evals.made_claims import Claim, Source

_NUMBER = re.compile(r"(?<![\w.,$£€/-])(\d{1,3}(?:,\d{3})+|\d{3,6})(?![\w,%/-]|\.\d)")
_BOUND = re.compile(
    r"\b(?:about|around|over|under|more|less|fewer|than|nearly|almost|least|most|some|approximately|up)\b[^.]{0,6}$"
)
_PERCENT = {"25": "a quarter", "50": "half", "75": "three quarters", "20": "a fifth", "33": "a third", "10": "a tenth"}
_SHARE = re.compile(r"(?<![\w.,-])(25|50|75|20|33|10) ?(?:%|percent|per cent)(?= of\b)")
_UNITS: Sequence[tuple[str, str, int]] = (
    ("years?", "months", 12),
    ("weeks?", "days", 7),
    ("hours?", "minutes", 60),
    ("days?", "hours", 24),
    ("minutes?", "seconds", 60),
    ("(?:km|kilomet(?:re|er)s?)", "metres", 1000),
    ("kg", "g", 1000),
    ("(?:m|met(?:re|er)s?)", "cm", 100),
    ("(?:l|lit(?:re|er)s?)", "ml", 1000),
)
_MEASURED = [
    (re.compile(rf"(?<![\w.,$£€/-])([2-9]|[1-9]\d) {one}\b(?![-/²³])"), other, by) for one, other, by in _UNITS
]


def forms(source: Source, rng: random.Random) -> Iterator[Claim]:
    """Of every sentence with such a number."""
    for text in source.sentences:
        for kind, claim, holds in (*_rounded(text, rng), *_shares(text, rng), *_converted(text, rng)):
            yield Claim(kind, claim, source.text, holds=holds)


def _rounded(text: str, rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    places = [one for one in _NUMBER.finditer(text) if not _BOUND.search(text[: one.start()]) and not _is_year(one[0])]
    if not places:
        return
    place = rng.choice(places)
    value = int(place[1].replace(",", ""))
    if value < 100:  # noqa: PLR2004
        return
    step = 10 ** (len(str(value)) - 2)
    low, high, near = value // step * step, (value // step + 1) * step, round(value / step) * step
    if low == value:
        low -= step

    def said(words: str, number: int) -> str:
        return f"{text[: place.start()]}{words} {number:,}{text[place.end() :]}"

    word: Callable[[str], str] = lambda options: rng.choice(options.split(", "))  # noqa: E731 - three uses, one line
    yield "about", said(word("about, around, roughly, approximately, some"), near), True
    yield "about, wrong", said("about", round(value * rng.choice([0.6, 0.75, 1.3, 1.6]) / step) * step), False
    yield "bound", said(word("more than, over, at least"), low), True
    yield "bound", said(word("fewer than, less than, at most"), high), True
    yield "bound, wrong", said(word("more than, over, at least"), high), False
    yield "bound, wrong", said(word("fewer than, less than, under"), low), False
    if high - value < 0.05 * value:  # noqa: PLR2004
        yield "about", said(word("nearly, almost, just under"), high), True


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits < "2100"  # noqa: PLR2004


def _shares(text: str, rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    if place := _SHARE.search(text):
        wrong = rng.choice([word for word in _PERCENT.values() if word != _PERCENT[place[1]]])
        yield "share in words", text[: place.start()] + _PERCENT[place[1]] + text[place.end() :], True
        yield "share in words, wrong", text[: place.start()] + wrong + text[place.end() :], False


def _converted(text: str, rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    for pattern, unit, by in _MEASURED:
        if place := pattern.search(text):
            value = int(place[1]) * by
            wrong = value + by * rng.choice([-1, 1]) if rng.random() < 0.5 else int(place[1]) * 10  # noqa: PLR2004
            yield "other unit", f"{text[: place.start()]}{value:,} {unit}{text[place.end() :]}", True
            if wrong != value:
                yield "other unit, wrong", f"{text[: place.start()]}{wrong:,} {unit}{text[place.end() :]}", False
            return
