"""Of passages that stand in several versions of a document those of the newest are read unless another is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from rag.protocols import VersionSource
from rag.sentences import sentence_spans
from rag.types import Chunk, Hit
from rag.verification.comparing import telling_stems
from rag.versions import names
from rag.versions.asking import asking
from rag.versions.names import VersionName, version_name
from rag.versions.nouns import Twin, VersionDates
from rag.versions.texts import are_alike, speak_of_others, tells_year
from rag.whole.terms import share

_HAS_IT = 0.6
"""Share of the words of each sentence that another version has where it says the same, or one thing instead."""
_HALF = 0.35
"""The same for the one that has most: a passage may have been cut in two."""
_FEWEST = 4
"""Words that say something; with fewer of them nobody can tell."""
_APART_NS = 3600 * 10**9
"""Files of about the same time were copied or unpacked together: that time tells nothing."""

Dropped = Sequence[tuple[Hit, Hit]]
"""Hits, each with the one before it whose text it nearly has."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The hits to read, what was left out for them, and the documents that the question asks for by their version."""

    hits: list[Hit]
    twins: tuple[Twin, ...] = ()
    asked: frozenset[int] = frozenset()


class VersionChoice:
    """Chooses among hits. Threads may share it."""

    def __init__(self, source: VersionSource) -> None:
        self._source = source
        self._alike = lru_cache(maxsize=1_000)(self._are_alike)

    def by_name(self, question: str, hits: Sequence[Hit]) -> Chosen:
        """The hits without those whose passage a newer version has, which stands in their place if that is the better
        one. A version that the question asks for goes before a newer one, two of them stay both.
        """
        families = defaultdict[tuple[str, tuple[str, ...]], list[int]](list)
        for rank, hit in enumerate(hits):
            families[hit.chunk.collection, version_name(hit.chunk.source).base].append(rank)
        places, twins, asked = {rank: rank for rank in range(len(hits))}, list[Twin](), frozenset[int]()
        for ranks in (ranks for ranks in families.values() if len(ranks) > 1):
            family = _Family(self, question, hits, ranks)
            if not family.is_one:
                continue
            asked |= family.asked
            for rank in ranks:
                if found := family.instead(rank):
                    places.pop(rank)
                    places[found.rank] = min(places.get(found.rank, rank), rank)
                    twins += found.twins
        placed = sorted((place, rank) for rank, place in places.items())
        kept = [replace(hits[rank], score=hits[place].score) for place, rank in placed]
        return Chosen(kept, tuple(twins), asked)

    def by_text(self, question: str, hits: Sequence[Hit], dropped: Dropped) -> Chosen:
        """The same for documents of any name, whose texts are nearly one."""
        kept, twins = {hit.chunk.id: hit for hit in hits}, list[Twin]()
        for other, first in dropped:
            held = kept.get(first.chunk.id)
            if held is None or not self._is_other_version(held.chunk, other.chunk):
                continue
            sign, is_asked = self.preferred(question, other.chunk, held.chunk)
            better, left = (replace(other, score=held.score), held) if sign > 0 else (held, other)
            kept[first.chunk.id] = better
            twins += [] if is_asked else [Twin(better.chunk.id, left, is_older=sign != 0)]
        return Chosen(list(kept.values()), tuple(twins))

    def preferred(self, question: str, one: Chunk, other: Chunk) -> tuple[int, bool]:
        """1 where the first is to be read, -1 where the second is, 0 where that is not known; whether by the
        question."""
        first, second = self.is_asked(question, one, other), self.is_asked(question, other, one)
        return (first - second, True) if first != second else (self.order(one, other), first)

    def is_asked(self, question: str, one: Chunk, other: Chunk) -> bool:
        """Whether a question asks for the document of one, by what the other one's has not."""
        own, its = version_name(one.source), version_name(other.source)
        return asking(question).is_for(own, its, lambda: self.order(one, other) < 0)

    def order(self, one: Chunk, other: Chunk) -> int:
        """1 where the first one's document is newer, -1 where the other one's is, 0 where that is not known: by the
        names, else by the documents' own dates, else by those of their files."""
        return self.order_of((one.document_id, one.source), (other.document_id, other.source))

    def order_of(self, one: tuple[int, str], other: tuple[int, str]) -> int:
        """The same of two documents, each given as its number and its source."""
        by_name = names.order(version_name(one[1]), version_name(other[1]))
        if by_name:
            return by_name
        dates = self._source.dates((one[0], other[0]))
        return _later(dates.get(one[0]), dates.get(other[0]))

    def may_replace(self, one: Chunk, other: Chunk) -> bool:
        """Whether a passage may be read in the place of that of another version though no question says so: not where
        the two may be of a series, speak of others, or where the other one says of which year it speaks."""
        own, its = version_name(one.source), version_name(other.source)
        if names.are_issues(own, its) and not self._have_one_text(one, other, are_named_alike=True):
            return False
        if own.numbers != its.numbers:
            return True
        return not _tells_own_year(other, one.text) and not speak_of_others(one.text, other.text)

    def _is_other_version(self, one: Chunk, other: Chunk) -> bool:
        if one.document_id == other.document_id or one.collection != other.collection or is_version(one, other):
            return False  # both were kept, since the question asks for both
        return self._have_one_text(one, other)

    def _have_one_text(self, one: Chunk, other: Chunk, *, are_named_alike: bool = False) -> bool:
        dates = self._source.dates((one.document_id, other.document_id))
        marks = sorted((number, date.sha256) for number, date in dates.items())
        return len(marks) > 1 and self._alike(*marks, are_named_alike=are_named_alike)

    def _are_alike(self, one: tuple[int, str], other: tuple[int, str], *, are_named_alike: bool) -> bool:
        """Of two documents and the hashes of their bytes, by which the answer is kept."""
        return are_alike(self._source.text(one[0]), self._source.text(other[0]), are_named_alike=are_named_alike)


