"""Whether two documents whose names have nothing in common are versions all the same: their texts are nearly one."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.verification.names import names

_NEARLY = 0.8
"""Share of the lines of the longer one."""
_FEWEST = 100
"""Words below which two texts alike may be two cases of anything: questions, entries of a list."""
_LINES = 5_000
_PARTS = re.compile(r"(?<=[.!?;:])\s+|\n+")


def are_alike(one: str, other: str) -> bool:
    """Whether nearly all sentences of either stand in the other in their order, and what stands in the place of others
    names nobody else: a contract with two people is not two versions of one."""
    if min(len(one), len(other)) < _NEARLY / 2 * max(len(one), len(other)):
        return False
    mine, theirs = _parts(one), _parts(other)
    if min(sum(len(part.split()) for part in parts) for parts in (mine, theirs)) < _FEWEST:
        return False
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    longest = max(sum(map(len, mine)), sum(map(len, theirs)))
    if matcher.real_quick_ratio() < _NEARLY / 2 or matcher.quick_ratio() < _NEARLY / 2:
        return False
    same = 0
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            same += sum(map(len, mine[start:end]))
        elif tag == "replace" and other_names(" ".join(mine[start:end]), " ".join(theirs[first:last])):
            return False
    return same >= _NEARLY * longest


def _parts(text: str) -> list[str]:
    """Sentences and lines."""
    return [" ".join(part.split()) for part in _PARTS.split(text) if part.strip()][:_LINES]


def other_names(one: str, other: str) -> bool:
    """Whether each names somebody whom the other does not."""
    first, second = ({fact.key for fact in names(text)} for text in (one, other))
    return bool(first - second) and bool(second - first)
