"""Windows of passages that are shown in training: short ones cost less, and teach as much."""

from __future__ import annotations

import random
from collections.abc import Sequence

from rag.pieces import PieceIds
from training.mining import Mined, Task

_HARD = 8
"""The first so many wrong hits are drawn from."""
_SAME = 0.35
"""How often the wrong passage is a part of the right one, without the answer in it."""


def around_answer(n: int, marks: Sequence[tuple[int, int]], width: int, chance: random.Random) -> int:
    """Where a window starts that holds one of the marked answers whole, if it can."""
    if not marks:
        return chance.randint(0, max(0, n - width))
    first, last = chance.choice(marks)
    low, high = max(0, last - width + 1), min(first, max(0, n - width))
    return chance.randint(min(low, high), max(low, high))


def wrong_window(  # noqa: PLR0913, PLR0917
    of: Mined, task: Task, right: PieceIds, marks: Sequence[tuple[int, int]], width: int, chance: random.Random
) -> PieceIds:
    """A window of a near passage, or one of the right passage in which the answer does not stand."""
    if marks and chance.random() < _SAME:
        starts = range(0, len(right) - width // 2, 8)
        free = [start for start in starts if all(last < start or first >= start + width for first, last in marks)]
        if free:
            start = chance.choice(free)
            return right[start : start + width]
    return near_window(of, task, width, chance)


def near_window(of: Mined, task: Task, width: int, chance: random.Random) -> PieceIds:
    """A window of a near passage that does not answer."""
    ids = of.pieces[chance.choice(task.bad[:_HARD])][0]
    start = chance.randint(0, max(0, len(ids) - width))
    return ids[start : start + width]
