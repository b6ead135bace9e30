"""What answers over whole documents consist of, beside the nouns of `rag/types.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rag.types import Answer, Sentence


@dataclass(frozen=True, slots=True)
class DocumentName:
    """A document as a person may name it."""

    id: int
    title: str
    source: str
    n_passages: int

    @property
    def file(self) -> str:
        """The last part of its source."""
        return self.source.rstrip("/").rsplit("/", 1)[-1]

    @property
    def shown(self) -> str:
        """Its title, or its file where it has none of its own."""
        return self.title if self.title and self.title != self.file.rsplit(".", 1)[0] else self.file


@dataclass(frozen=True, slots=True)
class PassagesRead:
    """An event: so many of the passages that will be read have been read."""

    n: int
    total: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what there is was read for an answer."""

    n_read: int
    n_all: int
    where: str = ""
    """What they are passages of: a document's name, "3 documents"; empty for all there are."""
    how: Literal["all", "spread", "nearest"] = "all"
    """Which were read where not all were: evenly spread ones, or those nearest to the question."""
    n_matched: int | None = None
    """How many of them speak of what was asked for; None where nothing was looked for."""

    def __str__(self) -> str:
        of = f" of {self.where}" if self.where else ""
        if self.how == "nearest" and self.n_read < self.n_all:
            read = f"Read the nearest {self.n_read:,} of {self.n_all:,} passages{of}"
        else:
            read = f"Read {self.n_read:,} of {self.n_all:,} passages{of}"
        spread = ", evenly spread over the text" if self.how == "spread" and self.n_read < self.n_all else ""
        return f"{read}{spread}{'' if self.n_matched is None else f'; {self.n_matched:,} matched'}."


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an answer under a title: a chapter, a document, or what the sides of a comparison share."""

    title: str
    cells: tuple[tuple[Sentence, ...], ...]
    """Its sentences, in one cell; a row of a comparison has a cell for each side, which may be empty."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The sentences of a longer answer in their order."""

    sections: tuple[Section, ...]
    sides: tuple[str, ...] = ()
    """What is compared; empty for a summary and a list."""
    is_list: bool = False
    is_of_names: bool = False
    """Whether its sentences are names of documents, and no words out of them."""

    def sentences(self) -> Iterator[Sentence]:
        """All of them, section by section and cell by cell."""
        return (sentence for section in self.sections for cell in section.cells for sentence in cell)

    def changed(self, change: Callable[[Sentence], Sentence]) -> Outline:
        """The same with each of them changed."""
        sections = (replace(one, cells=tuple(tuple(map(change, cell)) for cell in one.cells)) for one in self.sections)
        return replace(self, sections=tuple(sections))


def names_documents(answer: Answer) -> bool:
    """Whether it tells which documents there are, and nothing that they say."""
    return answer.outline is not None and answer.outline.is_of_names
