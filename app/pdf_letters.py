"""How letters stand on a line of a PDF, which knows no scripts: Arabic ones joined, right-to-left runs turned round.

A line is ordered by itself, runs of one direction at a time. That is the usual case of the Unicode algorithm; what
needs marks of embedding, which nobody sees, is not known here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby

_RIGHT = ("R", "AL")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_UNIT = re.compile(r"(?s)\d+(?:[.,:/]\d+)*|.[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]*")


def is_right_to_left(text: str) -> bool:
    """By its first letter that has a direction."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in _RIGHT for kind in kinds if kind in {"L", *_RIGHT}), False)


def joined(text: str) -> str:
    """Arabic letters in the forms that they have beside each other, each one letter of Unicode."""
    forms = _forms()
    if not any(letter in forms for letter in text):
        return text
    found, before = list[str](), ""
    for n, letter in enumerate(text):
        own = forms.get(letter, {})
        follows = next((one for one in text[n + 1 :] if not unicodedata.combining(one)), "")
        after = "final" in forms.get(follows, {}) and "initial" in own
        kind = ("medial" if after else "final") if before else "initial" if after else "isolated"
        found.append(own.get(kind, own.get("isolated", letter)))
        if not unicodedata.combining(letter):
            before = letter if after else ""
    return "".join(found)


def in_order(line: str, *, right_to_left: bool) -> str:
    """A line as it is drawn from left to right."""
    if not any(unicodedata.bidirectional(letter) in _RIGHT for letter in line):
        return line
    runs = ["".join(one for _, one in part) for _, part in groupby(_directed(line, right_to_left), lambda one: one[0])]
    drawn = [_turned(run) if is_right_to_left(run) else run for run in runs]
    return "".join(reversed(drawn) if right_to_left else drawn)


def _directed(line: str, right_to_left: bool) -> list[tuple[bool, str]]:  # noqa: FBT001 - of a line
    """Whether each letter runs to the left: a number as what is before it, blanks and marks as the letters on both
    sides do, or as the line."""
    known, last = list[bool | None](), right_to_left
    for kind in map(unicodedata.bidirectional, line):
        is_strong = kind in {"L", *_RIGHT}
        last = kind in _RIGHT if is_strong else last
        known.append(last if is_strong or kind in {"EN", "AN"} else None)
    before, after = _filled(known, right_to_left), _filled(known[::-1], right_to_left)[::-1]
    sides = zip(before, after, line, strict=True)
    return [(one if one == other else right_to_left, letter) for one, other, letter in sides]


def _filled(known: Sequence[bool | None], first: bool) -> list[bool]:  # noqa: FBT001 - of a line
    """Where it is not known, as the one before."""
    found, last = list[bool](), first
    for one in known:
        last = last if one is None else one
        found.append(last)
    return found


def _turned(run: str) -> str:
    """Marks stay behind the letters that they stand on, and figures of a number in their order."""
    return "".join(reversed(_UNIT.findall(run))).translate(_MIRRORED)


@cache
def _forms() -> Mapping[str, Mapping[str, str]]:
    """Arabic letter -> initial, medial, final or isolated -> the letter of that form."""
    found: dict[str, dict[str, str]] = {}
    for number in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEF5)):
        kind, *letters = unicodedata.decomposition(chr(number)).split() or [""]
        if len(letters) == 1 and kind.startswith("<"):
            found.setdefault(chr(int(letters[0], 16)), {}).setdefault(kind.strip("<>"), chr(number))
    return found
