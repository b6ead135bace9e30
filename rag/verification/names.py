"""Names and codes in a text: words with capitals where nothing but a name asks for them, and words with digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.sentences import sentence_spans
from rag.verification.languages import language
from rag.verification.nouns import Fact
from rag.verification.quantities import quantities
from rag.verification.units import NUMBER
from rag.whole.terms import is_telling

_WORD = re.compile(rf"{NUMBER}|[^\W_]+(?:[-'’&./_][^\W_]+)*")
_NO_NAMES = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday mr mrs ms dr prof jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
"""Words with a capital that are no names; months are compared as parts of dates."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_LABEL = re.compile(r"(?<=[^\W\d_] )(?!I\b)[^\W\d_]\b(?![.'’-])")
"""A single letter behind a word, as in "boiler B"."""
NUMERALS = dict(
    zip("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii".split(), map(str, range(1, 19)), strict=True)  # noqa: SIM905
)
"""Roman ones, as they stand behind a name, by what they say."""
_BEFORE_NUMERAL = re.compile(r"(?:[A-ZÀ-Þ][^\W\d_]+ ){2}\Z")
_REACH = 60
_OPENERS = "“\"'‘(["


def names(text: str) -> Iterator[Fact]:
    """Every word of a name, and every code, that is no part of a number or a time. A capital at the start of a sentence
    alone makes no name, and none does in German, where every noun has one."""
    starts = _first_words(text)
    german = is_german(text)
    counted = {at for fact in quantities(text) for at in range(fact.start, fact.end)}
    for found in _WORD.finditer(text):
        word = found[0]
        is_pronoun = word == "I" and not _is_numeral(text, found.start())
        if is_pronoun or word.casefold() in _NO_NAMES or word.isdecimal() or counted.issuperset(range(*found.span())):
            continue
        is_name = word[0].isupper() and (
            _is_loud(word) or (found.start() not in starts and not german and is_telling(word.casefold()))
        )
        if is_name or _is_code(word) or word == "I" or is_label(text, found.start()):
            yield Fact("name", folded(word), found.start(), found.end())


def is_german(text: str) -> bool:
    """Whether its commonest words are German."""
    return language(text) == "de"


def is_label(text: str, start: int) -> bool:
    """Whether a single capital stands at this place that tells things of a kind apart, as in "boiler B"."""
    return text[start].isupper() and _LABEL.match(text, start) is not None


def first_word(text: str) -> Fact | None:
    """The word that a text begins with as if it were a name; None where it is a number or says nothing by itself."""
    found = _WORD.search(text)
    if found is None or not found[0][0].isupper() or not is_telling(found[0].casefold()):
        return None
    return Fact("name", folded(found[0]), found.start(), found.end())


def folded(word: str) -> str:
    """A word without case, the ending of a possessive, and the points of initials: "U.S." is "US"."""
    word = re.sub(r"['’]s?$", "", word.casefold())
    return word.replace(".", "") if _INITIALS.fullmatch(word) else word


def words_of(text: str) -> frozenset[str]:
    """All words folded, and the parts of those with a hyphen or the like."""
    found = {folded(one[0]) for one in _WORD.finditer(text)}
    return frozenset(found | {part for word in found for part in re.split(r"[-'’&./_]", word) if part})


def _is_numeral(text: str, start: int) -> bool:
    """Whether an "I" counts a name: it stands behind two words with capitals, as in "World War I"."""
    return _BEFORE_NUMERAL.search(text, max(0, start - _REACH), start) is not None


def _is_code(word: str) -> bool:
    """Digits and letters together: R4IK6, but not "7-layer" and "1st"."""
    return not _ORDINAL.fullmatch(word) and any(
        any(map(str.isdigit, part)) and any(map(str.isalpha, part)) for part in re.split(r"[-'’&./_]", word)
    )


def _is_loud(word: str) -> bool:
    """Capitals past the first letter: NASA, McKinsey, iPhone."""
    return any(sign.isupper() for sign in word[1:])


def _first_words(text: str) -> frozenset[int]:
    """Where the first word of each sentence and of each quotation begins."""
    found = set()
    for start, end in sentence_spans(text):
        first = _WORD.search(text, start, end)
        if first:
            found.add(first.start())
    found |= {one.start() for one in _WORD.finditer(text) if one.start() and text[one.start() - 1] in _OPENERS}
    found |= {one.start() for one in _WORD.finditer(text) if text[: one.start()].rstrip().endswith(":")}
    return frozenset(found)
