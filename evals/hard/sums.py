"""Claims that follow from the numbers of a passage by one step of arithmetic, and the same with a wrong result."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from evals.made_claims import Claim, Source

_COUNTED = re.compile(r"(?<![\w.,$£€-])(\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.\d+)? ([a-z]{4,})\b")
_YEARS = re.compile(r"\b(1[5-9]\d\d|20[012]\d)\b")
_NO_UNITS = frozenset("from with that this were than when which into until have been about after before over".split())  # noqa: SIM905
_ITEMS = "Printer, Garden shed, Summer trip, Insurance, Website, Window cleaning, Tea and coffee, Coach hire, Repairs"
_MONEY = ("euros", "pounds", "dollars")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two numbers of a passage that count the same."""

    first: int
    second: int
    unit: str
    sentence: str


def sums(source: Source, rng: random.Random) -> Iterator[Claim]:
    """About pairs of a sentence, about years, and about a table of our own put behind the passage."""
    for pair in _pairs(source.sentences):
        for way, value, text in _ways(pair):
            yield Claim(f"{way}, right", text.format(f"{value:,}"), source.text, holds=True)
            yield Claim(f"{way}, wrong", text.format(f"{_other(value, rng):,}"), source.text, holds=False)
    for sentence in source.sentences:
        years = [int(one) for one in _YEARS.findall(sentence)]
        if len(years) == 2 and 3 < years[1] - years[0] < 90:  # noqa: PLR2004 - a life, a reign
            text = f"{sentence.rstrip('.')}, {{}} years later."
            span = years[1] - years[0]
            yield Claim("years, right", text.format(span), source.text, holds=True)
            yield Claim("years, wrong", text.format(_other(span, rng)), source.text, holds=False)
    yield from _of_table(source, rng)


def _pairs(sentences: Sequence[str]) -> Iterator[_Pair]:
    for sentence in sentences:
        found = [
            (int(one[1].replace(",", "")), one[2]) for one in _COUNTED.finditer(sentence) if one[2] not in _NO_UNITS
        ]
        for (first, unit), (second, other) in combinations(found, 2):
            if unit.rstrip("s") == other.rstrip("s") and first != second and min(first, second) > 1:
                yield _Pair(first, second, unit if unit.endswith("s") else other, sentence)
                break


def _ways(pair: _Pair) -> Iterator[tuple[str, int, str]]:
    high, low = max(pair.first, pair.second), min(pair.first, pair.second)
    head = pair.sentence.rstrip(".")
    yield "total", high + low, f"{head}, a total of {{}} {pair.unit}."
    yield "difference", high - low, f"{head}, a difference of {{}} {pair.unit}."
    yield "total alone", high + low, f"Together, {pair.first:,} and {pair.second:,} {pair.unit} are {{}} {pair.unit}."
    if (high + low) % 2 == 0:
        yield "average", (high + low) // 2, f"{head}, or {{}} {pair.unit} on average."
    if high % low == 0 and high // low < 10:  # noqa: PLR2004
        yield "times", high // low, f"{head}, which is {{}} times as many {pair.unit}."


def _of_table(source: Source, rng: random.Random) -> Iterator[Claim]:
    """A budget: its totals, its differences and its shares."""
    money = rng.choice(_MONEY)
    names = rng.sample(_ITEMS.split(", "), 4)
    planned = [10 * rng.randint(20, 900) for _ in names]
    spent = [value + 10 * rng.randint(1, value // 20) for value in planned]
    rows = "\n".join(f"| {row[0]} | {row[1]:,} | {row[2]:,} |" for row in zip(names, planned, spent, strict=True))
    passage = f"{source.text}\n\n| Item | Budget ({money}) | Spent ({money}) |\n|---|---|---|\n{rows}"
    item = rng.randrange(len(names))
    of_one = f"The {names[item].lower()} exceeded its budget"
    for way, value, text in (
        ("table, total", sum(planned), f"The total budget is {{}} {money}."),
        ("table, total", sum(spent), f"Altogether, {{}} {money} were spent."),
        ("table, difference", spent[item] - planned[item], f"{of_one} by {{}} {money}."),
    ):
        yield Claim(f"{way}, right", text.format(f"{value:,}"), passage, holds=True)
        yield Claim(f"{way}, wrong", text.format(f"{_other(value, rng):,}"), passage, holds=False)


def _other(value: int, rng: random.Random) -> int:
    """A number of its size that is not it; often a near one, as of a slip."""
    near = max(2, value // 5)
    return value + rng.choice([-1, 1]) * rng.randint(1, near) if value > near else value + rng.randint(1, near)
