"""Writes the record of a run as JSON, and reads one back: whatever else the file holds is told in a sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal

from evals.config import is_shown
from evals.json_form import checked
from evals.record import RunRecord, metric_names
from rag.errors import InputError

VERSION: Literal[1] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written(RunRecord):
    """The form of the file, which pydantic checks."""

    version: Literal[1]
    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"strict": True, "allow_inf_nan": False}


def write(record: RunRecord, path: Path) -> None:
    """As JSON; the passages that were read are left out."""
    row = asdict(record) | {"version": VERSION}
    for question in row["questions"]:
        if question["said"] is not None:
            del question["said"]["contexts"]
    path.write_text(json.dumps(row, indent=1, ensure_ascii=False), "utf-8")


def read(path: Path) -> RunRecord:
    """A record, or the only one in a folder, without settings that change no result; raises InputError for a file that
    is none, saying what is wrong."""
    path = _only_record(path) if path.is_dir() else path
    try:
        found = checked(_Written, path.read_bytes())
    except ValueError as error:
        raise _no_record(path, str(error)) from None
    values = {field.name: getattr(found, field.name) for field in fields(RunRecord)}
    shown = {name: value for name, value in found.settings.items() if is_shown(name)}
    record = RunRecord(**values | {"settings": shown})
    if wrong := _disagreement(record):
        raise _no_record(path, wrong)
    return record


def _no_record(path: Path, wrong: str) -> InputError:
    return InputError(f"{path} is not the record of a run ({wrong}): name a JSON file that `run` wrote")


def _disagreement(record: RunRecord) -> str:
    """What of its parts does not fit together, though each has the right form."""
    threshold, known = record.settings.get("threshold"), record.metrics or {}
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        return "settings.threshold: it should be a number from 0 to 1"
    if twice := [id for id, n in Counter(asked.id for asked in record.questions).items() if n > 1]:
        return f"questions: {twice[0]!r} stands there twice"
    missing = [name for name in metric_names(record) if name not in known]
    return f"metrics: {missing[0]} is missing, which its questions have" if missing else ""


def _only_record(folder: Path) -> Path:
    found = sorted(folder.glob("*.json"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise InputError(f"{folder} holds {len(found)} records ({names}): name the one that is meant")
    return found[0]
