"""A Vocabulary over the keyword index: whether passages have a word, and which of their words are like it."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexes.catalogue import Catalogue
from indexes.keyword_fields import searched_text
from indexes.keyword_index import KeywordSearcher
from rag.errors import StoreError
from rag.types import Scope

_READ = 16
"""Passages that are read for words like one that is misspelt: what is frequent is among them."""


_TELLING = 5
"""Words of a question that tell in which languages it has words at all."""


class KeywordVocabulary:
    """The words of the passages that exist: tantivy's own dictionary also holds those of removed ones.

    `keyword` opens the index at the first question; where that fails every word counts as known.
    """

    def __init__(self, keyword: Callable[[], KeywordSearcher], catalogue: Catalogue) -> None:
        self._keyword = keyword
        self._catalogue = catalogue

    def has(self, word: str, scope: Scope) -> bool:
        """Whether a passage within the scope has it."""
        import tantivy

        keyword = self._opened()
        if keyword is None:
            return True
        terms = keyword.known(keyword.terms(word))
        if scope == Scope() or not terms:
            return bool(terms)
        within = [tantivy.Query.term_query(keyword.schema, *term) for term in terms]
        return len(keyword.best(within, 1, scope).ids) > 0

    def count(self, word: str) -> int:
        """How many passages of all have it."""
        keyword = self._opened()
        return 0 if keyword is None else sum(keyword.known(keyword.terms(word)).values())

    def near(self, word: str, distance: int, scope: Scope, text: str) -> set[str]:
        """Words of the passages that have a term like this one's."""
        import tantivy

        keyword = self._opened()
        if keyword is None:
            return set()
        fields = {field for field, _ in keyword.known(keyword.terms(" ".join(text.split()[:_TELLING])))}
        terms = [(field, term) for field, term in keyword.terms(word) if field in fields or not fields]
        alike = [tantivy.Query.fuzzy_term_query(keyword.schema, *term, distance=distance) for term in terms]
        ids = keyword.best(alike, _READ, scope).ids
        shortest, longest = len(word) - distance, len(word) + distance
        of_length = re.compile(rf"(?<![^\W_])[^\W\d_]{{{shortest},{longest}}}(?![^\W_])")
        chunks = self._catalogue.chunks(ids.tolist()).values()
        return {one for chunk in chunks for one in of_length.findall(searched_text(chunk)) if one[1:].islower()}

    def _opened(self) -> KeywordSearcher | None:
        try:
            keyword = self._keyword()
            keyword.refresh()
        except StoreError:  # the search that follows says so
            return None
        return keyword
