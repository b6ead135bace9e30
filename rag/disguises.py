"""A text as a reader sees it, for rules that look for words: what hides them from a comparison is taken out or folded.

Letters of other widths and styles become the plain ones, Cyrillic letters within a Latin word the Latin ones that look
like them, and characters that nobody sees go, joiners of letters included.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.inert import is_invisible

_JOINERS = frozenset("\u034f\u200c\u200d")
_CYRILLIC = "аеосрхіјѕуАВЕКМНОРСТХІЈЅУ"  # noqa: RUF001 - they look like Latin letters, which is what they are here for
_ALIKE = str.maketrans(_CYRILLIC, "aeocpxijsyABEKMHOPCTXIJSY")
_MIXED = re.compile(
    rf"(?<![A-Za-z{_CYRILLIC}])(?:[A-Za-z]++(?=[{_CYRILLIC}])|[{_CYRILLIC}]++(?=[A-Za-z]))[A-Za-z{_CYRILLIC}]++"
)
"""From where a word begins, and without a way back: a sequence of genes is a word of a million letters."""


def undisguised(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is read, and for each of its characters the place where it stands in the text itself."""
    plain = {sign: _plain(sign) for sign in set(text) if not sign.isascii()}
    changed = {sign: instead for sign, instead in plain.items() if instead != sign}
    places: Sequence[int] = range(len(text))
    if changed:
        places = [at for at, sign in enumerate(text) for _ in changed.get(sign, sign)]
        text = "".join([changed.get(sign, sign) for sign in text])
    return _MIXED.sub(lambda found: found[0].translate(_ALIKE), text), places


def _plain(sign: str) -> str:
    if sign in _JOINERS or is_invisible(sign):
        return ""
    return unicodedata.normalize("NFKC", sign) if sign.isalpha() or sign.isspace() else sign
