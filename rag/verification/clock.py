"""Times of day in a text, on a clock of 24 hours however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.verification.nouns import Fact

_HOUR = r"(?:[01]?\d|2[0-4])"
_BLANK = "[ \u00a0\u202f]?"
_SUFFIX = r"(?:[ap]m|[AP]M|[ap]\.m|[AP]\.M|[Uu]hr|o['’]clock)(?!\w)"
_AND = re.compile(r"\W(?:and|or|und|oder)\W")
_JOINED = rf"(?:{_BLANK}[-–—]{_BLANK}| (?:to|till|until|bis|and|or|und|oder) )"
_TIME = re.compile(
    rf"(?<![\w.,/$€£¥])(?<!\d:)(?P<hour>{_HOUR})(?:(?P<sign>[:.h])(?P<minute>[0-5]\d))?"
    rf"(?:{_BLANK}(?P<suffix>{_SUFFIX})|(?(minute)(?P<h>{_BLANK}h(?!\w))|(?!))"
    rf"|(?={_JOINED}{_HOUR}(?:[:.][0-5]\d)?{_BLANK}{_SUFFIX})|(?(minute)(?P<bare>(?![\w%]|[:.]\d))|(?!)))"
)
_OF_BOTH = re.compile(r"\b(?:between|from|at|zwischen|von|um) \Z", re.IGNORECASE)
"""Before two hours that are joined by "and"."""
_NO_TIME = re.compile(
    r"\b(?:chapters?|verses?|psalms?|ratios?|scores?|scales?|odds|version|kapitel|vers|verhältnis|maßstab)"
    r"(?: (?:of|is|was|von|ist|war))?\W{0,2}\Z",
    re.IGNORECASE,
)
_NO_TIME_BEHIND = re.compile(
    r"[ -](?:hours?|hrs?|min(?:ute)?s?|seconds?|stunden|std|minuten|sekunden|ratio|scale|mix|odds|win|lead|loss)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(r" [A-ZÄÖÜ]")
_REACH = 30
"""Characters before a time that may say that it is none."""
_NOON, _MIDNIGHT = 12, 2400
_JOINT, _TOLD = "time", "told"
"""Of keys: the other half of the day agrees with what says which one it is, in "2 to 5 pm" with any clock."""
PAIR = "pair"
"""Of a key: what is a time, a scale or a length of time is the same wherever it stands with the same digits."""


def times(text: str, *, is_german: bool) -> Iterator[Fact]:
    """Each time of day; one that may be in either half of the day agrees with both. In German "am" is a
    word before a noun."""
    for found in _TIME.finditer(text):
        before = text[max(0, found.start() - _REACH) : found.start()]
        is_word = is_german and found["suffix"] == "am" and _NOUN.match(text, found.end())
        if _is_time(found, before) and not is_word:
            yield Fact("number", *_keys(found))


def _is_time(found: re.Match[str], before: str) -> bool:
    behind = found.string[found.end() : found.end() + _REACH]
    if found["suffix"] or found["h"]:
        return True
    if found["bare"] is not None:
        is_clock = found["sign"] != "." and int(found["hour"] + found["minute"]) <= _MIDNIGHT
        return is_clock and not _NO_TIME.search(before) and not _NO_TIME_BEHIND.match(behind)
    return _OF_BOTH.search(before) is not None or not _AND.match(behind)


def _keys(found: re.Match[str]) -> tuple[str, int, int, frozenset[str]]:
    """Key and place of a time, and how else it may be written: as the other half of the day where that may be meant and
    the other one tells it, which "09:30" is not, as the number that a table has of it, and as a pair of numbers."""
    hour, minute, half = int(found["hour"]), found["minute"] or "00", (found["suffix"] or "")[:1].lower()
    is_told = half in {"a", "p"}
    if is_told and hour <= _NOON:
        hour = hour % _NOON + _NOON * (half == "p")
    is_joined = not found["suffix"] and found["bare"] is None
    is_open = not is_told and 0 < hour <= _NOON and (is_joined or not found["hour"].startswith("0"))
    others = [f"{_JOINT if is_joined else _TOLD} {(hour + _NOON) % 24}:{minute}"] if is_open else []
    others += [f"{_TOLD} {hour % 24}:{minute}"] if is_told else []
    others += [str(int(found["hour"])), str(hour)] if minute == "00" else [f"{hour}.{minute}".rstrip("0")]
    others += [f"{PAIR} {found[0]}"] if found["bare"] is not None else []
    return f"time {hour % 24}:{minute}", *found.span(), frozenset(others)
