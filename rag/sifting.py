"""Which sentences are no answers, whatever they have in common with a question."""

from __future__ import annotations

import numpy as np

from rag.asked_fields import of_other_fields
from rag.asked_lists import of_other_lists
from rag.asked_rows import of_others
from rag.bibliography import entries, is_asked_for
from rag.candidates import Candidates
from rag.interaction import Floats
from rag.lines import Span, is_marked_heading, tells_when, units
from rag.lists import lists_of
from rag.other_sections import of_other_sections
from rag.rows import captions


def sifted(scores: Floats, among: Candidates) -> Floats:
    """The scores without those of captions, headings and names of lists, of rows, lists, fields and sections that are
    about others, and of references, unless these are what is asked for: they become -inf. All stay where nothing else
    is there.
    """
    are_asked_for = is_asked_for(among.question)
    out = [_names(hit.chunk.text) + ([] if are_asked_for else entries(hit.chunk)) for hit in among.hits]
    are_out = [any(start >= a and end <= b for a, b in out[n]) for n, (start, end) in among.places]
    others = [
        of_others(scores, among.rows),
        of_other_lists(among.items),
        of_other_fields(scores, among),
        of_other_sections(among),
    ]
    are_others = np.array(others, dtype=bool).any(axis=0)
    kept = ~(np.array(are_out, dtype=bool) | are_others)
    return np.where(kept, scores, np.float32(-np.inf)) if kept.any() else scores


def _names(text: str) -> list[Span]:
    """The lines that say what stands below them, and none of it: of a table, a list, a section."""
    marked = [(start, end) for start, end, _ in units(text) if is_marked_heading(text[start:end])]
    headings = [(start, end) for start, end in marked if not tells_when(text[start:end])]
    return captions(text) + headings + [one.place for one in lists_of(text) if one.place and one.is_name]
