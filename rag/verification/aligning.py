"""Holds a claim against one sentence word by word, and tells what stands in the place of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.verification.names import folded
from rag.verification.units import NUMBER

_WORD = re.compile(rf"{NUMBER}|[^\W_]+(?:[-'’&./,_:][^\W_]+)*")
_LONGEST = 200
"""Words of either that are looked at: the time grows with their product."""
_HELD = 3
"""Words around a change that are the same, from which on it stands in its place."""
_SHORT = 2
"""Words of a change at an end of both texts that is still an exchange, and not something that only one of them has."""
_MANY = 9

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """Characters of the claim that stand where the sentence has others; either may be empty."""

    said: Span
    there: Span
    before: int
    """Words right before it that are the same; `_MANY` where it is short and both texts begin with it."""
    after: int
    """Words right behind it that are the same; `_MANY` where it is short and both texts end with it."""
    n_words: int
    """Of the claim."""

    @property
    def is_beside(self) -> bool:
        """Whether the words on one side say where it stands."""
        return max(self.before, self.after) > 1 or self.is_between

    @property
    def is_between(self) -> bool:
        """Whether the words on both sides do."""
        return min(self.before, self.after) > 0 and self.before + self.after >= min(_HELD, self.n_words)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim beside a sentence."""

    share: float
    """Of the claim's words those that the sentence has in the same order."""
    changes: tuple[Change, ...]


def aligned(claim: str, sentence: str) -> Alignment:
    """The claim beside the sentence, by the longest common runs of words."""
    mine, other = _spans(claim), _spans(sentence)
    ours = [folded(claim[slice(*span)]) for span in mine]
    theirs = [folded(sentence[slice(*span)]) for span in other]
    codes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    same = [end - start if tag == "equal" else 0 for tag, start, end, _, _ in codes]
    changes = []
    for n, (tag, start, end, first, last) in enumerate(codes):
        if tag != "equal":
            around = _MANY if max(end - start, last - first) <= _SHORT else 0
            before, after = [around, *same][n], [*same, around][n + 1]
            changes.append(Change(_whole(mine, start, end), _whole(other, first, last), before, after, len(ours)))
    return Alignment(sum(same) / max(1, len(ours)), tuple(changes))


def _whole(spans: list[Span], start: int, end: int) -> Span:
    return (spans[start][0], spans[end - 1][1]) if start < end else (0, 0)


def _spans(text: str) -> list[Span]:
    return [found.span() for found in _WORD.finditer(text)][:_LONGEST]
