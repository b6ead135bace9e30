"""Builds a Document block by block, so that no loader counts characters by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.loaders.cleaning import clean, one_line
from ingest.loaders.word_places import Seen, placed
from rag.instructions import orders
from rag.types import Block, BlockKind, Box, Document, Page, Word, counted

MANY_INVISIBLE = 20
"""From this many invisible characters on, a person is told: they can carry text that nobody sees."""
_SHOWN = 100
"""Characters of an order that are shown."""


@dataclass(slots=True)
class Assembly:
    """Blocks in reading order, and what else a loader learned about its file."""

    title: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    n_pictures_read: int = 0
    """Pictures inside of the file whose words were read by OCR."""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _blocks: list[Block] = field(default_factory=list)
    _pages: list[tuple[int, str]] = field(default_factory=list)
    _n_invisible: int = 0
    _seen: dict[int, Sequence[Seen]] = field(default_factory=dict)

    def begin_page(self, label: str = "") -> None:
        """Blocks added from here on belong to a new page; `label` is a sheet's name or a chapter's title."""
        self._pages.append((len(self._blocks), one_line(label)))

    def add_words(self, seen: Sequence[Seen], page: int) -> None:
        """Words of a page that was read by OCR, in their order, for the document to tell where each of them stands."""
        self._seen[page] = seen

    def add(self, kind: BlockKind, text: str, level: int = 0, *, tight: bool = False, box: Box | None = None) -> None:
        """Append a block, unless it is blank. `tight` puts it on the next line, without a blank line before it.

        `box` is its place on the page."""
        text, n_invisible = clean(text)
        self._n_invisible += n_invisible
        text = text.strip("\n").rstrip() if kind == "code" else text.strip()
        if not text.strip():
            return
        gap = "" if not self._blocks else "\n" if tight else "\n\n"
        start = self._length + len(gap)
        self._parts += (gap, text)
        self._length = start + len(text)
        self._blocks.append(Block(kind, start, self._length, level if kind == "heading" else 0, box))

    def warn_of_unseen(self, texts: Sequence[str]) -> None:
        """Text that nobody sees is ordinary, and is left out without a word unless it gives orders."""
        if found := next((text for text in texts if orders(text)), None):
            said = f"Hidden text that gives orders to whoever answers was left out: “{one_line(found, _SHOWN)}”."
            self.warnings.append(said)

    @property
    def n_blocks(self) -> int:
        """How many blocks there are by now."""
        return len(self._blocks)

    @property
    def n_words(self) -> int:
        """How many words there are by now."""
        return sum(len(part.split()) for part in self._parts)

    @property
    def n_pages(self) -> int:
        """How many pages have begun."""
        return len(self._pages)

    def is_blank(self) -> bool:
        """Whether no text was found."""
        return not self._blocks

    def first_heading(self) -> str:
        """The text of the first heading among the first blocks, or nothing."""
        for index, block in enumerate(self._blocks[:20]):
            if block.kind == "heading":
                return self._parts[2 * index + 1].strip("#= \n")
        return ""

    def document(self, media_type: str, fallback_title: str) -> Document:
        """The finished Document; its title is the loader's, else the first heading, else the fallback."""
        if self._n_invisible >= MANY_INVISIBLE:
            self.warnings.append(
                f"{self._n_invisible:,} invisible characters were removed: they can carry text that nobody sees."
            )
        self._warn_of_orders()
        text, pages = "".join(self._parts), self._page_spans()
        return Document(
            text=text,
            title=one_line(self.title) or one_line(self.first_heading()) or fallback_title,
            media_type=media_type,
            pages=pages,
            blocks=tuple(self._blocks),
            metadata={key: one_line(value) for key, value in self.metadata.items() if value.strip()},
            warnings=tuple(self.warnings),
            words=tuple(self._words(text, pages)),
        )

    def _warn_of_orders(self) -> None:
        """Text that anybody may have written can try to give orders to a model; a person is told of it."""
        found = [part[one.start : one.end] for part in self._parts for one in orders(part)]
        if found:
            gives, is_left = ("gives", "It is") if len(found) == 1 else ("give", "They are")
            self.warnings.append(
                f"{counted(len(found), 'sentence')} {gives} orders to whoever answers, such as "
                f"“{one_line(found[0], _SHOWN)}”. {is_left} neither sent to a chat model nor quoted."
            )

    def _words(self, text: str, pages: Sequence[Page]) -> Iterator[Word]:
        for page in pages:
            if page.number in self._seen:
                yield from placed(self._seen[page.number], text, page)

    def _page_spans(self) -> tuple[Page, ...]:
        pages, at = [], 0
        bounds = [first for first, _ in self._pages[1:]] + [len(self._blocks)]
        for number, ((first, label), last) in enumerate(zip(self._pages, bounds, strict=False), 1):
            start = self._blocks[first].start if first < last else at
            at = self._blocks[last - 1].end if first < last else at
            pages.append(Page(number, start, at, label))
        return tuple(pages)
