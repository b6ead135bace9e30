"""Questions for what a section is called: "What are Anna's skills?" above "Skills" in the CV of Anna."""

from __future__ import annotations

import re

from rag.candidates import Candidates
from rag.embedding_text import SEPARATOR, heading_label
from rag.keywords import is_looked_up
from rag.lines import is_marked_heading, units
from rag.types import Chunk
from rag.whole.terms import stems, terms

_WHAT = re.compile(r"\W*(?:what(?:['’]s|\s+(?:is|are|was|were))|was\s+(?:ist|sind|war|waren))\b", re.IGNORECASE)


def is_called_so(among: Candidates, best: int) -> bool:
    """Whether no more is asked than what a sentence is called, by words that stand in it or above, as those that are
    typed into a search box, or by the heading right above: of somebody or something that the document is about."""
    n, (start, _) = among.places[best]
    chunk = among.hits[n].chunk
    heading = _heading(chunk, start)
    if is_looked_up(among.question, f"{among.above[best]}\n{heading}\n{among.texts[best]}"):
        return True
    return _WHAT.match(among.question) is not None and _is_named(among.wanted, chunk, terms(heading))


def _is_named(wanted: frozenset[str], chunk: Chunk, heading: frozenset[str]) -> bool:
    about = stems(f"{chunk.title} {chunk.source} {chunk.heading} {chunk.opening}")
    return bool(heading) and heading <= wanted and wanted - heading <= about


def _heading(chunk: Chunk, place: int) -> str:
    """The one under which a place of the text stands; the document's title is none."""
    before = [chunk.text[start:end] for start, end, _ in units(chunk.text[:place])]
    marked = [heading_label(unit) for unit in before if is_marked_heading(unit)]
    heading = marked[-1] if marked else chunk.heading.split(SEPARATOR)[-1]
    return "" if heading == chunk.title else heading
