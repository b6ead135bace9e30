"""Numbers and months that German, French and Spanish texts spell out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.verification.nouns import Fact


def _numbered(words: str, start: int, step: int = 1) -> dict[str, int]:
    return {word: n for n, word in zip(range(start, 1_000, step), words.split(), strict=False)}


_ONES = _numbered("zwei drei vier fünf sechs sieben acht neun", 2)
_TENS = _numbered("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10) | {"dreissig": 30}
_GERMAN = (
    _ONES
    | _numbered("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", 10)
    | _TENS
    | {f"{word}und{ten}": n + value for word, n in ({"ein": 1} | _ONES).items() for ten, value in _TENS.items()}
    | {"hundert": 100}
)
_TO_NINETEEN = (
    _numbered("deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize", 2)
    | _numbered("dix-sept dix-huit dix-neuf", 17)
    | {"et-un": 1, "et-une": 1, "et-onze": 11}
)
_FRENCH_TENS = {"vingt": (20, 9), "trente": (30, 9), "quarante": (40, 9), "cinquante": (50, 9)} | {
    "soixante": (60, 19),
    "quatre-vingt": (80, 19),
}
_FRENCH = (
    {word: n for word, n in _TO_NINETEEN.items() if not word.startswith("et-") and word not in {"six", "neuf"}}
    | {ten: value for ten, (value, _) in _FRENCH_TENS.items()}
    | {"quatre-vingts": 80, "quatre-vingt-un": 81}
    | {
        f"{ten}-{w}": value + n
        for ten, (value, most) in _FRENCH_TENS.items()
        for w, n in _TO_NINETEEN.items()
        if n <= most
    }
)
"""Without "six", which is read in every language, and "neuf", which is "new" as well."""
_SCALES = {"tausend": 1_000, "mille": 1_000, "million": 10**6, "milliard": 10**9}


def _pattern(words: dict[str, int]) -> re.Pattern[str]:
    forms = "|".join(sorted(words, key=len, reverse=True)).replace("-", "[- ]")
    first = "".join({word[0] for word in words})  # by which most words are passed over
    return re.compile(
        rf"\b(?=[{first}])(?P<word>{forms})\b(?:[ -](?P<scale>tausend|mille|million|milliard)(?:en|s)?\b)?",
        re.IGNORECASE,
    )


_WORDS = {"de": _GERMAN, "fr": _FRENCH}
_PATTERNS = {tongue: _pattern(words) for tongue, words in _WORDS.items()}
_ENGLISH = frozenset({"elf", "sept", "seize", "dix"})
"""Words of other tongues that say something else where it is not known which one a text is in."""
_NAMES = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_MONTHS = {tongue: names.split() for tongue, names in _NAMES.items()}
_MONTH = {tongue: re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE) for tongue, names in _MONTHS.items()}
_IN_DATE = re.compile(rf"(?<=\d )(?:{'|'.join(_MONTHS['fr'])})\b")


def spelled(text: str, tongue: str) -> Iterator[Fact]:
    """The numbers and months in the words of this tongue; where it is not known, the numbers of all, and the months of
    French dates: a cell or a line has few words to tell it by."""
    for of in [one for one in _WORDS if tongue in {"", one}]:
        for found in _PATTERNS[of].finditer(text):
            word = re.sub(" ", "-", found["word"].lower())
            if tongue or word not in _ENGLISH:
                value = _WORDS[of][word] * _SCALES.get((found["scale"] or "").lower(), 1)
                yield Fact("number", str(value), found.start(), found.end())
    names, pattern = ("fr", _IN_DATE) if not tongue else (tongue, _MONTH.get(tongue))
    for found in pattern.finditer(text) if pattern else ():
        yield Fact("number", f"month {_MONTHS[names].index(found[0].lower()) + 1}", found.start(), found.end())
