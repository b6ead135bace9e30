"""What the Evaluation page reads of a run and of a comparison: figures, curves, and rows that are found by their place.

A record is one JSON file; of 10,000 questions nobody wants to read it whole to see ten of them. So in a
folder beside it lie

summary.json      the run without its questions: settings, metrics with intervals, the risk-coverage curve, times
questions.jsonl   a question a line, as in the record
offsets.npy       where each line begins, shape [n + 1], int64
values.npy        shape [n, m], float32, a column for each of the summary's `columns`; NaN: a question without it

and of a comparison `summary.json` and `pairs.npy`: the places of each question in both runs, shape [n, 2], int64.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from evals.record import RunRecord, differences, metric_names
from evals.refusal_curve import REFUSAL, risk_coverage
from evals.report import LOWER_IS_BETTER

_POINTS = 200
"""Of a curve, at most."""
_BARS = 24


def write_run(record: RunRecord, folder: Path) -> None:
    """The files of one run."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [name for name in metric_names(record) if name not in REFUSAL]
    rows = [[asked.metrics.get(name, np.nan) for name in columns] for asked in record.questions]
    np.save(folder / "values.npy", np.array(rows, dtype=np.float32).reshape(len(rows), len(columns)))
    _write_rows([_row(asdict(asked)) for asked in record.questions], folder)
    plain = {name: getattr(record, name) for name in ("set", "config", "settings", "models", "date", "seconds")}
    found = plain | {
        "notes": list(record.notes),
        "sample": dict(record.sample),
        "columns": columns,
        "metrics": {name: asdict(value) for name, value in (record.metrics or {}).items()},
        "lower_is_better": sorted(LOWER_IS_BETTER & (record.metrics or {}).keys()),
        "curve": _curve(record),
        "times": _times(record),
    }
    _write(found, folder)


def write_comparison(first: RunRecord, second: RunRecord, folder: Path, note: str) -> None:
    """The files of a comparison. `note`: what was left out of it."""
    places = {asked.id: place for place, asked in enumerate(second.questions)}
    pairs = [(place, places[asked.id]) for place, asked in enumerate(first.questions) if asked.id in places]
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "pairs.npy", np.array(pairs, dtype=np.int64).reshape(-1, 2))
    names = dict.fromkeys([*first.settings, *second.settings])
    sides = {name: (first.settings.get(name), second.settings.get(name)) for name in names}
    changed = {name: both for name, both in sides.items() if both[0] != both[1]}
    found = {name: asdict(value) for name, value in differences(first, second).items()}
    _write({"differences": found, "changed": changed, "note": note.strip()}, folder)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    if row["said"] is not None:
        del row["said"]["contexts"]
    return row


def _write_rows(rows: Sequence[Mapping[str, Any]], folder: Path) -> None:
    offsets = [0]
    with (folder / "questions.jsonl").open("wb") as file:
        for row in rows:
            file.write(f"{json.dumps(row, ensure_ascii=False)}\n".encode())
            offsets.append(file.tell())
    np.save(folder / "offsets.npy", np.array(offsets, dtype=np.int64))


def _write(summary: Mapping[str, Any], folder: Path) -> None:
    """Last of all, beside its place and then moved there: where it is, everything is."""
    draft = folder / "summary.json.partial"
    draft.write_text(json.dumps(summary, ensure_ascii=False), "utf-8")
    draft.rename(folder / "summary.json")


def _curve(record: RunRecord) -> list[tuple[float, float]]:
    """Coverage and risk; none where nothing was answered."""
    rows = np.array(list(record.refusals().values()), dtype=np.float64).reshape(-1, 4)
    if not len(rows):
        return []
    coverage, risk = risk_coverage(rows)
    shown = np.unique(np.linspace(0, len(rows) - 1, min(_POINTS, len(rows))).astype(int))
    return [(round(float(coverage[at]), 4), round(float(risk[at]), 4)) for at in shown]


def _times(record: RunRecord) -> dict[str, Any] | None:
    """Milliseconds of an answer: quantiles, and how many fell between the edges of each bar."""
    times = np.array(record.milliseconds, dtype=np.float64)
    if not len(times):
        return None
    p50, p95 = np.quantile(times, (0.5, 0.95))
    counts, edges = np.histogram(times, bins=min(_BARS, max(4, len(times) // 3)))
    return {
        "n": len(times),
        "p50": float(p50),
        "p95": float(p95),
        "counts": counts.tolist(),
        "edges": np.round(edges, 2).tolist(),
    }
