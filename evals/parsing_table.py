"""What `python -m evals parsing` prints: figures per type, what is wrong, and the refusals with their sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from evals.parsing import Row


def table(rows: Sequence[Row]) -> str:
    """Markdown: one line per type, then what is wrong, then the refusals with their sentences."""
    lines = [
        "| type | files | text | refused | wrong | crashed or stopped | s median | s max | MB median | MB max |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    kinds = Counter(row.kind for row in rows)
    for kind in [*sorted(kinds), "all"]:
        lines.append(_line(kind, [row for row in rows if kind in (row.kind, "all")]))
    lines += _listed("Wrong", [f"{row.file}: {row.wrong}" for row in rows if row.wrong])
    refused = [f"{row.file}: {row.sentence} — {row.because or 'no visible text was found'}"
               for row in rows if row.sentence and not row.wrong]  # fmt: skip
    lines += _listed("Rightly refused", refused)
    surprising = [f"{row.file}: {row.surprise}" for row in rows if row.surprise]
    if surprising:
        lines += _listed("Read, though a refusal is expected", surprising)
    lacking = [f"{row.file} ({row.share:.0%}): {row.because}" for row in rows
               if row.state == "text" and row.because and row.share is not None]  # fmt: skip
    return "\n".join([*lines, *_listed("Rightly partial", lacking)])


def _line(kind: str, rows: Sequence[Row]) -> str:
    counts = Counter(row.state for row in rows)
    stopped = len(rows) - counts["text"] - counts["refused"]
    seconds, sizes = [row.seconds for row in rows], [row.peak_mb for row in rows]
    cells = (len(rows), counts["text"], counts["refused"], sum(bool(row.wrong) for row in rows), stopped)
    figures = (f"{median(seconds):.2f}", f"{max(seconds):.2f}", f"{median(sizes):.0f}", f"{max(sizes):.0f}")
    return "| " + " | ".join([kind, *map(str, cells), *figures]) + " |"


def _listed(title: str, items: Sequence[str]) -> list[str]:
    return ["", f"{title}: {len(items)}", *(f"- {item}" for item in items)]
