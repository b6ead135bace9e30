"""Names in a question that no document has: what it asks about them cannot stand there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.protocols import Vocabulary
from rag.query.nouns import Query
from rag.query.words import names_in
from rag.types import Scope


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
        unknown = [name for name in names_in(query.text) if not self._is_known(name.lower())]
        missing = tuple(name for name in unknown if not self._vocabulary.has(name, scope))
        return replace(query, unknown=missing) if missing else query
