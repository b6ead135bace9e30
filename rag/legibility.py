"""Whether an encoder knows the language of a text, told by how its tokenizer cuts it up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LETTERS = 1.75
"""Mean letters of a word piece: English has 4, German and Spanish 2.5 by the bundled tokenizer and never fewer than
1.78 in any question of XQuAD; Arabic, Chinese and Hindi fall apart into single letters."""


def is_legible(offsets: NDArray[np.int64]) -> bool:
    """Whether the word pieces of a text, given by their character spans [n, 2], are more than single letters."""
    return not len(offsets) or float((offsets[:, 1] - offsets[:, 0]).mean()) >= _LETTERS
