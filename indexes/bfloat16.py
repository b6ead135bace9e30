"""Whether PyTorch should run a model in bfloat16 on this CPU: tried out, since processors and models differ."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Rows = NDArray[np.float32]
Precision = contextlib.AbstractContextManager[object]


def precision(*, rounded: bool) -> Precision:
    """In this context PyTorch's models run in bfloat16 on the CPU, or in the precision of their weights."""
    if not rounded:
        return contextlib.nullcontext()
    import torch

    autocast: Precision = torch.autocast("cpu", dtype=torch.bfloat16)
    return autocast


def pays(run: Callable[[Sequence[T]], Rows], trial: Sequence[T], agree: Callable[[Rows, Rows], bool]) -> bool:
    """Whether `run` is faster over the trial in bfloat16 and what comes out agrees with the exact rows."""
    exact, exact_s = _timed(run, trial, precision(rounded=False))
    rounded, rounded_s = _timed(run, trial, precision(rounded=True))
    return rounded_s < exact_s and agree(exact, rounded)


def _timed(run: Callable[[Sequence[T]], Rows], trial: Sequence[T], context: Precision) -> tuple[Rows, float]:
    with context:
        run(trial[:1])
        start = time.perf_counter()
        rows = run(trial)
        return rows, time.perf_counter() - start
