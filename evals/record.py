"""The record of a run: what was measured with what, question by question, which a later run is compared with."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from evals.asking import Asked
from evals.refusal_curve import REFUSAL, Rows
from evals.significance import Difference, Estimate, difference, difference_of, estimate, estimate_of

T = TypeVar("T")
_LIBRARIES = (
    "numpy",
    "faiss-cpu",
    "faiss-gpu",
    "chromadb",
    "tantivy",
    "openvino",
    "sentence-transformers",
    "transformers",
    "tokenizers",
    "torch",
    "ir_measures",
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One config on one set."""

    set: str
    config: str
    settings: Mapping[str, Any]
    models: Mapping[str, str]
    """What they are for -> name and hash of the weights."""
    versions: Mapping[str, str]
    date: str
    """ISO 8601, UTC."""
    seconds: Mapping[str, float]
    """By stage; answers from kept vectors are faster than the app's."""
    sample: Mapping[str, int]
    """Questions of the set, questions asked, and the seed that chose them."""
    questions: tuple[Asked, ...]
    notes: tuple[str, ...] = ()
    metrics: Mapping[str, Estimate] | None = None
    milliseconds: tuple[float, ...] = ()
    """How long answers took that were asked for as the app does it, with nothing looked up or worked out before."""

    def values(self, metric: str) -> dict[str, float]:
        """Question id -> value, for those that have one."""
        return {asked.id: asked.metrics[metric] for asked in self.questions if metric in asked.metrics}

    def refusals(self) -> dict[str, tuple[float, float, float, float]]:
        """Row for the refusal curve by question; those without their passages are called `ID without its passages`.

        Empty where nothing was unanswerable.
        """
        rows = dict(self._refusals())
        return rows if any(row[2] for row in rows.values()) else {}

    def _refusals(self) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
        threshold = float(self.settings["threshold"])
        for asked in self.questions:
            if (said := asked.said) is None:
                continue
            is_wrong = not asked.is_answerable or asked.metrics.get("contained", 1.0) < 1
            yield asked.id, (said.answerability, float(said.refused), float(not asked.is_answerable), float(is_wrong))
            if said.twin is not None:
                yield f"{asked.id} without its passages", (said.twin, float(said.twin < threshold), 1.0, 1.0)


def metric_names(record: RunRecord) -> list[str]:
    """The means in the order in which they came up, then the figures of refusing."""
    names = dict.fromkeys(name for asked in record.questions for name in asked.metrics)
    return [*names, *(REFUSAL if record.refusals() else ())]


def estimates(record: RunRecord) -> dict[str, Estimate]:
    """Every metric with its interval."""
    rows = _rows(record.refusals())
    return {
        name: estimate_of(REFUSAL[name], rows) if name in REFUSAL else estimate(_array(record.values(name)))
        for name in metric_names(record)
    }


def differences(first: RunRecord, second: RunRecord) -> dict[str, Difference]:
    """Every metric that both have, on the questions that both have a value of."""
    shared = [name for name in metric_names(first) if name in metric_names(second)]
    found = {}
    for name in shared:
        if name in REFUSAL:
            one, other = common(first.refusals(), second.refusals())
            compared = difference_of(REFUSAL[name], _rows(one), _rows(other)) if one else None
        else:
            left, right = common(first.values(name), second.values(name))
            compared = difference(_array(left), _array(right)) if left else None
        if compared is not None:
            found[name] = compared
    return found


def common(first: Mapping[str, T], second: Mapping[str, T]) -> tuple[dict[str, T], dict[str, T]]:
    """Both, with the keys that both have, in the order of the first."""
    keys = [key for key in first if key in second]
    return {key: first[key] for key in keys}, {key: second[key] for key in keys}


def _array(values: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array(list(values.values()), dtype=np.float64)


def _rows(refusals: Mapping[str, Sequence[float]]) -> Rows:
    return np.array(list(refusals.values()), dtype=np.float64).reshape(-1, 4)


def now() -> str:
    """The date of a record."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Of Python and of the libraries that results depend on, as far as they are installed."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
