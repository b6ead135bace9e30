"""This file estimates how many tokens a text has for a model whose tokenizer is not at hand."""

from __future__ import annotations

import re
from collections.abc import Callable

Counter = Callable[[str], int]
"""A text -> its tokens."""

_LETTERS = re.compile(r"[A-Za-z \n]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]")


def estimated(text: str) -> int:
    """Tokens, rather too many than too few.

    Four Latin letters or blanks are taken for one, a digit or a sign for one, two letters of another script for three:
    four characters each, which is right for English, would let a table or a page of Chinese overflow.
    """
    n_plain = sum(map(len, _LETTERS.findall(text)))
    n_foreign = len(_FOREIGN.findall(text))
    return -(-n_plain // 4) + len(text) - n_plain + n_foreign // 2
