"""What the documents themselves say that an acronym stands for: "sudden infant death syndrome (SIDS)"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from rag.protocols import ChunkSource, Searcher
from rag.query.nouns import Query
from rag.types import Scope

_READ = 20
"""Passages with the acronym that are looked at."""
_MOST = 3
"""Acronyms of one question that are looked up."""
_ACRONYM = re.compile(r"(?<![\w-])(?=[^\W_]*[A-Z][^\W_]*[A-Z])[A-Z][A-Za-z0-9]{1,7}(?![\w-])")
_DEFINED = re.compile(r"\(([A-Z][A-Za-z0-9-]{1,9})\)")
_WORD = re.compile(r"\S+")
_LONGEST = 120
"""Characters of a long form."""


class Acronyms:
    """A QueryRule: an acronym of the question is also searched for by its long form."""

    def __init__(self, keyword: Searcher, chunks: ChunkSource) -> None:
        self._keyword = keyword
        self._chunks = chunks

    def applied(self, query: Query, scope: Scope) -> Query:
        """The query with the long forms that its acronyms have in the passages, unless it says them itself."""
        shorts = list(dict.fromkeys(_ACRONYM.findall(query.text)))
        if not shorts or len(shorts) > _MOST or query.text.isupper():
            return query
        longs = [long for short in shorts if (long := self._long_form(short, scope))]
        new = [long for long in longs if long.lower() not in query.text.lower()]
        return replace(query, words=(*query.words, *new)) if new else query

    def _long_form(self, short: str, scope: Scope) -> str:
        """The one that most of the passages give it."""
        ids = self._keyword.search(short, _READ, scope).ids.tolist()
        chunks = self._chunks.chunks(ids)
        found = [long for id in ids if id in chunks for one, long in definitions(chunks[id].text) if one == short]
        counts = Counter(long.lower() for long in found)
        if not counts:
            return ""
        common = counts.most_common(1)[0][0]
        return next(long for long in found if long.lower() == common)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Every acronym in brackets with the words before it that it stands for (Schwartz and Hearst, 2003)."""
    for match in _DEFINED.finditer(text):
        short = match[1]
        if sum(letter.isupper() for letter in short) < 2:
            continue
        before = text[max(0, match.start() - 2 * _LONGEST) : match.start()].rstrip()
        n_words = min(len(short) + 5, 2 * len(short))
        words = list(_WORD.finditer(before))[-n_words:]
        if words and (long := _long_form(short, before[words[0].start() :])):
            yield short, " ".join(long.split())


def _long_form(short: str, before: str) -> str:
    """The shortest end of `before` that has the acronym's letters in order, the first at the start of a word."""
    at = len(before) - 1
    for n, letter in reversed(list(enumerate(short.lower()))):
        if not letter.isalnum():
            continue
        while at >= 0 and (before[at].lower() != letter or (n == 0 and before[at - 1 : at].isalnum())):
            at -= 1
        if at < 0:
            return ""
        at -= 1
    long = before[at + 1 :]
    is_fitting = len(short) < len(long) <= _LONGEST and short.lower() not in long.lower().split()
    return long if is_fitting and not set("()[]") & set(long) else ""
