"""What a step of training shows: some questions, and windows of passages, which cost less than whole ones and teach as
much.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256

from rag.pieces import PieceIds
from training.mining import Mined, Task

_HARD = 6
"""The first so many wrong hits are drawn from: some more than are read."""
_APART, _MOST_APART = 64, 128
"""One of so many tasks is kept apart; so many of these are looked at, at most."""
_SAME = 0.35
"""How often the wrong passage is a part of the right one, without the answer in it."""

Asked = tuple[Mined, Task]


def drawn(
    tasks: Sequence[Asked], n: int, widths: Sequence[int], step: int
) -> tuple[Sequence[Asked], int, random.Random]:
    """The `n` tasks of a step, how wide its windows are, and what else of it is left to chance: the same whenever they
    are asked for, and every task once before any comes again."""
    per_round = max(1, len(tasks) // n)
    order = list(range(len(tasks)))
    random.Random(step // per_round).shuffle(order)  # noqa: S311
    chance = random.Random(1_000_003 + step)  # noqa: S311
    width, first = chance.choice(widths), step % per_round * n
    return [tasks[number] for number in order[first : first + n]], width, chance


def parted(tasks: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Those that teach, and one of 64, chosen by its question, that are kept apart: their loss tells when the others
    teach no more than themselves. None is held out of its set, which is for what is measured afterwards."""
    sides: tuple[list[Asked], list[Asked]] = [], []
    for one in tasks:
        sides[sha256(one[1].question.tobytes()).digest()[0] % _APART == 0].append(one)
    return sides


def n_steps_apart(apart: Sequence[Asked], n: int) -> int:
    """Steps of `n` tasks that go through what is kept apart once, or through as much of it as is looked at."""
    return min(-(-len(apart) // n), max(1, min(len(apart), _MOST_APART) // n))


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
