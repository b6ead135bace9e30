"""Words that no document has are searched for as the documents write them, or as everybody does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rag.protocols import Vocabulary
from rag.query.edits import edits, is_exchanged, is_usual_slip
from rag.query.nouns import Correction, Query
from rag.query.words import ASKING, FUNCTION, set_of
from rag.types import Scope

MOST = 3
"""Words of one question that are looked for; more of them are no slips of the finger but another subject."""
_SHORTEST = 4
_SHORTEST_FUNCTION = 3
_LONG = 8
_WORD = re.compile(r"[^\W\d_]+")
_ASKING_ELSEWHERE = set_of(
    "wer wen wem wessen was wo wohin woher wann wie warum wieso weshalb welche welcher welches welchen welchem"
    " quién quiénes qué cuál cuáles dónde cuándo cómo cuánto cuánta cuántos cuántas"
)
"""They ask in German and Spanish, and need not stand in any document."""
_CUT = re.compile(r"['’]t\b")
"""Of "mustn't", of which "mustn" is no word."""
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
        """The query with the nearest words of the documents, or those that say nothing, for what none of them has."""
        text, found = query.text, list[Correction]()
        unknown = [word for word in _candidates(query.text) if self._is_unknown(word, scope)]
        functions = {word: _function(word, query.text) for word in unknown}
        if sum(not functions[word] for word in unknown) > MOST:
            return query
        for word in unknown:
            if known := self._nearest(word, functions[word], scope, query.text):
                found.append(Correction(word, known))
                text = re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", known, text)
        return replace(query, text=text, corrections=tuple(found)) if found else query

    def _is_unknown(self, word: str, scope: Scope) -> bool:
        is_known = self._is_known(word.lower()) or word.lower() in _ASKING_ELSEWHERE
        return not is_known and not self._vocabulary.has(word, scope)

    def _nearest(self, word: str, function: str, scope: Scope, text: str) -> str:
        """One edit for a short word, two for a long one. A name becomes another name; `function` is the word that says
        nothing which may be meant, and no other one is."""
        typed, is_name = word.lower(), _is_name(word, text)
        found = {function} - {""}
        for distance in (1, 2) if len(word) >= _LONG else (1,) if len(word) >= _SHORTEST else ():
            near = self._vocabulary.near(word, distance, scope, text)
            found |= {
                one
                for one in near
                if edits(typed, one.lower(), distance) <= distance
                and (distance == 1 or one[:1].lower() == typed[:1])
                and (one[:1].isupper() or not is_name)
                and one.lower() not in FUNCTION
            }
            if found:
                break
        best = max(found, default="", key=lambda one: self._worth(typed, one, scope))
        return best[:1].upper() + best[1:] if word[:1].isupper() else best

    def _worth(self, typed: str, one: str, scope: Scope) -> tuple[bool, bool, int, str]:
        """A usual slip before others, a word that says nothing before others, then the word that most passages have."""
        return is_usual_slip(typed, one.lower()), one in FUNCTION, self._vocabulary.count(one, scope.allowed), one


def _function(word: str, text: str) -> str:
    """The word that says nothing which was meant, among others of its language, if one edit makes it; of three letters
    if two are exchanged."""
    typed = word.lower()
    if _is_name(word, text) or FUNCTION.isdisjoint(text.lower().split()):
        return ""
    found = [
        one
        for one in FUNCTION
        if len(one) >= _SHORTEST_FUNCTION
        and edits(typed, one, 1) == 1
        and (len(typed) >= _SHORTEST or is_exchanged(typed, one))
    ]
    return max(found, default="", key=lambda one: (is_usual_slip(typed, one), one[0] == typed[0], one in ASKING, one))


def _is_name(word: str, text: str) -> bool:
    return word[:1].isupper() and not text.lstrip("\"'“‘¿¡( ").startswith(word)


def _candidates(text: str) -> list[str]:
    """Words that could be misspelt, each once."""
    found = []
    for match in _WORD.finditer(text):
        word, before, after = match[0], text[: match.start()][-1:], text[match.end() : match.end() + 2]
        goes_on = after[:1].isdigit() or (after[:1] in _BESIDE and after[1:].strip()) or _CUT.match(text, match.end())
        is_part = before.isdigit() or before in _BESIDE or goes_on
        if len(word) >= _SHORTEST_FUNCTION and not is_part and word[1:].islower() and _has_case(word):
            found.append(word)
    return list(dict.fromkeys(found))


def _has_case(word: str) -> bool:
    return all(letter.lower() != letter.upper() for letter in word)
