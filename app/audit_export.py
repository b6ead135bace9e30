"""Rows of the audit log as a file: CSV for a spreadsheet, or JSON, an object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from app.formula_cells import guarded

_COLUMNS = ("at", "user", "outcome", "ms", "model", "question", "answer", "question_sha256", "answer_sha256")
_BOM = "\ufeff"
"""By this mark Excel knows that a file is UTF-8: without it an umlaut is read as two other letters."""


def as_json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """As `python -m app audit --json` prints them."""
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """A line for each question, with what its requests took together, and the sources or hashes that it cites."""
    text = StringIO()
    text.write(_BOM)
    writer = csv.writer(text)
    writer.writerow([*_COLUMNS, "requests", "tokens", "dollars", "cited"])
    for row in rows:
        writer.writerow(map(guarded, [*(row[name] for name in _COLUMNS), *_sums(row)]))
    return text.getvalue()


def _sums(row: Mapping[str, Any]) -> list[object]:
    """An unknown price leaves the cell of the cost empty."""
    requests = row["requests"]
    costs = [one["cost"] for one in requests if one["cost"] is not None or one["ended"] != "failed"]
    cited = dict.fromkeys(one.get("source") or one["sha256"] for one in row["cited"])
    tokens = sum(one["prompt_tokens"] + one["completion_tokens"] for one in requests)
    return [len(requests), tokens, "" if None in costs else sum(costs), "; ".join(cited)]
