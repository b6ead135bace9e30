"""Lists as a question asks for them: which one it is about, and whether for one of its items or for all.

An item says little by itself: what it is stands in the line above the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rag.lines import Span
from rag.lists import TextList, lists_of
from rag.types import Hit
from rag.whole.terms import share, stems, terms, words

MOST_ITEMS = 16
MOST_WORDS = 150
"""Of a list: more than of other quotes, since half a list is no answer."""
_ENOUGH = 2
"""Items of one list that are quoted where the question tells none of them from the others: then all are meant."""
_TOLD = 2 / 3
"""Of the words of a question, in a list that it names, its items and what stands above."""
_ASKED = re.compile(r"\W*(?:what|which)\b(?:\s+(?:are|is|were|was)\b)?(?:\s+the\b)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListItem:
    """A sentence of a list in a hit, or the one that leads to it, held against a question."""

    of: tuple[int, int]
    """The document, and where its list begins there."""
    name: str
    """What the list is called: the line above it, else its heading."""
    lead: frozenset[str]
    """What the question has in common with the line above the list."""
    own: frozenset[str]
    """What it has in common with the sentence, and with nothing above it."""
    is_lead: bool
    """Whether it leads to the list, and is none of its items."""
    is_told: bool
    """Whether the question asks for what the list is named, and most of its other words stand here, too."""


def asked_items(question: str, hits: Sequence[Hit], places: Sequence[tuple[int, Span]]) -> list[ListItem | None]:
    """For each sentence, `places` its hit and its characters in the chunk's text, the item that it belongs to, if it
    does to one."""
    lists = [list(lists_of(hit.chunk.text, hit.chunk.heading)) for hit in hits]
    wanted = terms(question) if any(lists) else frozenset()
    name = _name_asked(question) if any(lists) else ""
    found: list[ListItem | None] = []
    for n, (start, end) in places:
        of = next((one for one in lists[n] if _has(one, (start, end))), None)
        found.append(None if of is None else _held(wanted, name, hits[n], of, (start, end)))
    return found


def _has(of: TextList, span: Span) -> bool:
    """Whether a sentence is of the list: of an item, or one that leads to it and says more than its name."""
    return of.start <= span[0] < of.end or (of.place == span and not of.is_name)


def _held(wanted: frozenset[str], name: str, hit: Hit, of: TextList, span: Span) -> ListItem:
    chunk, lead = hit.chunk, stems(of.lead)
    own = stems(chunk.text[slice(*span)])
    above = lead | stems(f"{chunk.heading} {chunk.title}")
    is_told = name in lead and share(wanted, above | own) >= _TOLD
    place = (chunk.document_id, chunk.start + of.start)
    return ListItem(place, of.lead, wanted & lead, (wanted & own) - above, span == of.place, is_told)


def _name_asked(question: str) -> str:
    """The stem of the word that says what is asked for, of "which software is installed" that of "software"; empty
    where there is none."""
    asked = _ASKED.match(question)
    return next(iter(terms(next(iter(words(question[asked.end() :])), ""))), "") if asked else ""


def of_other_lists(items: Sequence[ListItem | None]) -> list[bool]:
    """Whether each is an item of a list beside which its document has another one whose name has all that it has of the
    question, and more."""
    names: dict[int, set[frozenset[str]]] = {}
    for item in items:
        if item is not None:
            names.setdefault(item.of[0], set()).add(item.lead)
    return [
        item is not None and not item.is_lead and any(item.lead | item.own < other for other in names[item.of[0]])
        for item in items
    ]


def listed(
    quoted: Sequence[int], items: Sequence[ListItem | None], texts: Sequence[str], *, is_one: bool
) -> tuple[list[int], bool]:
    """What to quote in place of the sentences `quoted`, the best first, and whether it is a list of several.

    The whole list of the best one, in its own order, below the sentence that leads to it, where the question asks for
    what the list is named, or several of its items are quoted and not one thing is asked for, as a number is
    (`is_one`), and it tells none of them from the others; of a long one what comes first, if the best is among it.
    Else what there is without other items that have nothing of the question.
    """
    best = items[quoted[0]]
    if best is None:
        return list(quoted), False
    whole = [i for i, item in enumerate(items) if item is not None and item.of == best.of]
    n_quoted = len(set(quoted) & set(whole))
    if (best.lead or (n_quoted >= _ENOUGH and not is_one)) and not any(item.own for i in whole if (item := items[i])):
        first = first_of(whole, texts)
        if quoted[0] in first:
            return first, len(first) > 1
    return [i for i in quoted if i == quoted[0] or _belongs(items[i], best)], False


def _belongs(item: ListItem | None, best: ListItem) -> bool:
    """Whether a sentence may stand beside the best one, an item: where that has something of the question by itself,
    other items must, too."""
    return item is None or bool(item.own) or (item.of == best.of and not best.own)


def first_of(whole: Sequence[int], texts: Sequence[str]) -> list[int]:
    """What is quoted of a list, by the places of its sentences: all, or what comes first of a long one."""
    n_words = list(accumulate(len(texts[i].split()) for i in whole))
    return [i for i, n in zip(whole[:MOST_ITEMS], n_words, strict=False) if n <= MOST_WORDS]