@dataclass(frozen=True, slots=True)
class _Instead:
    """The passage that is read in the place of one."""

    rank: int
    twins: tuple[Twin, ...]


class _Family:
    """The hits of documents whose names differ by the mark of a version alone."""

    def __init__(self, choice: VersionChoice, question: str, hits: Sequence[Hit], ranks: Sequence[int]) -> None:
        self._choice = choice
        self._question = question
        self._hits = hits
        self._ranks = ranks

    @cached_property
    def _documents(self) -> Mapping[int, list[int]]:
        """Document -> the ranks of its hits."""
        found = defaultdict[int, list[int]](list)
        for rank in self._ranks:
            found[self._hits[rank].chunk.document_id].append(rank)
        return found

    @property
    def is_one(self) -> bool:
        """Whether there are versions at all."""
        return len(self._ranks) > 1 and any(map(self._others, self._firsts))

    @cached_property
    def _firsts(self) -> list[Chunk]:
        return [self._hits[ranks[0]].chunk for ranks in self._documents.values()]

    def _others(self, chunk: Chunk) -> list[Chunk]:
        """The first passage of each other version."""
        return [other for other in self._firsts if is_version(chunk, other)]

    @cached_property
    def asked(self) -> frozenset[int]:
        """The documents that the question asks for, not for others of the family."""
        pairs = ((one, other) for one in self._firsts for other in self._others(one))
        return frozenset(one.document_id for one, other in pairs if self._choice.is_asked(self._question, one, other))

    @cached_property
    def _stems(self) -> Mapping[int, frozenset[str]]:
        return {rank: telling_stems(self._hits[rank].chunk.text) for rank in self._ranks}

    def instead(self, rank: int) -> _Instead | None:
        """What is read in the place of a hit; None where nothing is."""
        chunk = self._hits[rank].chunk
        if chunk.document_id in self.asked or len(self._stems[rank]) < _FEWEST:
            return None
        best: tuple[Chunk, int, int] | None = None
        for other in self._others(chunk):
            at = self._counterpart(rank, other.document_id)
            if at is None or (other.document_id not in self.asked if self.asked else self._lacks_time(at)):
                continue
            if not self.asked and not self._choice.may_replace(self._hits[at].chunk, chunk):
                continue
            sign = 1 if self.asked else self._choice.order(other, chunk)
            if (sign > 0 or (sign == 0 and at < rank)) and (best is None or self._choice.order(other, best[0]) > 0):
                best = other, at, sign
        if best is None:
            return None
        _, at, sign = best
        twin = Twin(self._hits[at].chunk.id, self._hits[rank], is_older=sign > 0)
        return _Instead(at, () if self.asked else (twin,))

    def _lacks_time(self, rank: int) -> bool:
        """Whether the question names a time before this version that it does not speak of: then an older one may."""
        chunk = self._hits[rank].chunk
        earlier = asking(self._question).years_before(version_name(chunk.source))
        return any(str(year) not in chunk.text for year in earlier)

    def _counterpart(self, rank: int, document: int) -> int | None:
        """The hit of another document that has most of this one's words, if that and the next one have all it says."""
        own = self._stems[rank]
        shares = {at: len(own & self._stems[at]) for at in self._documents[document]}
        if max(shares.values()) < _HALF * len(own):
            return None
        ranked = sorted(shares, key=lambda at: -shares[at])
        together = frozenset[str]().union(*(self._stems[at] for at in ranked[:2]))
        said = (telling_stems(part) for part in _sentences(self._hits[rank].chunk.text))
        return ranked[0] if all(not stems or share(stems, together) >= _HAS_IT for stems in said) else None


def is_version(one: Chunk, other: Chunk) -> bool:
    """Whether the names of their documents say that these are versions of one another."""
    return (
        one.document_id != other.document_id
        and one.collection == other.collection
        and names.are_versions(version_name(one.source), version_name(other.source))
    )


def older_documents(chunks: Iterable[Chunk]) -> frozenset[int]:
    """Those of these passages' documents of which another one is a newer version, by their names."""
    plain = [chunk for chunk in chunks if not _tells_own_year(chunk)]
    firsts = list({chunk.document_id: chunk for chunk in plain}.values())
    return frozenset(
        one.document_id
        for one in firsts
        for other in firsts
        if is_version(one, other) and _is_older(version_name(one.source), version_name(other.source))
    )


def _is_older(one: VersionName, other: VersionName) -> bool:
    return not names.are_issues(one, other) and names.order(one, other) < 0


def _tells_own_year(chunk: Chunk, other: str = "") -> bool:
    date = version_name(chunk.source).date
    return bool(date) and tells_year(chunk.text, date[0], other)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _later(one: VersionDates | None, other: VersionDates | None) -> int:
    if one is None or other is None:
        return 0
    n = min(len(one.told), len(other.told))
    if n and one.told[:n] != other.told[:n]:
        return 1 if one.told[:n] > other.told[:n] else -1
    if not one.file_ns or not other.file_ns or abs(one.file_ns - other.file_ns) < _APART_NS:
        return 0
    return 1 if one.file_ns > other.file_ns else -1
