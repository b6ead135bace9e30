"""What two texts tell of whether they are versions of one: how much of them is the same, and whom and when the rest
names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.verification.comparing import telling_stems
from rag.verification.names import is_german, names
from rag.verification.quantities import quantities
from rag.versions.dates import dates, months

_NEARLY = 0.8
"""Share of the lines of the longer one."""
_MOSTLY = 0.6
"""The same where their names are nearly one, too, and a single fact is another."""
_HALF = 0.5
_FEWEST = 100
"""Words below which two texts alike may be two cases of anything: questions, entries of a list."""
_FEWEST_SAID = 4
"""Words that say something, without which a line is a heading."""
_LINES = 5_000
_PARTS = re.compile(r"(?<=[.!?;:])\s+|\n+")
_CAPITALS = re.compile(r"\b[A-ZÄÖÜ][^\W\d_]+ [A-ZÄÖÜ][^\W\d_]+\b")

Change = tuple[str, str]
"""What one text says in the place of what the other one says."""


def are_alike(one: str, other: str, *, are_named_alike: bool = False) -> bool:
    """Whether nearly all sentences of either stand in the other in their order, and what stands in the place of others
    names nobody else and no other day: a contract with two people is not two versions of one, nor are the minutes of
    two meetings. Of two that are named alike less may be the same, if a single fact is another."""
    if min(len(one), len(other)) < _MOSTLY / 2 * max(len(one), len(other)):
        return False
    mine, theirs = _parts(one), _parts(other)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.real_quick_ratio() < _MOSTLY / 2 or matcher.quick_ratio() < _MOSTLY / 2:
        return False
    changes = list(_changes(matcher, mine, theirs))
    if any(_are_others(_named(first), _named(second)) for first, second in changes):
        return False
    if len(changes) > 1 and any(_are_others(_days(first), _days(second)) for first, second in changes):
        return False
    same = sum(len(mine[n]) for block in matcher.get_matching_blocks() for n in range(block.a, block.a + block.size))
    part = same / max(1, *(sum(map(len, parts)) for parts in (mine, theirs)))
    n_words = min(sum(len(line.split()) for line in parts) for parts in (mine, theirs))
    is_one_fact = are_named_alike and sum(map(_facts, changes)) <= 1
    return part >= _MOSTLY if is_one_fact else part >= _NEARLY and n_words >= _FEWEST


def speak_of_others(one: str, other: str) -> bool:
    """Whether two passages name somebody or something else in the same place, and in most of their text say something
    else of it, too. A name that is all that differs may be the new one: who answers the phone, where the office is."""
    mine, theirs = _parts(one), _parts(other)
    changes = list(_changes(SequenceMatcher(None, mine, theirs, autojunk=False), mine, theirs))
    is_named = any(_are_others(_named(first), _named(second)) for first, second in changes)
    part = sum(len(first) for first, _ in changes) / max(1, sum(map(len, mine)))
    return is_named and part > _HALF and sum(map(_facts, changes)) > 1


def tells_year(text: str, year: int, other: str = "") -> bool:
    """Whether a passage says itself that it speaks of this year, in more than a heading and not in words that the other
    one has as well: then a later one does not take its place."""
    lines = set(_parts(other))
    said = (line for line in _parts(text) if line not in lines and re.search(rf"(?<!\d){year}(?!\d)", line))
    return any(len(telling_stems(line)) >= _FEWEST_SAID for line in said)


def _parts(text: str) -> list[str]:
    """Sentences and lines."""
    return [" ".join(part.split()) for part in _PARTS.split(text) if part.strip()][:_LINES]


def _changes(matcher: SequenceMatcher[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Change]:
    """Line by line where as many stand in the place of others."""
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "replace" and end - start == last - first:
            yield from zip(mine[start:end], theirs[first:last], strict=True)
        elif tag == "replace":
            yield " ".join(mine[start:end]), " ".join(theirs[first:last])


def _are_others(one: frozenset[object], other: frozenset[object]) -> bool:
    """Whether each has something that the other has not."""
    return bool(one - other) and bool(other - one)


def _named(text: str) -> frozenset[object]:
    """The names; in German, where every noun has a capital, two words with one beside each other."""
    found = frozenset[object](fact.key for fact in names(text))
    return found | frozenset(_CAPITALS.findall(text)) if is_german(text) else found


def _days(text: str) -> frozenset[object]:
    return frozenset[object](dates(text)) | months(text)


def _facts(change: Change) -> int:
    """How many facts of two lines are others: names together are one, and so is each number."""
    one, other = change
    is_named = _are_others(_named(one), _named(other))
    first, second = (frozenset[object](fact.key for fact in quantities(text)) for text in change)
    return is_named + (max(len(first - second), len(second - first)) if _are_others(first, second) else 0)
