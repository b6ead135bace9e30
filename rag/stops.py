"""This file decides whether a stop ends a sentence: `Dr.`, `e.g.`, `J. K.`, `Fig. 3` and `Yahoo! is` do not."""

from __future__ import annotations

import re

# A run of stops begins where no stop stands before it, so that no run is scanned twice. Western stops need a blank
# after them (3.5, example.org); those of scripts that write no blanks do not. Closing quotes, brackets and footnote
# marks such as [12] belong to the sentence that they follow.
STOP = re.compile(
    r"(?<![.!?…‽])(?P<western>[.!?…‽]++)(?:[\"'”’»›)\]}*_`]|\[[\w ]{1,12}\])*+(?=\s|\Z)"
    r"|(?P<other>[。！？｡؟۔।॥։።។]++)[\"'”’»›)\]}」』）】》]*+"
)

_NEXT = re.compile(r"\s*+[\"'“”‘’„«»‹›(\[{¿¡*_`~—–-]{0,6}+(?:§{1,2}+\s?)?(?P<word>\w[\w'’-]{0,30}+)(?P<dot>\.?)")
_LAST_WORD = re.compile(r"[^\s\"'“”‘’„«»(\[{—–/*_`]{1,24}\Z")
_REACH = 25
"""Characters before a stop that are looked at; no abbreviation is longer."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEADING = _words(
    "adm brig capt cmdr col comdr dr drs ee fr gen gov hon lt maj messrs mlle mme mmes mr mrs ms mx pres prof rep"
    " rev sen sgt sra srta supt approx attn bzw ca cf cfr d.h dgl e.g eg esp excl i.a i.e ie incl fig figs eq eqs m.a.w"
    " resp mio mrd sog u.a v viz vgl vs z.b"
)
"""Always followed by more of the same sentence."""

_COUNTED = _words("c max min no nos nr p pp qty jan feb mar apr jun jul aug sep sept oct nov dec")
"""Followed by a number; else the word may end a sentence: `No. 5`, but `No. I will not.`"""

_LABELLED = _words(
    "abb abs acct app apt art bd ch chap cl ex ext kap lit op para pt ref refs rm sched sec sect tab tel ver vol vols"
)
"""Followed by a number, a roman numeral or a letter; else the word may end a sentence: `Vol. II`."""

_EITHER = _words(
    "al assn ave bldg blvd bros co corp dept dist ed eds est ft govt hr hwy inc intl jr lb lbs ltd mfg mt mtn natl oz"
    " ph.d rd sq sr st ste tbsp tsp univ b.sc m.sc Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun"
)
"""May end a sentence: only the next word tells."""

_ENDING = _words("a.m p.m etc usw")
"""End a sentence whenever a capital follows."""

_OF_DAY = _words("a.m p.m")
_DAY_OR_ZONE = re.compile(
    r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:days?)?\Z|(?:[ECMPA][SD]?T|GMT|UTC|BST|[CEW]ES?T|IST|JST|AE[SD]T)\Z"
)
"""Goes on with a time of day: "5 p.m. Monday to Friday", "10 a.m. EST"."""

_STARTERS = _words(
    "a after all also although among an and another any as at because before both but by during each even few first"
    " for from furthermore have he her here his how however i if in instead is it its last later many most moreover my"
    " no not now of on once one only or other our over several she since so some such that the their then there"
    " therefore these they this those though through thus to today under until we what when where whether which while"
    " who why with yet you your"
)
"""Words that seldom have a capital inside a sentence, so that one after `Inc.` or `Plan B.` begins the next."""

_ABBREVIATIONS = _LEADING | _COUNTED | _LABELLED | _EITHER | _ENDING
_CONTINUING = frozenset(".!?…,;:)]}")
_ROMAN_OR_LETTER = re.compile(r"(?:[IVXLC]+|[A-Z])\Z")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]{1,2}\Z")
_ITEM_NUMBER = re.compile(r"(?:\d{1,3}\.){0,4}(?:\d{1,3}|[ivx]{2,5}|[^\W\d_])\Z")
_GERMAN_ORDINAL = re.compile(r"(?:Jan|Feb|M[aä]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz]|Jahr)")
_CASELESS_INITIAL = re.compile(r"[\u0590-\u0dff]{1,2}\Z")  # Hebrew, Arabic and the scripts of India


def ends_sentence(text: str, stop: re.Match[str], start: int, end: int, *, is_casual: bool) -> bool:
    """Whether `stop` ends the sentence that began at `start`, in prose that goes on until `end`."""
    if stop["other"] is not None:
        return True
    following = _NEXT.match(text, stop.end(), end)
    if following is None:
        return text[stop.end() : stop.end() + 2].lstrip()[:1] not in _CONTINUING
    if following["word"][0].islower() and not is_casual:
        return False
    return stop["western"] != "." or _full_stop_ends(text, stop, start, following)


def is_casual(text: str, start: int, end: int) -> bool:
    """Whether sentences of this prose start in lower case more often than not, as in chats."""
    lower = upper = 0
    for stop in STOP.finditer(text, start, end):
        following = _NEXT.match(text, stop.end(), end)
        if following is None:
            continue
        upper += following["word"][0].isupper()
        word = _word_before(text, start, stop.start())
        lower += following["word"][0].islower() and len(word) > 1 and word.isalpha() and not _is_abbreviation(word)
    return lower >= 2 and lower > upper


def _full_stop_ends(text: str, stop: re.Match[str], start: int, following: re.Match[str]) -> bool:
    """Whether a single full stop ends the sentence, judged by the words on its two sides."""
    word, after = _word_before(text, start, stop.start()), following["word"]
    is_number_of_item = stop.start() - len(word) == start and _ITEM_NUMBER.match(word)
    is_spaced_initials = len(word) == len(after) == 1 and following["dot"]  # "z. B."
    if is_number_of_item or is_spaced_initials or _CASELESS_INITIAL.match(word):
        return False
    if _is_abbreviation(word):
        return _ends_after_abbreviation(word, after) and not following["dot"]
    return not (word.isdigit() and len(word) < 3 and _GERMAN_ORDINAL.match(after))  # "am 3. Oktober"


def _ends_after_abbreviation(word: str, after: str) -> bool:
    known = word if len(word) == 1 else word.lower()  # "p. 5" is a page, "P. Smith" a person
    if known in _LEADING:
        return False
    if known in _COUNTED:
        return not after[0].isdigit()
    if known in _LABELLED:
        return not (after[0].isdigit() or _ROMAN_OR_LETTER.match(after))
    if known in _OF_DAY and _DAY_OR_ZONE.match(after):
        return False
    return after[0].isupper() and (known in _ENDING or after.lower() in _STARTERS)


def _is_abbreviation(word: str) -> bool:
    is_initial = len(word) == 1 and word.isupper()
    return is_initial or word in _EITHER or word.lower() in _ABBREVIATIONS or _DOTTED.match(word) is not None


def _word_before(text: str, start: int, end: int) -> str:
    found = _LAST_WORD.search(text[max(start, end - _REACH) : end])
    return found[0] if found else ""
