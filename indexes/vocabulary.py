"""A Vocabulary over the keyword index: whether passages have a word, and which of their words are like it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from indexes.catalogue import Catalogue
from indexes.keyword_fields import Terms, searched_text, term_queries
from indexes.keyword_index import KeywordSearcher
from rag.errors import StoreError
from rag.query.edits import slips
from rag.types import Scope

_READ = 16
"""Passages that are read for words like one that is misspelt: what is frequent is among them."""
_MOST_TERMS = 8
"""Terms that one slip leads to and whose passages are read, the most frequent ones."""
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

    def count(self, word: str, allowed: frozenset[str] | None) -> int:
        """How many passages of all have it, or of these collections where they alone are allowed."""
        keyword = self._opened()
        return 0 if keyword is None else sum(keyword.known(keyword.terms(word), allowed).values())

    def near(self, word: str, distance: int, scope: Scope, text: str) -> set[str]:
        """Words of the passages that have a term like this one's, or the term of a word that one slip makes of it:
        "prking" and "parking" are alike, but not their terms "prking" and "park"."""
        keyword = self._opened()
        if keyword is None:
            return set()
        fields = {field for field, _ in keyword.known(keyword.terms(" ".join(text.split()[:_TELLING])))}
        alike = _alike(keyword, keyword.terms(word, fields), distance)
        slipped = keyword.known(keyword.terms(" ".join(slips(word.lower())), fields))
        likeliest = sorted(slipped, key=lambda term: (-slipped[term], term))[:_MOST_TERMS]
        queries = [alike, *([query] for query in term_queries(likeliest, keyword.schema))]
        ids = {id for some in queries for id in keyword.best(some, _READ, scope).ids.tolist()}
        shortest, longest = len(word) - distance, len(word) + distance
        of_length = re.compile(rf"(?<![^\W_])[^\W\d_]{{{shortest},{longest}}}(?![^\W_])")
        chunks = self._catalogue.chunks(sorted(ids)).values()
        return {one for chunk in chunks for one in of_length.findall(searched_text(chunk)) if one[1:].islower()}

    def _opened(self) -> KeywordSearcher | None:
        try:
            keyword = self._keyword()
            keyword.refresh()
        except StoreError:  # the search that follows says so
            return None
        return keyword


def _alike(keyword: KeywordSearcher, terms: Terms, distance: int) -> list[Any]:
    """Tantivy's queries for terms that differ by so many letters."""
    import tantivy

    return [tantivy.Query.fuzzy_term_query(keyword.schema, *term, distance=distance) for term in terms]
