"""How many letters two words differ by."""

from __future__ import annotations


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
