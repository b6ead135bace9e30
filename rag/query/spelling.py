"""Words that no document has are searched for as the documents write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rag.protocols import Vocabulary
from rag.query.edits import edits
from rag.query.nouns import Correction, Query
from rag.query.words import FUNCTION
from rag.types import Scope

MOST = 3
"""Words of one question that are looked for; more of them are no slips of the finger but another subject."""
_SHORTEST = 4
_LONG = 8
_WORD = re.compile(r"[^\W\d_]+")
_BESIDE = tuple("_@/\\#.:~=")
"""Signs that make a word a part of a longer name, such as `example.org` or `as_row`."""


class Spelling:
    """A QueryRule. `is_known`: whether a word is a common one of the language, which nobody has misspelt.

    Numbers, names in capitals, parts of addresses and words of scripts without capitals are left alone.
    """

    def __init__(self, vocabulary: Vocabulary, is_known: Callable[[str], bool]) -> None:
        self._vocabulary = vocabulary
        self._is_known = is_known

    def applied(self, query: Query, scope: Scope) -> Query:
        """The query with the nearest words of the documents for those that none of them has."""
        text, found = query.text, list[Correction]()
        unknown = [word for word in _candidates(query.text) if self._is_unknown(word, scope)]
        for word in unknown if len(unknown) <= MOST else ():
            if known := self._nearest(word, scope, query.text):
                found.append(Correction(word, known))
                text = re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", known, text)
        return replace(query, text=text, corrections=tuple(found)) if found else query

    def _is_unknown(self, word: str, scope: Scope) -> bool:
        return not self._is_known(word.lower()) and not self._vocabulary.has(word, scope)

    def _nearest(self, word: str, scope: Scope, text: str) -> str:
        """One edit for a short word, two for a long one; among equals the word that most passages have. A name becomes
        another name, and nothing a word that says nothing."""
        typed, is_name = word.lower(), word[:1].isupper() and not text.lstrip("\"'“‘¿¡( ").startswith(word)
        for distance in (1, 2) if len(word) >= _LONG else (1,):
            near = self._vocabulary.near(word, distance, scope, text)
            fitting = [
                one
                for one in near
                if edits(typed, one.lower(), distance) == distance
                and (distance == 1 or one[:1].lower() == typed[:1])
                and (one[:1].isupper() or not is_name)
                and one.lower() not in FUNCTION
            ]
            if fitting:
                best = max(fitting, key=lambda one: (self._vocabulary.count(one), one))
                return best[:1].upper() + best[1:] if word[:1].isupper() else best
        return ""


def _candidates(text: str) -> list[str]:
    """Words that could be misspelt, each once."""
    found = []
    for match in _WORD.finditer(text):
        word, before, after = match[0], text[: match.start()][-1:], text[match.end() : match.end() + 2]
        is_part = (
            before.isdigit() or before in _BESIDE or after[:1].isdigit() or (after[:1] in _BESIDE and after[1:].strip())
        )
        if len(word) >= _SHORTEST and not is_part and word[1:].islower() and _has_case(word):
            found.append(word)
    return list(dict.fromkeys(found))


def _has_case(word: str) -> bool:
    return all(letter.lower() != letter.upper() for letter in word)
