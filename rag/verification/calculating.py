"""Whether a number of a claim follows from numbers of its source by one step that the claim's words speak of.

With many numbers some step hits any value by chance. So the claim must have a word for the step, and the numbers must
count the same and stand together: in a sentence, in neighbouring ones that speak of the claim, in a row or column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import isclose

from rag.verification.amounts import Amount, amounts
from rag.whole.terms import terms

_TOTAL = re.compile(
    r"\b(?:total(?:s|led|ling)?|altogether|together|overall|combined|in all|sum|both|"
    r"insgesamt|zusammen|gesamt\w*|summe)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:more|less|fewer|differ\w*|increas\w*|decreas\w*|rises?|rose|risen|rais\w*|grew|grown|fell|fallen|drop\w*|"
    r"surplus|profit|deficit|loss|exceed\w*|sav\w+|left|remain\w*|gain\w*|lost|younger|older|longer|shorter|higher|lower|"
    r"later|earlier|lasted|lasts?|runs?|apart|between|over|under|change\w*|gap|mehr|weniger|unterschied|differenz|um|"
    r"gestiegen|gesunken|überschuss|dauert\w*)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b(?:aged?|old|alt)\b", re.IGNORECASE)
_SHARE = re.compile(r"%|\bper ?cent|\bpercentage|\bprozent", re.IGNORECASE)
_AVERAGE = re.compile(r"\b(?:average\w*|mean|durchschnitt\w*|im schnitt)\b", re.IGNORECASE)
_TIMES = re.compile(r"\b(?:times|fold|multiple|mal|fache)\b|\bmonths['’]|\bweeks['’]", re.IGNORECASE)
_PER_YEAR = re.compile(
    r"\b(?:annual\w*|yearly|(?:per|a|each|every) year|jährlich|jahres\w*|im jahr|pro jahr)\b", re.IGNORECASE
)
_PER_MONTH = re.compile(r"\b(?:monthly|(?:per|a|each|every) month|monatlich|im monat|pro monat)\b", re.IGNORECASE)
_PER_WEEK = re.compile(r"\b(?:weekly|(?:per|a|each|every) week|wöchentlich|pro woche)\b", re.IGNORECASE)
_PARTS = ((_PER_YEAR, _PER_MONTH, 12), (_PER_YEAR, _PER_WEEK, 52))
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|rund|etwa|ungefähr)\W*\Z", re.IGNORECASE
)
_CUES = (_TOTAL, _DIFFERENCE, _AVERAGE, _TIMES, _PER_YEAR, _PER_MONTH, _PER_WEEK)
_LEAST, _MOST = 3, 12
"""Numbers of a sentence or a column that are added up, beside any two."""
_MANY = 12
"""Numbers that stand together of which two are tried: with more some pair hits by chance."""
_CLOSE = 0.02
"""How far "about" is, as a share."""
_BEFORE, _BEHIND = 60, 40
"""Characters around a number in which a word speaks of how it comes."""
_ROW = re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE)

_HEADER = re.compile(r"^[ \t]*(\|.*\|)[ \t]*\n[ \t]*\|[ \t:|-]+\|[ \t]*$", re.MULTILINE)

Steps = Iterator[tuple[float, str]]
"""Values with how they were calculated."""


def calculated(claim: str, amount: Amount, sentences: Sequence[str], evidence: Sequence[str]) -> str:
    """How the claim's number follows from those of the sentences that speak of it, or of the tables of the evidence, as
    "48,200 - 39,700"; empty where it does not."""
    is_about = _ABOUT.search(claim[: amount.fact.start]) is not None
    named = terms(claim)
    claim = claim[max(0, amount.fact.start - _BEFORE) : amount.fact.end + _BEHIND]
    groups = [list(amounts(text)) for text in sentences]
    rows = [row for text in evidence for row in _rows(text, named)]
    beside = [[one for group in groups for one in group], *rows]
    steps = (
        *_sums(claim, amount, groups, evidence),
        *(step for group in beside for step in _differences(claim, amount, group)),
        *(step for group in beside for step in _ratios(claim, amount, group)),
        *_by_period(claim, amount, sentences),
    )
    return next((how for value, how in steps if _is(amount, value, is_about=is_about)), "")


def _is(amount: Amount, value: float, *, is_about: bool) -> bool:
    if is_about:
        return isclose(amount.measured, value, rel_tol=_CLOSE)
    digits = amount.fact.key.partition(".")[2]
    is_exact = isclose(amount.measured, value, rel_tol=1e-9)
    is_rounded = value != round(value) and round(value / amount.size, len(digits)) == amount.value
    return is_exact or is_rounded


def _sums(claim: str, amount: Amount, groups: Sequence[Sequence[Amount]], evidence: Sequence[str]) -> Steps:
    is_total, is_average = _TOTAL.search(claim) is not None, _AVERAGE.search(claim) is not None
    if not is_total and not is_average:
        return
    columns = [column for text in evidence for column in _columns(text)]
    for group in (*_alike(amount, groups), *columns):
        values = [one.measured for one in group]
        how = " + ".join(one.text for one in group)
        if is_total:
            yield sum(values), how
        if is_average:
            yield sum(values) / len(values), f"({how}) / {len(values)}"


def _alike(amount: Amount, groups: Sequence[Sequence[Amount]]) -> Iterator[Sequence[Amount]]:
    """All numbers of a sentence that count what the claim's does, and any two of neighbouring ones."""
    own = [[one for one in group if one.counts_as(amount) and not one.is_year] for group in groups]
    yield from (group for group in own if _LEAST <= len(group) <= _MOST)
    yield from _pairs([one for group in own for one in group])


