"""How many letters two words differ by, and which words one slip of the finger makes."""

from __future__ import annotations

import string


def edits(one: str, other: str, most: int) -> int:
    """Letters to add, leave out, replace, or exchange with their neighbour; `most` + 1 where it takes more.

    The optimal string alignment distance: no part of a word is edited twice.
    """
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    far, n = most + 1, len(other)
    last, before = [far] * (n + 1), [min(j, far) for j in range(n + 1)]
    for i, letter in enumerate(one, start=1):
        row = [far] * (n + 1)
        row[0] = min(i, far)
        for j in range(max(1, i - most), min(n, i + most) + 1):  # further from the diagonal it takes more anyway
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other[j - 1]))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other[j - 1]:
                least = min(least, last[j - 2] + 1)
            row[j] = min(least, far)
        if min(row) >= far:
            return far
        last, before = before, row
    return before[n]


def slips(word: str) -> set[str]:
    """All that one edit makes of a word in lower case, with the letters that it has and those from a to z."""
    letters = {*string.ascii_lowercase, *word}
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    shorter = {head + tail[1:] for head, tail in cuts if tail}
    longer = {head + letter + tail for head, tail in cuts for letter in letters}
    replaced = {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    return (shorter | longer | replaced | _exchanged(word)) - {word}


def is_usual_slip(typed: str, meant: str) -> bool:
    """Whether two neighbours are exchanged, or a letter is written twice or once that should be once or twice."""
    return is_exchanged(typed, meant) or typed in _repeated(meant) or meant in _repeated(typed)


def is_exchanged(typed: str, meant: str) -> bool:
    """Whether two neighbours are exchanged."""
    return typed in _exchanged(meant)


def _exchanged(word: str) -> set[str]:
    return {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)} - {word}


def _repeated(word: str) -> set[str]:
    return {word[: i + 1] + word[i:] for i in range(len(word))}
