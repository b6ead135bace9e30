"""Rows of the job table as they are read: what is damaged in one is named in its place, so that it can be shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from indexes.job_records import Job

NUMBERS = ("size", "depth", "done", "total", "pages", "chunks", "attempts", "queued_at", "started_at", "finished_at")
TEXTS = ("batch", "collection", "source", "path", "options", "step", "reason", "given_up", "owner")
_COLUMNS = (
    *("id", "batch", "collection", "source", "path", "size", "options", "container_id", "depth", "state", "step"),
    *("done", "total", "reason", "document_id", "pages", "chunks", "warnings", "attempts", "queued_at", "started_at"),
    *("finished_at", "given_up", "owner"),
)
_NAMES = {"container_id": "container", "document_id": "document"}

JOB = f"SELECT {', '.join(_COLUMNS)} FROM jobs"  # noqa: S608


def job_from(row: Sequence[Any]) -> Job:
    """A row of `JOB`. One that is damaged gets an option of a name that nothing has, so that a worker refuses it."""
    found: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    options, warnings = _read(found["options"], dict), _read(found["warnings"], list)
    odd = [name for name in TEXTS if not isinstance(found[name], str)]
    if options is None or odd:
        options = {"damaged options" if options is None else "damaged row": str(found["options"])[:100]}
    found |= {name: _shown(found[name]) for name in odd}
    found |= {name: 0 for name in NUMBERS if not isinstance(found[name], int | float)}
    found |= {"options": options, "warnings": ("damaged",) if warnings is None else tuple(warnings)}
    return Job(**{_NAMES.get(name, name): value for name, value in found.items()})


def _shown(value: object) -> str:
    """What stands where a text should, so that a person can tell it from others."""
    return f"damaged {value!r}"[:100]


def _read(text: object, kind: type) -> Any:  # noqa: ANN401
    """What was written for a file; None for what is no such thing."""
    try:
        found = json.loads(text)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None
    return found if isinstance(found, kind) else None
