"""Makes an Answer of quotes: numbers them, and writes the outline as text for a terminal and for a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Answer, Citation, Hit, Sentence, Trace
from rag.whole.nouns import Coverage, Outline, Section
from rag.whole.quotes import Quote


class Composer:
    """Numbers quotes in the order in which they are said."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []
        self._numbers: dict[Quote, int] = {}

    def said(self, *quotes: Quote) -> Sentence:
        """A sentence in the words of the first quote, with the places of all."""
        return Sentence(quotes[0].text, tuple(dict.fromkeys(self._number(quote) for quote in quotes)))

    def _number(self, quote: Quote) -> int:
        if quote not in self._numbers:
            self._numbers[quote] = len(self._numbers) + 1
            self.citations.append(Citation(self._numbers[quote], quote.chunk, quote.start, quote.end))
        return self._numbers[quote]

    def answer(self, question: str, outline: Outline, coverage: Coverage, trace: Trace) -> Answer:
        """The Answer of what was said."""
        return answer_of(question, outline, self.citations, coverage, trace)


def answer_of(
    question: str, outline: Outline, citations: Sequence[Citation], coverage: Coverage | None, trace: Trace
) -> Answer:
    """With the cited passages as its hits."""
    chunks = list(dict.fromkeys(citation.chunk for citation in citations))
    return Answer(
        question=question,
        text=as_text(outline),
        sentences=tuple(outline.sentences()),
        citations=tuple(citations),
        hits=tuple(Hit(chunk, 1.0, "read") for chunk in chunks),
        trace=trace,
        coverage=coverage,
        outline=outline,
    )


def as_text(outline: Outline) -> str:
    """The outline in plain lines, each sentence with its markers."""
    return "\n\n".join(_section(section, outline) for section in outline.sections)


def _section(section: Section, outline: Outline) -> str:
    if outline.sides and len(section.cells) == len(outline.sides):
        rows = [f"{side}: {_marked(cell) or '–'}" for side, cell in zip(outline.sides, section.cells, strict=True)]
        return "\n".join([f"{section.title}:"] * bool(section.title) + [f"- {row}" for row in rows])
    sentences = [sentence for cell in section.cells for sentence in cell]
    is_list = outline.is_list or bool(outline.sides)
    body = "\n".join(f"- {_marked([one])}" for one in sentences) if is_list else _marked(sentences)
    return f"{section.title}:\n{body}" if section.title else body


def _marked(sentences: Sequence[Sentence]) -> str:
    return " ".join(f"{one.text} {''.join(f'[{n}]' for n in one.citations)}" for one in sentences)
