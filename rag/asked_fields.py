"""Fields of a form as a question asks for them: "Billing contact: ..." and not "Contact: ..."."""

from __future__ import annotations

import re

from rag.candidates import Candidates
from rag.whole.terms import stems

_FIELD = re.compile(r"\W*([^:\n|.!?]{2,40}):\s+\S")


def of_other_fields(among: Candidates) -> list[bool]:
    """Whether each is a field beside which its passage has another one whose label has all that it has of the question,
    and more."""
    fields = [_FIELD.match(text) for text in among.texts]
    labels: dict[int, list[frozenset[str]]] = {}
    for (n, _), field in zip(among.places, fields, strict=True):
        if field is not None:
            labels.setdefault(n, []).append(among.wanted & stems(field[1]))
    return [
        field is not None and any(among.wanted & stems(text) < other for other in labels[n])
        for (n, _), field, text in zip(among.places, fields, among.texts, strict=True)
    ]
