"""Questions with one slip of the finger in one of their words, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from rag.query.words import FUNCTION, is_content

_WORD = re.compile(r"(?<![\w'’./@-])[^\W\d_]{4,}(?![\w'’/@-])")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def misspelt(text: str, dice: random.Random, is_hit: Callable[[str], bool] = is_content) -> str:
    """The text with a letter left out, doubled, replaced by its neighbour on the keyboard or exchanged with the next
    one, in one of the words that may be hit; the same text where it has none of four letters."""
    words = [word for word in _WORD.finditer(text) if is_hit(word[0]) and word[0][1:].islower()]
    if not words:
        return text
    word = dice.choice(words)
    return f"{text[: word.start()]}{_slipped(word[0], dice)}{text[word.end() :]}"


def is_function(word: str) -> bool:
    """Whether it says nothing of what is asked about."""
    return word.lower() in FUNCTION


def _slipped(word: str, dice: random.Random) -> str:
    at = dice.randrange(len(word))
    ways = {
        "left out": word[:at] + word[at + 1 :],
        "doubled": word[:at] + word[at] + word[at:],
        "replaced": word[:at] + _neighbour(word[at], dice) + word[at + 1 :],
        "exchanged": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    }
    found = [way for way in ways.values() if way != word]
    return dice.choice(found)


def _neighbour(letter: str, dice: random.Random) -> str:
    for row in _ROWS:
        if (at := row.find(letter.lower())) >= 0:
            return dice.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
    return dice.choice("aeiou")
