"""The joiners U+200C and U+200D, which say whether letters are drawn as one: where they belong, and where they hide.

Persian, Indic scripts and emoji are written with them. Within Latin, Greek and Cyrillic words they say nothing, and
keep words from being found; there typesetters alone have a use for the first one: it parts letters of which fonts make
a single sign, as the f and l of "Auflage".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.beside import Beside

_JOINERS = "\u200c\u200d"
_LETTER = (
    "[A-Za-z\u00aa\u00ba\u00c0-\u052f\u1c80-\u1c8f\u1d00-\u1fff\u2c60-\u2c7f\ua640-\ua69f\ua720-\ua7ff\uff21-\uff5a]"
)
_WITHIN = re.compile(f"(?<={_LETTER})[{_JOINERS}]+(?={_LETTER})")
_TYPESET = re.compile("(?<=[A-Za-zÄÖÜäöü])(?:[fſ]\u200c(?=[A-Za-zäöüß])|[cst]\u200c(?=[chijkptz]))")
"""Behind two letters at least: between every two letters they stand to hide a word."""
_RUN = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")


def unjoined(text: str) -> str:
    """The text without joiners within Latin, Greek and Cyrillic words."""
    return text if text.isascii() else _WITHIN.sub("", text)


def joined_properly(text: str) -> tuple[str, int]:
    """The same, and without what stands behind another joiner, which no script has a use for; and how many of those
    that are gone were neither put there by a typesetter nor typed twice by mistake."""
    if text.isascii():
        return text, 0
    n_typeset = len(_TYPESET.findall(text))
    plain = _WITHIN.sub("", text)
    n_hidden = len(text) - len(plain) - n_typeset
    single = _RUN.sub(r"\1", plain)
    n_typed_twice = sum(found[0] == 2 * found[1] for found in _RUN.finditer(plain))
    return single, n_hidden + len(plain) - len(single) - n_typed_twice


def stream_unjoined(deltas: Iterable[str]) -> Iterator[str]:
    """As `unjoined` of all that is streamed, however it is cut."""
    stream = Beside(_JOINERS, unjoined)
    yield from map(stream.feed, deltas)
    yield stream.finish()
