"""Names in a question that no document has: what it asks about them cannot stand there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from rag.protocols import Vocabulary
from rag.query.nouns import Query
from rag.query.words import names_in
from rag.sentences import sentence_spans
from rag.types import Scope
from rag.verification.names import is_german

_GERMAN_WAS = re.compile(r"was \w{3,}t (?:bei|der|die|das|den|dem|ein|eine|im|mit|nach|für|von)\b", re.IGNORECASE)
"""The German word for "what", which is another one in English."""


class UnknownNames:
    """A QueryRule, to be applied after those that change words. `is_known`: whether a word is a common one of the
    language: Monday or Christmas may be meant by other words.

    Of English questions alone, since nouns that are no names begin with a capital elsewhere.
    """

    def __init__(self, vocabulary: Vocabulary, is_known: Callable[[str], bool]) -> None:
        self._vocabulary = vocabulary
        self._is_known = is_known

    def applied(self, query: Query, scope: Scope) -> Query:
        """The query with the names that no passage within the scope has."""
        unknown = [name for name in _asked_of(query.text) if not self._is_known(name.lower())]
        missing = tuple(name for name in unknown if not self._vocabulary.has(name, scope))
        return replace(query, unknown=missing) if missing else query


def _asked_of(text: str) -> Iterator[str]:
    """The names in the sentences that ask: who only says who they are does not ask of that."""
    if is_german(text) or _GERMAN_WAS.match(text):
        return
    sentences = [text[slice(*span)] for span in sentence_spans(text)]
    for sentence in [one for one in sentences if one.endswith("?")] or sentences:
        yield from names_in(sentence)
