"""Windows of a passage that is longer than they are."""

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.training.some import some
from training.windows import around_answer, wrong_window

MARKS = [(140, 144)]
LONG = np.arange(100_000, 100_300, dtype=np.int32)
"""Numbers that no piece of the other passages has."""


@pytest.mark.parametrize("width", [16, 72, 176, 400])
def test_a_window_holds_the_answer_whole(width: int):
    chance = random.Random(3)
    starts = {around_answer(len(LONG), MARKS, width, chance) for _ in range(200)}
    for start in starts:
        assert 0 <= start <= 140
        assert min(start + width, len(LONG)) > 144
    assert len(starts) > 1 or width == 400


def test_a_window_of_a_passage_without_marks_lies_anywhere_in_it():
    chance = random.Random(3)
    starts = {around_answer(len(LONG), [], 72, chance) for _ in range(300)}
    assert min(starts) < 20
    assert 200 < max(starts) <= len(LONG) - 72


def test_a_wrong_window_of_the_right_passage_lacks_the_answer():
    of = some()
    task, chance = of.tasks[0], random.Random(3)
    shown = [wrong_window(of, task, LONG, MARKS, 72, chance) for _ in range(200)]
    own = [window for window in shown if window[0] >= LONG[0]]
    assert 40 < len(own) < 120
    for window in own:
        assert not set(window.tolist()) & set(LONG[140:145].tolist())
    near = {of.pieces[bad][0].tobytes() for bad in task.bad}
    assert {window.tobytes() for window in shown if window[0] < LONG[0]} <= near
    [bad] = task.bad[:1]
    only = replace(task, bad=[bad])
    assert wrong_window(of, only, LONG, [], 72, chance).tobytes() == of.pieces[bad][0].tobytes()
