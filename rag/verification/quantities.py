"""Numbers and the parts of dates in a text, in one form however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from rag.verification.clock import PAIR, times
from rag.verification.dates import dates, slashed
from rag.verification.languages import language
from rag.verification.nouns import Fact
from rag.verification.spelled import spelled
from rag.verification.units import GLUED
from rag.verification.weekdays import weekdays


def _words(text: str) -> list[str]:
    return text.split()


_SMALL = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = _words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
_TENTHS = [word.replace("ty", "tieth") for word in _TENS]
_VALUES = (
    {word: value for value, word in enumerate(_SMALL)}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
    | {word: value for value, word in enumerate(_ORDINALS, start=1)}
    | {word: 10 * value for value, word in enumerate(_TENTHS, start=2)}
    | {"dozen": 12}
)
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 10**12,
    "k": 1_000,
    "m": 1_000_000,
    "bn": 1_000_000_000,
    "tausend": 1_000,
    "tsd": 1_000,
    "mio": 1_000_000,
    "millionen": 1_000_000,
    "millions": 1_000_000,
    "mrd": 1_000_000_000,
    "milliard": 1_000_000_000,
    "milliards": 1_000_000_000,
    "milliarde": 1_000_000_000,
    "milliarden": 1_000_000_000,
}
_BLANKS = " \u00a0\u202f\u2009’'"
_GERMAN_GROUPS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_EURO = r"(?:€|\beuros?\b|\beur\b|\bchf\b|\bfranken\b)"
_OF_EURO = re.compile(rf"{_EURO}[{_BLANKS}]?\Z", re.IGNORECASE), re.compile(rf"[{_BLANKS}]?{_EURO}", re.IGNORECASE)
"""Before and behind a number of a currency whose users group digits with points, in whatever language they write."""
MONTHS = _words("january february march april may june july august september october november december")
_MONTH = {name: n for n, name in enumerate(MONTHS, start=1)} | {name[:3]: n for n, name in enumerate(MONTHS, start=1)}
_MONTH["sept"] = 9
_MONTH |= dict(
    zip(_words("januar februar märz mai juni juli oktober dezember"), (1, 2, 3, 5, 6, 7, 10, 12), strict=True)
)

_DIGITS = (
    rf"\d{{1,3}}(?:(?P<group>[{_BLANKS}])\d{{3}}(?:(?P=group)\d{{3}}){{0,12}}(?:,\d{{1,2}}(?!\d)|\.\d+)?"
    r"|(?:,\d{3}){1,13}(?:\.\d+)?)(?!,?\d)|\d+(?:[.,]\d+)*"
)
_LARGE = "hundred|thousand|million|billion|trillion"
_SCALE = rf"{_LARGE}|bn|tausend|tsd|millionen|millions|milliarden?|milliards?|mio|mrd"
_ANY_SMALL = "|".join(sorted(_SMALL, key=len, reverse=True))
_ORDINAL = "|".join(_ORDINALS)
_RANK = "|".join([*_ORDINALS, *_TENTHS])
_UNIT = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_ORDINAL}|{_ANY_SMALL}))?|{_ANY_SMALL}|dozen)"
_NUMBER = re.compile(
    rf"(?<![\w.])(?<!\d,)(?P<sign>[-−–](?=\d))?(?P<money>[$€£¥] ?)?(?P<digits>{_DIGITS})(?P<suffix>st|nd|rd|th|s)?"
    rf"(?:[ \u00a0-]?(?P<scale>{_SCALE})|(?(money)(?P<short>[km](?![a-z])))|(?P<kilo>k(?!\w)))?"
    rf"(?:(?!\w|[.,]\d)|(?-i:(?={GLUED})))"
    rf"|\b(?P<words>(?:{_RANK})|(?:{_UNIT}|{_LARGE})(?:[ -](?:{_LARGE})(?:[ -](?:and )?{_UNIT})?)*)\b",
    re.IGNORECASE,
)
MONTH_NAMES = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
)
"""As a pattern: in full, in English and German."""
_MONTH_NAME = re.compile(rf"\b(?P<month>{MONTH_NAMES}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?")
_CURRENCIES = {
    form: name
    for name, forms in {
        "euro": "€ eur euro euros",
        "dollar": "$ usd dollar dollars",
        "pound": "£ gbp pound pounds",
        "yen": "¥ jpy yen",
        "franc": "chf franc francs franken",
    }.items()
    for form in forms.split()
}
_CURRENCY = re.compile(r"[€$£¥]|\b(?:eur|euros?|usd|dollars?|gbp|pounds?|jpy|yen|chf|francs?|franken)\b", re.IGNORECASE)
NUMERIC = re.compile(r"-?\d+(?:\.\d+)?")
"""The key of a number that is no code."""
_LONGEST = 40
"""Characters of a number; a longer run of digits is a code, compared as it stands."""
_MONTHS = len(MONTHS)
_PAIR = re.compile(r"(?<![\d:.])\d{1,2}:\d\d(?![\d:])")
_VAGUE = frozenset({"one", "first", "second"})
"""Words that count nothing as often as they count something."""


def quantities(text: str, *, is_month_first: bool = False) -> tuple[Fact, ...]:
    """Every time of day, every number, year, month and day of a date on their own, and every currency, in order of
    kind. `is_month_first`: so are dates with slashes, which do not say themselves."""
    return _quantities(text, is_month_first)


@lru_cache(maxsize=1024)
def _quantities(text: str, is_month_first: bool) -> tuple[Fact, ...]:
    tongue = language(text)
    taken = [*dates(text, is_month_first=is_month_first), *times(text, is_german=tongue == "de")]
    return (*taken, *_numbers(_without(text, taken), tongue))


def reads_month_first(texts: Sequence[str]) -> bool:
    """Whether the dates with slashes in texts that speak of one thing have the month first: so their other dates say,
    and those whose second number is no month."""
    pairs, rest = slashed(texts)
    said = {fact.key for text in rest for fact in quantities(text)}
    clues = [(f"month {one}" in said) - (f"month {two}" in said) for one, two in pairs]
    return sum(clues) + sum((two > _MONTHS) - (one > _MONTHS) for one, two in pairs) > 0


def _numbers(text: str, tongue: str) -> Iterator[Fact]:
    pairs = {at: f"{PAIR} {one[0]}" for one in _PAIR.finditer(text) for at in range(*one.span())}
    for found in _NUMBER.finditer(text):
        is_grouped = _GERMAN_GROUPS.fullmatch(found["digits"] or "") is not None
        if (key := _of(found, is_grouped=is_grouped and (tongue == "de" or _is_of_euro(found)))) is not None:
            also = {f"written {found['digits']}"} if is_grouped else set()  # "10.000" is itself in every language
            also |= {pairs[found.start()]} if found.start() in pairs else set()
            yield Fact("number", key, found.start(), found.end(), frozenset(also))
    yield from spelled(text, tongue)
    yield from weekdays(text)
    for found in _MONTH_NAME.finditer(text):
        yield Fact("number", f"month {_MONTH[found['month'].lower()]}", found.start("month"), found.end("month"))
    for found in _CURRENCY.finditer(text):
        yield Fact("number", f"currency {_CURRENCIES[found[0].lower()]}", found.start(), found.end())


def _without(text: str, taken: Iterable[Fact]) -> str:
    """The text with signs that say nothing in the place of these facts."""
    signs = list(text)
    for fact in taken:
        signs[fact.start : fact.end] = "#" * (fact.end - fact.start)
    return "".join(signs)


def _is_of_euro(found: re.Match[str]) -> bool:
    before, behind = _OF_EURO
    start, text = found.start("digits"), found.string
    return before.search(text[max(0, start - 8) : start]) is not None or behind.match(text, found.end()) is not None


def _of(found: re.Match[str], *, is_grouped: bool) -> str | None:
    if found["words"]:
        words = found["words"].lower()
        return None if words in _VAGUE else _key(_spoken(re.split(r"[ -]", words)))
    digits = found["digits"]
    if len(digits) > _LONGEST:
        return digits
    if is_grouped:
        digits = digits.replace(".", "")
    value = _written(digits)
    if value is None:
        return digits  # 1.2.3, 192.168.0.1: a code, not a number
    scale = found["scale"] or found["short"] or found["kilo"] or ""
    return _key((-value if found["sign"] else value) * _SCALES.get(scale.lower(), 1))


def _written(digits: str) -> Decimal | None:
    """A number as it is written in English; None for a code."""
    plain = re.sub(rf"[{_BLANKS}]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", plain):  # 1.250,50 or 1.250.000
        plain = plain.replace(".", "").replace(",", ".")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _spoken(words: list[str]) -> Decimal:
    """ "two hundred and five thousand" -> 205000."""
    total, part = Decimal(0), Decimal(0)
    for word in words:
        if word in _SCALES:
            part = max(part, Decimal(1)) * _SCALES[word]
            if _SCALES[word] > 100:  # noqa: PLR2004 - a hundred goes on growing: "two hundred thousand"
                total, part = total + part, Decimal(0)
        elif word in _VALUES:
            part += Decimal(_VALUES[word])
    return total + part


def _key(value: Decimal) -> str:
    return f"{value.normalize():f}"
