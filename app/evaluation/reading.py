"""Reads what a run and a comparison left for the page: figures at once, questions by their places, a few at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.evaluation.folders import read_json
from rag.errors import InputError

SUMMARY = "summary.json"
Places = NDArray[np.int64]
Change = Literal["all", "better", "worse", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of answers: `counts[i]` of them lie between `edges[i]` and `edges[i + 1]`."""

    n: int
    p50: float
    p95: float
    counts: Sequence[int]
    edges: Sequence[float]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run without its questions."""

    n: int
    """Questions that were asked."""
    settings: Mapping[str, Any]
    models: Mapping[str, str]
    date: str
    seconds: Mapping[str, float]
    notes: Sequence[str]
    columns: Sequence[str]
    """Metrics that single questions have."""
    metrics: Mapping[str, Figure]
    lower_is_better: Sequence[str]
    curve: Sequence[tuple[float, float]]
    """Coverage and risk; empty where nothing was answered."""
    times: Times | None


@dataclass(frozen=True, slots=True)
class MetricChange:
    """Second run less first."""

    mean: float
    low: float
    high: float
    p: float
    won: int
    lost: int
    tied: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one set."""

    differences: Mapping[str, MetricChange]
    changed: Mapping[str, tuple[Any, Any]]
    """Setting -> its value in both."""
    note: str


@lru_cache(maxsize=64)
def _summary(path: Path, _changed_ns: int) -> RunSummary:
    row = read_json(path)
    try:
        return RunSummary(
            n=row["sample"]["asked"],
            settings=row["settings"],
            models=row["models"],
            date=row["date"],
            seconds=row["seconds"],
            notes=row["notes"],
            columns=row["columns"],
            metrics={name: Figure(**figure) for name, figure in row["metrics"].items()},
            lower_is_better=row["lower_is_better"],
            curve=[(float(x), float(y)) for x, y in row["curve"]],
            times=None if row["times"] is None else Times(**row["times"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is not what a run left ({error!r}): run it again") from None


def summary_of(folder: Path) -> RunSummary:
    """The figures of a run; raises InputError where it left none."""
    path = folder / SUMMARY
    return _summary(path, _changed(path))


@lru_cache(maxsize=16)
def _comparison(path: Path, _changed_ns: int) -> Comparison:
    row = read_json(path)
    try:
        return Comparison(
            {name: MetricChange(**found) for name, found in row["differences"].items()},
            {name: (one, other) for name, (one, other) in row["changed"].items()},
            row["note"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is not what a comparison left ({error!r}): compare again") from None


def comparison_of(folder: Path) -> Comparison:
    """What two runs differ in; raises InputError where it was not worked out."""
    path = folder / SUMMARY
    return _comparison(path, _changed(path))


def questions_at(folder: Path, places: Sequence[int]) -> list[dict[str, Any]]:
    """The questions of a run at these places, as its record has them; nothing else of the file is read."""
    try:
        offsets = np.load(folder / "offsets.npy", mmap_mode="r")
        with (folder / "questions.jsonl").open("rb") as file:
            found = []
            for place in places:
                file.seek(int(offsets[place]))
                found.append(json.loads(file.read(int(offsets[place + 1] - offsets[place]))))
    except (OSError, ValueError, IndexError) as error:
        raise InputError(f"the questions in {folder} cannot be read ({error}): run it again") from None
    return found


def values_of(folder: Path, metric: str) -> NDArray[np.float32]:
    """The metric of every question, shape [n]; NaN where it has none."""
    column = list(summary_of(folder).columns).index(metric)
    try:
        return np.array(np.load(folder / "values.npy", mmap_mode="r")[:, column])
    except (OSError, ValueError) as error:
        raise InputError(f"the values in {folder} cannot be read ({error}): run it again") from None


def pairs_of(folder: Path) -> Places:
    """Places of each question in both runs, shape [n, 2]."""
    try:
        return np.array(np.load(folder / "pairs.npy", mmap_mode="r"))
    except (OSError, ValueError) as error:
        raise InputError(f"the pairs in {folder} cannot be read ({error}): compare again") from None


def sorted_places(values: NDArray[np.float32], *, lower_is_better: bool) -> Places:
    """Places of the questions that have a value, the worst first."""
    kept = np.flatnonzero(~np.isnan(values))
    order = -values[kept] if lower_is_better else values[kept]
    return kept[np.argsort(order, kind="stable")]


def changed_places(
    first: NDArray[np.float32], second: NDArray[np.float32], kind: Change, *, lower_is_better: bool
) -> Places:
    """Which of paired values changed so, the largest difference first; those without a value in both are in none."""
    gain = (first - second) if lower_is_better else (second - first)
    known = ~np.isnan(gain)
    masks = {
        "all": known,
        "better": known & (gain > 0),
        "worse": known & (gain < 0),
        "changed": known & (gain != 0),
        "same": known & (gain == 0),
    }
    kept = np.flatnonzero(masks[kind])
    return kept[np.argsort(-np.abs(gain[kept]), kind="stable")]


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        raise InputError(f"{path} is not there any more: run it again") from None
