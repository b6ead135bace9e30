"""What the learned weights are worth, on examples that can be counted."""

from __future__ import annotations

import numpy as np

from rag.interaction import Floats
from training.cli import _chance
from training.learning import chance_worth

LABELS = np.array([1, 1, 0, 0], dtype=np.float32)


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def test_the_line_of_the_chance_says_what_the_error_is_over():
    chance = floats(1, 1, 0, 0)
    line = "refusal area 1.000, 1.000 refused at 90% precision, calibration error 0.000 (both kinds weighing half"
    assert _chance(*chance_worth(chance, LABELS)) == f"{line})"
    assert _chance(*chance_worth(chance, LABELS, 1)) == f"{line}; without 1 question whose passages hold no answer)"
    assert _chance(*chance_worth(chance, LABELS, 1200)) == (
        f"{line}; without 1,200 questions whose passages hold no answer)"
    )
