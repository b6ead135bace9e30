"""What stands below a line that names a topic: the items of a list, the rows of a table, the sentences of a section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.embedding_text import SEPARATOR, heading_label
from rag.lines import is_marked_heading
from rag.lists import FOLLOWING
from rag.types import Chunk
from rag.whole.quotes import Quote
from rag.whole.terms import share, stems, terms

_WHOLE = 0.99
"""Share of the topic's words from which on a line names it."""
_STOPS = (".", "!", "?")
_MOST_WORDS = 6
"""Of a line that only names what stands below it."""
_UNMARKED = 7
"""How deep a heading without marks is; with marks 6 is the deepest."""
_LISTING = terms("list overview register directory table index schedule liste übersicht verzeichnis tabelle")
"""Words of a title that only say how it is written down."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Of the sentences of a passage, by their places."""

    names: frozenset[int]
    """Those that only say what follows."""
    rows: frozenset[int]
    """Those that follow one which names the topic."""


@dataclass(slots=True)
class _Section:
    is_named: bool
    prose: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    """Of these the ones that are announced."""
    has_items: bool = False

    def rows(self) -> list[int]:
        """Its sentences are rows where no list is there."""
        return self.items if self.has_items or not self.is_named else self.prose


def announced(topic: frozenset[str], chunk: Chunk, quotes: Sequence[Quote], least: float) -> Announced:
    """What the headings and lines of a passage announce. `least`: share of the topic's words that a line above a list
    has at least; of a heading and those above it all are wanted. A heading holds until the next one of its level."""
    path, names, is_led = _path(chunk, topic), set[int](), False
    sections = [_Section(_share(topic, *_labels(path), chunk.context) > _WHOLE)]
    for n, quote in enumerate(quotes):
        section, after = sections[-1], quotes[n + 1] if n + 1 < len(quotes) else None
        if level := _level(quote, after):
            path = [*((own, label) for own, label in path if own < level), (level, heading_label(quote.raw))]
            sections.append(_Section(_share(topic, *_labels(path)) > _WHOLE))
            is_led = False
            names.add(n)
        elif _leads(quote, after):
            is_led = _share(topic, quote.raw) >= least or _share(topic, *_labels(path), quote.raw) > _WHOLE
            names.add(n)
        elif quote.is_item:
            section.has_items = True
            section.items += [n] if section.is_named or is_led else []
        else:
            is_led = False
            section.prose.append(n)
    return Announced(frozenset(names), frozenset(n for section in sections for n in section.rows()))


def above(chunk: Chunk, topic: frozenset[str]) -> list[str]:
    """Its headings without the document's title, which stands above every passage alike, unless that says nothing else
    than the topic."""
    return _labels(_path(chunk, topic))


def _path(chunk: Chunk, topic: frozenset[str]) -> list[tuple[int, str]]:
    """The same with how deep each is, from 1 on; the title is above all."""
    titled = terms(chunk.title) - _LISTING
    title = [(0, chunk.title)] if titled and titled <= topic else []
    parts = enumerate(chunk.heading.split(SEPARATOR), start=1)
    return [*title, *((level, part) for level, part in parts if part and part != chunk.title)]


def _labels(path: Sequence[tuple[int, str]]) -> list[str]:
    return [label for _, label in path]


def _share(topic: frozenset[str], *lines: str) -> float:
    return share(topic, stems(" ".join(lines)))


def _level(quote: Quote, after: Quote | None) -> int:
    """How deep a heading is, 0 where it is none; a short line above a sentence is one below all that are marked."""
    text = quote.raw.lstrip()
    if is_marked_heading(quote.raw):
        return len(text) - len(text.lstrip("#"))
    is_above_prose = after is not None and not after.is_item and after.text.endswith(_STOPS)
    return _UNMARKED if is_above_prose and _is_line(quote) and ":" not in text else 0


def _is_line(quote: Quote) -> bool:
    text = quote.text
    return not quote.is_item and not text.endswith((*_STOPS, ":")) and len(text.split()) <= _MOST_WORDS


def _leads(quote: Quote, after: Quote | None) -> bool:
    """Whether it only says what the next ones are."""
    if quote.is_item:
        return False
    is_above_items = after is not None and after.is_item
    return quote.text.endswith(":") or (is_above_items and (_is_line(quote) or bool(FOLLOWING.search(quote.text))))
