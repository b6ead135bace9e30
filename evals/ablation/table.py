"""What the changes are worth, as rows that are kept in a file beside the docs, and as a Markdown table of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from evals.ablation.changes import BASE, CHANGES, Change
from evals.ablation.measuring import METRICS, Values
from evals.json_form import checked
from evals.record import common
from evals.significance import difference
from rag.errors import InputError


@dataclass(frozen=True, slots=True)
class Worth:
    """One metric of one change on one set, less the same without the change."""

    set: str
    group: str
    change: str
    metric: str
    n: int
    base: float
    mean: float
    low: float
    high: float
    p: float
    code: str
    """Hash of the code that was measured."""
    commit: str = ""
    """The commit that has what it needs, where that is no part of the app."""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.set, self.change, self.metric


def worth(of: str, change: Change, without: Values, changed: Values, code: str) -> list[Worth]:
    """Every metric that both have."""
    found = []
    for metric in METRICS:
        one, other = common(without.get(metric, {}), changed.get(metric, {}))
        if not one:
            continue
        first, second = (np.array(list(values.values()), dtype=np.float64) for values in (one, other))
        d = difference(first, second)
        base, mean, low, high, p = (round(value, 5) for value in (float(first.mean()), d.mean, d.low, d.high, d.p))
        what = (of, change.group, change.name, metric, len(first))
        found.append(Worth(*what, base, mean, low, high, p, code, change.commit))
    return found


def read_rows(path: Path) -> list[Worth]:
    """What was written before, nothing where the file is not there; raises InputError for another form."""
    try:
        return checked(list[Worth], path.read_bytes()) if path.is_file() else []
    except ValueError as error:
        raise InputError(f"{path} does not hold the rows of an ablation ({error}): fetch it again") from None


def joined(kept: Sequence[Worth], new: Sequence[Worth]) -> list[Worth]:
    """The new rows in place of the same ones, and the rest as it was, in the order of `CHANGES`."""
    rows = {row.key: row for row in (*kept, *new)}
    order = {change.name: n for n, change in enumerate(CHANGES)}
    return sorted(rows.values(), key=lambda row: (order.get(row.change, len(order)), row.group, row.change, row.set))


def write_rows(rows: Sequence[Worth], path: Path) -> None:
    """As JSON, a row a line."""
    lines = ",\n".join(json.dumps(asdict(row)) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[\n{lines}\n]\n", "utf-8")


def table(rows: Sequence[Worth], metric: str) -> str:
    """A change a line, a set a column: by how much the metric moves; bold where chance seldom does as much."""
    rows = [row for row in rows if row.metric == metric]
    sets = list(dict.fromkeys(row.set for row in rows))
    bases = _by_set(row for row in rows if row.change)
    head = ["change", *sets, "mean"]
    lines = [head, ["---"] * len(head), [BASE.name, *[_base(bases.get(name)) for name in sets], ""]]
    for change in dict.fromkeys(row.change for row in rows):
        own = _by_set(row for row in rows if row.change == change)
        mean = np.mean([row.mean for row in own.values()])
        commit = next((row.commit for row in own.values() if row.commit), "")
        name = f"{change} ({commit})" if commit else change
        lines.append([name, *[_cell(own.get(of)) for of in sets], f"{mean:+.3f}"])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _by_set(rows: Iterable[Worth]) -> dict[str, Worth]:
    found: dict[str, Worth] = {}
    for row in rows:
        found.setdefault(row.set, row)
    return found


def _base(row: Worth | None) -> str:
    return "" if row is None else f"{row.base:.3f}"


def _cell(row: Worth | None) -> str:
    if row is None:
        return ""
    if row.mean == 0 and row.low == row.high == 0:
        return "0"
    text = f"{row.mean:+.3f}"
    return (
        f"**{text}** ({row.low:+.3f} to {row.high:+.3f})"
        if row.p < 0.05
        else f"{text} ({row.low:+.3f} to {row.high:+.3f})"
    )


def sizes(rows: Sequence[Worth]) -> Mapping[str, int]:
    """Set -> the most questions that a row of it has."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.set] = max(found.get(row.set, 0), row.n)
    return found
