"""Fields of a form as a question asks for them: "Billing contact: ..." and not "Contact: ..."."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.candidates import Candidates
from rag.interaction import Floats
from rag.whole.terms import stems

_FIELD = re.compile(r"\W*(?P<label>(?:[^\W\d_]{1,4}\. ?)?[^:\n|.!?]{2,40}):\s+(?P<value>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Field:
    named: frozenset[str]
    """What the question has in common with its label."""
    held: frozenset[str]
    """The same of all of it."""
    has_number: bool
    score: float

    def is_other_than(self, asked: _Field) -> bool:
        """Whether that one's label has all that this one has of the question, and more. A field that has nothing of it
        may answer in other words, "Price: 80 EUR" below "Course: First aid", where it says something of another kind
        and its score is above that one's."""
        may_answer = not self.held and self.has_number != asked.has_number and self.score > asked.score
        return self.held < asked.named and not may_answer


def of_other_fields(scores: Floats, among: Candidates) -> list[bool]:
    """Whether each is a field beside which its passage has another one that is asked for instead."""
    fields = [_field(among.wanted, text, score) for text, score in zip(among.texts, scores.tolist(), strict=True)]
    beside: dict[int, list[_Field]] = {}
    for (n, _), field in zip(among.places, fields, strict=True):
        if field is not None:
            beside.setdefault(n, []).append(field)
    return [
        field is not None and any(map(field.is_other_than, beside[n]))
        for (n, _), field in zip(among.places, fields, strict=True)
    ]


def _field(wanted: frozenset[str], text: str, score: float) -> _Field | None:
    found = _FIELD.match(text)
    if found is None:
        return None
    has_number = any(letter.isdigit() for letter in found["value"])
    return _Field(wanted & stems(found["label"]), wanted & stems(text), has_number, score)
