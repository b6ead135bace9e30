"""A conversation as a PDF: questions, answers, and below each what it cites, led to by its markers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.answer_form import place_line
from app.components.query_text import searched
from app.doubt import doubt
from app.export import MARKED, UNRATED, Ratings, asked, exported, rated
from app.pdf_fonts import MISSING
from app.pdf_page import ANSWER, ASIDE, NOTE, TITLE, Pages, anchor_of
from app.quoted_export import as_lines
from app.quoted_form import on_one_line
from app.words import msgid, numeral, tr
from rag.inert import flat, visible
from rag.markers import NO_ROOT
from rag.types import Answer, Citation, Sentence, Turn
from rag.whole.composing import as_text

_MARKER = re.compile(rf"{NO_ROOT}\[(\d{{1,3}})\]")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_MOST_NAMED = 40
_ASIAN = msgid("Chinese, Japanese and Korean letters are drawn with the fonts of the program that shows this file.")


def as_pdf(title: str, turns: Sequence[Turn], ratings: Ratings = UNRATED, at: float = 0.0) -> bytes:
    """The file. Numbers count through the whole conversation, as in Markdown, where `at` is told, too. Letters that no
    font here has are named at the end."""
    pages, n_before = Pages(flat(title)), 0
    pages.paragraph(flat(title), TITLE)
    _asides(pages, exported(at))
    for n, turn in enumerate(turns):
        pages.heading(flat(turn.question), f"turn-{n}")
        _asides(pages, asked(turn))
        _answer(pages, turn.answer, n_before)
        _asides(pages, rated(ratings.get(n)))
        n_before += max((citation.n for citation in turn.answer.citations), default=0)
    for line in _notes(pages):
        pages.paragraph(line, ASIDE)
    return pages.finished()


def _answer(pages: Pages, answer: Answer, n_before: int) -> None:
    _asides(pages, doubt(answer))
    for line in _said(answer, n_before):
        pages.paragraph(line, ANSWER, links=frozenset(citation.n + n_before for citation in answer.citations))
    for one in answer.sentences:
        if one.check and one.check.state in MARKED:
            pages.paragraph(f"{tr(MARKED[one.check.state])}: {flat(one.text)}", ASIDE)
    _asides(pages, searched(answer.query), answer.notice)
    for citation in answer.citations:
        pages.anchor(anchor_of(citation.n + n_before))
        pages.paragraph(_footnote(citation, n_before), NOTE)


def _said(answer: Answer, n_before: int) -> Iterator[str]:
    """Its lines with numbers that go on; nothing in a name is a number or a mark."""
    known = {citation.n for citation in answer.citations}
    shown = {n + n_before for n in known}

    def numbered(found: re.Match[str]) -> str:
        n = int(found[1])
        if n in known:
            return f"[{n + n_before}]"
        return f"({n})" if n in shown else found[0]  # what is no marker shall not become one

    if answer.outline is not None and answer.outline.is_of_names:
        yield visible(as_text(answer.outline.changed(lambda name: _moved(name, n_before))))
        return
    yield from (_MARKER.sub(numbered, _STRONG.sub(r"\1", visible(line))) for line in as_lines(answer))


def _moved(sentence: Sentence, by: int) -> Sentence:
    return replace(sentence, citations=tuple(n + by for n in sentence.citations))


def _asides(pages: Pages, *texts: str) -> None:
    for text in filter(None, texts):
        pages.paragraph(flat(text), ASIDE)


def _footnote(citation: Citation, n_before: int) -> str:
    place, source = place_line(citation.chunk, citation.page), citation.chunk.source
    return f"[{citation.n + n_before}] {flat(place)} ({flat(source)}): “{on_one_line(citation.quote)}”"


def _notes(pages: Pages) -> Iterator[str]:
    """What a reader has to know of the letters."""
    if pages.fonts.has_asian:
        yield tr(_ASIAN)
    if missing := sorted(pages.fonts.missing):
        names = [f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in missing[:_MOST_NAMED]]
        letters, n_more = ", ".join(names), len(missing) - _MOST_NAMED
        if n_more > 0:
            letters = tr("{letters} and {n} more", letters=letters, n=numeral(n_more))
        yield tr("No font here has these letters, which stand as “{sign}”: {letters}.", sign=MISSING, letters=letters)
