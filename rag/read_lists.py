"""Which list a question asks for as a whole, told by reading both together: how likely an answer begins in its first
item and ends in its last.

What stands above a list often has no word of the question, and an item says little by itself. The joint reader has
learned from questions for whole lists, beside others for one item of them (`training/written`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.asked_lists import first_of
from rag.candidates import Candidates
from rag.embedding_text import SEPARATOR
from rag.interaction import Floats
from rag.lines import is_list_item
from rag.locating import Located
from rag.verification.languages import language

_LEARNED = ("en", "")
"""Languages of passages that the joint reader has learned from; empty where too few words tell."""

_CONTRARY = 2.0
"""How much less likely a list is than another where it, or the question, speaks of what is not, and the other does not:
the reader hardly tells what may be brought from what may not."""
_LEFT_OUT = re.compile(
    r"\b(?:not|no(?!\. ?\d)|never|none|nothing|nobody|neither|without|except\w*|exclu\w*|forbid\w*|prohibit\w*|"
    r"bann?(?:ed|s)?|cannot|avoid\w*|free (?:from|of)|lack(?:s|ing)?|closed|off limits|disallow\w*|refus\w*|"
    r"leave (?:at|out|behind)|stays? at home|left (?:at|out|behind))\b|n['’]ts?\b",
    re.IGNORECASE,
)
"""Words for what is not to be, or not included."""
_MOST_ASKED = 300
"""Characters of a question that are looked at for them."""


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list as an answer."""

    places: Sequence[int]
    """Of its sentences that are quoted."""
    cut: Sequence[int]
    """Of those that are not, since it is long."""
    best: int
    """Which of the quoted ones fits best."""
    logit: float
    """That all of it is asked for."""
    is_doubtful: bool
    """Whether the question has something of one of its sentences, so that this one may be meant, or the joint reader
    has not learned its language."""
    text: str
    """What is quoted, with its heading and the line above it."""


def likeliest_list(among: Candidates, scores: Floats, located: Sequence[Located]) -> ReadList | None:
    """Of all lists of several items; None where there is none. One that a rule has left out, by `scores`, or that lacks
    the code which is asked for, is none."""
    found = [
        (_logit(among, located, items), places, quoted)
        for places, items in _lists(among)
        if _may_be(among, scores, items, quoted := first_of(places, among.texts))
    ]
    if not found:
        return None
    logit, places, quoted = max(found, key=lambda one: one[0] - _CONTRARY * _is_contrary(among, one[1]))
    chunk = among.hits[among.places[places[0]][0]].chunk
    is_told = any(item.own for i in places if (item := among.items[i]) is not None)
    return ReadList(
        quoted,
        places[len(quoted) :],
        max(quoted, key=lambda i: float(scores[i])),
        logit,
        is_told or language(chunk.text) not in _LEARNED,
        "\n".join((_name(among, places), *(among.texts[i] for i in quoted))),
    )


def _lists(among: Candidates) -> Iterator[tuple[list[int], list[int]]]:
    """The places of each list's sentences, and of those that are of its items."""
    lists: dict[tuple[int, tuple[int, int]], list[int]] = {}
    for i, item in enumerate(among.items):
        if item is not None:
            lists.setdefault((among.places[i][0], item.of), []).append(i)
    for places in lists.values():
        yield places, [i for i in places if (item := among.items[i]) is not None and not item.is_lead]


def _logit(among: Candidates, located: Sequence[Located], items: Sequence[int]) -> float:
    (hit, first), (_, last) = among.places[items[0]], among.places[items[-1]]
    return located[hit].between(first, last)


def _may_be(among: Candidates, scores: Floats, items: Sequence[int], quoted: Sequence[int]) -> bool:
    """Whether several items can be quoted, none of the list is left out, and it has the code that is asked for."""
    n_items = sum(i in quoted and is_list_item(among.texts[i]) for i in items)
    if n_items < 2 or not np.isfinite(scores[items]).all():  # noqa: PLR2004
        return False
    return not among.codes or among.codes.held(_called(among, items)) > 0


def _is_contrary(among: Candidates, places: Sequence[int]) -> bool:
    return bool(_LEFT_OUT.search(_called(among, places))) != bool(_LEFT_OUT.search(among.question[:_MOST_ASKED]))


def _called(among: Candidates, places: Sequence[int]) -> str:
    """All that stands above the list."""
    title, heading, lead = _above(among, places)
    return f"{title} {heading} {lead}"


def _name(among: Candidates, places: Sequence[int]) -> str:
    """Its own heading and the line above it."""
    _, *parts = _above(among, places)
    return ": ".join(dict.fromkeys(filter(None, (part.rpartition(SEPARATOR)[2] for part in parts))))


def _above(among: Candidates, places: Sequence[int]) -> tuple[str, str, str]:
    """Title, headings, and the line above the list."""
    chunk, item = among.hits[among.places[places[0]][0]].chunk, among.items[places[0]]
    return chunk.title, chunk.heading, item.name if item else ""
