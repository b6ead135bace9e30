"""Sentences with the codes that a question asks for come first."""

from __future__ import annotations

import numpy as np

from rag.candidates import Candidates
from rag.interaction import Floats


def by_codes(scores: Floats, among: Candidates, above: float) -> Floats:
    """The scores of sentences, so that one with the codes that are asked for comes first, by `above`, and none that has
    another code of the same form in their place is quoted beside it. Titles and headings count, too.
    """
    codes, texts = among.codes, among.texts
    held = [codes.held(f"{one}\n{text}") for one, text in zip(among.above, texts, strict=True)] if codes else []
    most = max(held, default=0)
    if not most:
        return scores
    found = scores.copy()
    first = max((i for i, n in enumerate(held) if n == most), key=lambda i: float(scores[i]))
    found[first] = scores.max() + above
    for i, text in enumerate(texts):
        if held[i] < most and codes.is_of_another(text):
            found[i] = -np.inf
    return found
