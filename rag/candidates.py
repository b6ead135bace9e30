"""The sentences that may answer a question, and what is found out once about all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.asked_lists import ListItem, asked_items
from rag.asked_rows import AskedRow, asked_rows
from rag.codes import Codes, codes_of
from rag.lines import Span
from rag.types import Hit
from rag.whole.terms import terms

_QUESTION_MARKS = ("?", "？", "؟")


@dataclass(frozen=True)
class Candidates:
    """Sentences of hits, in the order in which these have them; rules speak of them by their place there."""

    question: str
    hits: Sequence[Hit]
    places: Sequence[tuple[int, Span]]
    """Of each its hit, and its characters in the chunk's text."""

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The stems of what the question is about."""
        return terms(self.question)

    @cached_property
    def codes(self) -> Codes:
        """The codes that it asks for."""
        return codes_of(self.question)

    @cached_property
    def texts(self) -> list[str]:
        return [self.hits[n].chunk.text[start:end] for n, (start, end) in self.places]

    @cached_property
    def above(self) -> list[str]:
        """Title and heading over each."""
        return [above(self.hits[n]) for n, _ in self.places]

    @cached_property
    def rows(self) -> list[AskedRow | None]:
        """The row of a table that each is, if it is one."""
        return asked_rows(self.question, self.hits, self.places)

    @cached_property
    def items(self) -> list[ListItem | None]:
        """The item of a list that each is of, if it is of one."""
        return asked_items(self.question, self.hits, self.places)

    @cached_property
    def are_questions(self) -> list[bool]:
        return [text.endswith(_QUESTION_MARKS) for text in self.texts]

    def are_beside(self, one: int, other: int) -> bool:
        """Whether nothing stands between the first and the second, in one passage."""
        (n, (_, end)), (m, (start, _)) = self.places[one], self.places[other]
        return n == m and not self.hits[n].chunk.text[end:start].strip()


def above(hit: Hit) -> str:
    """What stands over a passage: its document's title, and its heading."""
    return f"{hit.chunk.title}\n{hit.chunk.heading}"
