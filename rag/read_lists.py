"""Which list a question asks for as a whole, told by reading both together: the likeliest answer begins in its first
item and ends in its last.

What stands above a list often has no word of the question, and an item says little by itself. The joint reader has
learned from questions for whole lists, beside others for one item of them (`training/written`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from rag.asked_lists import first_of
from rag.candidates import Candidates
from rag.embedding_text import SEPARATOR
from rag.interaction import Floats
from rag.locating import Located


class ReadList(NamedTuple):
    """A list as an answer."""

    places: Sequence[int]
    """Of its sentences that are quoted."""
    best: int
    """Which of them fits best."""
    logit: float
    """That all of it is asked for."""
    is_told: bool
    """Whether the question has something of one of its sentences: one item may be meant."""
    text: str
    """What it says, with its heading and the line above it."""


def likeliest_list(among: Candidates, scores: Floats, located: Sequence[Located]) -> ReadList | None:
    """Of all lists of several items; None where there is none. One that a rule has left out, by `scores`, or that is of
    another code, is none."""
    kept = [(places, items) for places, items in _lists(among) if _may_be(among, scores, items)]
    found = [(_logit(among, located, items), places) for places, items in kept]
    if not found:
        return None
    logit, places = max(found, key=lambda one: one[0])
    quoted = first_of(places, among.texts)
    if len(quoted) < 2:  # noqa: PLR2004
        return None
    text = "\n".join((_name(among, places), *(among.texts[i] for i in places)))
    best = max(quoted, key=lambda i: float(scores[i]))
    is_told = any(item.own for i in places if (item := among.items[i]) is not None)
    return ReadList(quoted, best, logit, is_told, text)


def _lists(among: Candidates) -> Iterator[tuple[list[int], list[int]]]:
    """The places of each list's sentences, and of those that are of its items."""
    lists: dict[tuple[int, int], list[int]] = {}
    for i, item in enumerate(among.items):
        if item is not None:
            lists.setdefault(item.of, []).append(i)
    for places in lists.values():
        yield places, [i for i in places if (item := among.items[i]) is not None and not item.is_lead]


def _logit(among: Candidates, located: Sequence[Located], items: Sequence[int]) -> float:
    (hit, first), (_, last) = among.places[items[0]], among.places[items[-1]]
    return located[hit].between(first, last)


def _may_be(among: Candidates, scores: Floats, items: Sequence[int]) -> bool:
    if len(items) < 2 or not np.isfinite(scores[items]).all():  # noqa: PLR2004
        return False
    chunk, item = among.hits[among.places[items[0]][0]].chunk, among.items[items[0]]
    called = f"{chunk.title} {chunk.heading} {item.name if item else ''}"
    return not among.codes or among.codes.held(called) > 0 or not among.codes.is_of_another(called)


def _name(among: Candidates, places: Sequence[int]) -> str:
    """Heading and the line above the list."""
    chunk, item = among.hits[among.places[places[0]][0]].chunk, among.items[places[0]]
    parts = [chunk.heading.rpartition(SEPARATOR)[2], item.name.rpartition(SEPARATOR)[2] if item else ""]
    return ": ".join(dict.fromkeys(filter(None, parts)))