def _pairs(found: Sequence[Amount]) -> Iterator[tuple[Amount, Amount]]:
    if len(found) <= _MANY:
        yield from ((one, two) for one, two in combinations(found, 2) if one.counts_as(two) and one.value != two.value)


def _columns(text: str) -> Iterator[Sequence[Amount]]:
    """The columns of numbers of the tables of a text."""
    rows = _cells(_HEADER.sub("", text))
    for column in zip(*(row for row in rows if len(row) == len(rows[0])), strict=True):
        numbers = [found[0] for cell in column if len(found := amounts(f"| {cell} |")) == 1]
        if 1 < len(numbers) <= _MOST:
            yield numbers


def headers(text: str) -> str:
    """The rows that name the columns of its tables, which are said of every row."""
    return "\n".join(found[1] for found in _HEADER.finditer(text))


def _rows(text: str, named: frozenset[str]) -> Iterator[Sequence[Amount]]:
    """The numbers of each row of a table that the claim names by all words of its first cell."""
    for first, *cells in _cells(text):
        if (own := terms(first)) and own <= named:
            yield amounts("| " + " | ".join(cells) + " |")


def _cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in _ROW.findall(text)]


def _differences(claim: str, amount: Amount, found: Sequence[Amount]) -> Steps:
    is_difference = _DIFFERENCE.search(claim) is not None
    if is_difference:
        for one, two in _pairs([one for one in found if one.counts_as(amount) and not one.is_year]):
            high, low = sorted((one, two), key=lambda of: -of.measured)
            yield high.measured - low.measured, f"{high.text} − {low.text}"
    if amount.unit == "time" and (is_difference or _AGE.search(claim)):
        for one, two in _pairs([one for one in found if one.is_year]):
            high, low = sorted((one, two), key=lambda of: -of.value)
            yield (high.value - low.value) * amount.size, f"{high.text} − {low.text}"


def _ratios(claim: str, amount: Amount, found: Sequence[Amount]) -> Steps:
    is_share = amount.unit == "share" and _SHARE.search(claim) is not None
    if not is_share and not _TIMES.search(claim):
        return
    for one, two in _pairs([one for one in found if not one.is_year and one.measured > 0]):
        high, low = sorted((one, two), key=lambda of: -of.measured)
        if is_share and high.unit != "share":
            yield 100 * low.measured / high.measured, f"{low.text} / {high.text}"
            if _DIFFERENCE.search(claim):
                yield 100 * (two.measured - one.measured) / one.measured, f"({two.text} − {one.text}) / {one.text}"
                yield 100 * (one.measured - two.measured) / one.measured, f"({one.text} − {two.text}) / {one.text}"
        elif not is_share:
            yield high.measured / low.measured * amount.size, f"{high.text} / {low.text}"


def _by_period(claim: str, amount: Amount, sentences: Sequence[str]) -> Steps:
    """What comes together in a year of what is told for a month, and the other way round."""
    for text in sentences:
        for longer, shorter, n in _PARTS:
            for one in amounts(text):
                if one.counts_as(amount) and longer.search(claim) and shorter.search(text):
                    yield one.measured * n, f"{n} × {one.text}"
                if one.counts_as(amount) and shorter.search(claim) and longer.search(text):
                    yield one.measured / n, f"{one.text} / {n}"


def is_period(word: str) -> bool:
    """Whether it says for how long something is told, as "annual" does."""
    return any(period.fullmatch(word) for period in (_PER_YEAR, _PER_MONTH, _PER_WEEK))


def cues(claim: str) -> tuple[str, ...]:
    """Its words that speak of a step."""
    return tuple(word for cue in _CUES for word in cue.findall(claim))
