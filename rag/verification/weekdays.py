"""Days of the week in a text, those between "Monday" and "Friday" included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.verification.nouns import Fact

WEEKDAY = "weekday "
"""What the key of a day of the week begins with."""
_NAMES = (
    "Monday|[Mm]ontag|lundi|lunes",
    "Tuesday|[Dd]ienstag|mardi|martes",
    "Wednesday|[Mm]ittwoch|mercredi|miércoles",
    "Thursday|[Dd]onnerstag|jeudi|jueves",
    "Friday|[Ff]reitag|vendredi|viernes",
    "Saturday|[Ss]amstag|[Ss]onnabend|samedi|sábado",
    "Sunday|[Ss]onntag|dimanche|domingo",
)
_SHORT = ("Mon|Mo", "Tues?|Di", "Wed|Mi", "Thu(?:rs?)?|Do", "Fri?", "Sat?", "Sun|So")
_DAYS = tuple(
    (re.compile(rf"(?:{name})s?"), re.compile(rf"(?:{short})\.?")) for name, short in zip(_NAMES, _SHORT, strict=True)
)
_DAY = rf"(?:{'|'.join(_NAMES)})s?\b"
_EITHER = rf"(?:{_DAY}|(?:{'|'.join(_SHORT)})(?:\.|\b))"
_RANGE = re.compile(rf"\b({_EITHER})(?: (?:to|through|thru|until|till|bis|au|a) | ?[-–—] ?)({_EITHER})")
_ANY = re.compile(rf"\b{_DAY}")
_EVERY = re.compile(
    r"\b(?:daily|every ?day|each day|(?:seven|7) days|all week|throughout the week|weekdays?|weekends?"
    r"|(?:working|business) days|täglich|jeden tag|werktags?|wochenende|tous les jours|todos los días)\b",
    re.IGNORECASE,
)
_LAST = len(_NAMES)


def weekdays(text: str) -> Iterator[Fact]:
    """Each day that is written in full; the first of a range agrees with all days of it, short as they may be there."""
    ranges = list(_RANGE.finditer(text))
    for found in ranges:
        first, last = _number(found[1]), _number(found[2])
        within = [(first + n - 1) % _LAST + 1 for n in range((last - first) % _LAST + 1)]
        yield Fact("number", f"{WEEKDAY}{first}", *found.span(1), frozenset(f"{WEEKDAY}{n}" for n in within[1:]))
        yield Fact("number", f"{WEEKDAY}{last}", *found.span(2))
    taken = {at for found in ranges for at in range(*found.span())}
    for found in _ANY.finditer(text):
        if found.start() not in taken:
            yield Fact("number", f"{WEEKDAY}{_number(found[0])}", *found.span())


def tells_day(text: str, word: str) -> bool:
    """Whether a text may mean this day of the week by a short name, or by speaking of all days. A short name may be
    something else, too, and has to stand nowhere."""
    if not _ANY.fullmatch(word):
        return True
    short = _SHORT[_number(word) - 1]
    return _EVERY.search(text) is not None or re.search(rf"\b(?:{short})\b", text) is not None


def _number(word: str) -> int:
    return next(n for n, forms in enumerate(_DAYS, start=1) if any(form.fullmatch(word) for form in forms))
