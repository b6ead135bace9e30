"""Which list a question asks for, told by what the list is called and what it holds, in whatever words.

"What may campers not bring?" has no word of a list below "Leave at home"; the vectors of a sentence encoder are near.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rag.asked_lists import first_of
from rag.candidates import Candidates
from rag.embedding_text import SEPARATOR
from rag.interaction import Floats
from rag.likeness import Embed, likeness

_LEAST = 0.45
"""Likeness below which a list is about something else."""
_COMPARED = 3
"""Lists whose items are held against the question, too: those with the likest names."""
_PLURAL = r"(?:[\w'-]+ ){0,2}?(?!(?:this|his|its|us|goes|does|costs|has|was|is)\b|[\w'-]*(?:ss|us|is)\b)[\w'-]+s\b"
_ONE = (
    r"(?! (?:(?:the|our|my|his|her|their|its|your) (?:[\w'-]+ ){0,3}[\w'-]*[^\Ws](?:\W*$| (?:of|for|at|in|on|to)\b)))"
)
_SEVERAL = re.compile(
    r"\W*(?:(?:what|which) (?:all |(?:all )?of the )?" + _PLURAL + r"|"
    r"(?:what|which) (?:\w+ )?(?:food|clothing|equipment|furniture|gear|kit|information)\b|"
    r"what(?:['’]s| (?:is|was|were|are|do|does|did|should|must|can|may|will|have|has|all|else|things))\b" + _ONE + r"|"
    r"who (?:are|were|all|attended|is on the|is in the)\b|how (?:can|do|should|to)\b|.*\bwhat (?:are|is) all the\b)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_OF_ONE = re.compile(
    r"\b(?:how (?:much|many|long|old|far|often|big|high)|costs?|weighs?|when|number|in charge|on call|name of)\b",
    re.IGNORECASE,
)
_MOST_ASKED = 300
"""Characters of a question that are looked at."""
_OUT = (
    r"\b(?:not|no(?!\. ?\d)|never|none|nothing|nobody|neither|without|except\w*|exclu\w*|forbid\w*|prohibit\w*|"
    r"bann?(?:ed|s)?|cannot|avoid\w*|free (?:from|of)|lack(?:s|ing)?|closed|off limits|disallow\w*|refus\w*|"
    r"leave (?:at|out|behind)|stays? at home|left (?:at|out|behind))\b|n['’]ts?\b"
)
_LEFT_OUT = re.compile(_OUT, re.IGNORECASE)
"""Words for what is not to be, or not included: to vectors it is nearly the same as its contrary."""


class NamedList(NamedTuple):
    """The places of a list's sentences that are quoted, and how alike the list and the question are: with all that
    stands above it, and without its document's title, which says as much of all that is in the document."""

    places: Sequence[int]
    alike: float
    alike_alone: float


def asks_for_several(question: str) -> bool:
    """Whether it may ask for more than one thing: "which papers", "what is in the kitchen", "what should I do"."""
    asked = question[:_MOST_ASKED]
    return bool(_SEVERAL.match(asked)) and not _OF_ONE.search(asked)


def named_list(among: Candidates, scores: Floats, embed: Embed) -> NamedList | None:
    """The list that is asked for; None where there is none, or where the question tells one item from the others.

    A list that a rule has left out, by `scores`, or that is of another code, is none.
    """
    if not any(among.items) or not asks_for_several(among.question):
        return None
    kept = [places for places in _lists(among) if _may_be(among, scores, places)]
    if not kept:
        return None
    names = [_name(among, places) for places in kept]
    called = [": ".join(dict.fromkeys(filter(None, name))) for name in names]
    alike = likeness(among.question, called, embed)
    likest = np.argsort(-alike, kind="stable")[:_COMPARED].tolist()
    texts = ["\n".join((called[n], *(among.texts[i] for i in kept[n]))) for n in likest]
    both = (alike[likest] + likeness(among.question, texts, embed)) / 2
    best = int(both.argmax())
    places, name = kept[likest[best]], names[likest[best]]
    if not both[best] >= _LEAST or any(item.own for i in places if (item := among.items[i]) is not None):
        return None
    quoted = first_of(places, among.texts)
    alone = "\n".join((": ".join(name[1:]), *(among.texts[i] for i in places)))
    of_list = NamedList(quoted, float(both[best]), float(likeness(among.question, [alone], embed)[0]))
    return of_list if len(quoted) > 1 else None


def _lists(among: Candidates) -> list[list[int]]:
    lists: dict[tuple[int, int], list[int]] = {}
    for i, item in enumerate(among.items):
        if item is not None:
            lists.setdefault(item.of, []).append(i)
    return list(lists.values())


def _may_be(among: Candidates, scores: Floats, places: Sequence[int]) -> bool:
    """Whether it has several items, none of them left out, and it and the question both speak of what is not, or
    neither does."""
    items = [i for i in places if (item := among.items[i]) is not None and not item.is_lead]
    if len(items) < 2 or not np.isfinite(scores[items]).all():  # noqa: PLR2004
        return False
    chunk = among.hits[among.places[places[0]][0]].chunk
    called = " ".join((*_name(among, places), chunk.heading))
    if among.codes and among.codes.is_of_another(called) and not among.codes.held(called):
        return False
    return bool(_LEFT_OUT.search(called)) == bool(_LEFT_OUT.search(among.question[:_MOST_ASKED]))


def _name(among: Candidates, places: Sequence[int]) -> tuple[str, ...]:
    """Title, heading and the line above the list, each once."""
    chunk, item = among.hits[among.places[places[0]][0]].chunk, among.items[places[0]]
    lead = item.name.rpartition(SEPARATOR)[2] if item else ""
    return chunk.title, *dict.fromkeys(part for part in (chunk.heading.rpartition(SEPARATOR)[2], lead) if part)
