"""Demands that the means of a measurement must meet, as in `ndcg@10>=.74`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from rag.errors import InputError

_FORM = re.compile(r"\s*([\w@]+)\s*(>=|<=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*")
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


class Measured(Protocol):
    """What was measured over several questions."""

    @property
    def mean(self) -> float:
        """Over those that have a value."""
        ...


@dataclass(frozen=True, slots=True)
class Demand:
    """A metric's mean compared with a number."""

    metric: str
    sign: str
    bound: float
    text: str
    """As it was written, without blanks."""

    def failure(self, metrics: Mapping[str, Measured]) -> str | None:
        """A sentence where it is not met; raises InputError for a metric that the run does not have."""
        self.refuse_unless_among(metrics)
        mean = metrics[self.metric].mean
        if _COMPARE[self.sign](mean, self.bound):
            return None
        return f"{self.metric} is {mean:.4f}, but must be {self.sign} {self.bound:g}"

    def refuse_unless_among(self, metrics: Iterable[str]) -> None:
        """Raises InputError for a metric that is none of these."""
        names = list(metrics)
        if self.metric not in names:
            raise InputError(f"the run has no metric {self.metric!r}; it has {', '.join(names)}")


def read_demand(text: str) -> Demand:
    """Raises InputError for another form."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise InputError(f"{text!r} is no demand: write a metric, >=, <=, > or <, and a number, as in ndcg@10>=.74")
    return Demand(found[1], found[2], float(found[3]), "".join(found.groups()))
