"""Runs over sets of questions, and comparisons of two of them: started, listed, removed and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.evaluation.folders import Folders, keeping, read_json, write_json
from app.evaluation.lane import Lane
from app.evaluation.reading import SUMMARY
from app.evaluation.sets import QuestionSets, checked_name
from app.evaluation.tasks import Task, check_ended, task_of
from ingest.evaluated import FOLDER, RUN, RUNS
from rag.errors import InputError

_CONFIG = "record.toml"
_BROWSE = "record.browse"
_RECORD = "record.json"

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is listed."""

    id: str
    name: str
    set_id: str
    set_name: str
    """As the set was called when it began."""
    collection: str
    settings: Mapping[str, Value]
    """What is another than usual."""
    task: Task
    folder: Path

    @property
    def results(self) -> Path:
        """The folder of its figures and questions."""
        return self.folder / _BROWSE

    @property
    def record(self) -> Path:
        """The file with all of it."""
        return self.folder / _RECORD


class Runs:
    """All runs of a home. Comparisons have a lane of their own: they take seconds, and need not wait for a run."""

    def __init__(self, home: Path, lane: Lane, quick: Lane) -> None:
        self.folders = Folders(home / FOLDER / RUNS)
        self._comparisons = home / FOLDER / "comparisons"
        self._lane, self._quick = lane, quick

    def all(self) -> list[Run]:
        """The newest first."""
        return [self._look(folder) for folder in self.folders.all() if (folder / RUN).is_file()]

    def one(self, id: str) -> Run:
        """The run of this id; raises InputError where it is gone."""
        return self._look(self.folders.folder(id))

    @keeping()
    def start(
        self, sets: QuestionSets, set_id: str, name: str, settings: Mapping[str, Value], limit: int | None
    ) -> str:
        """The id of a new run over a set as it is now. `settings`: keys of `--config`. Raises InputError."""
        of, path, name = sets.one(set_id), sets.path(set_id), checked_name(name)
        config = "".join(f"{key} = {_toml(value)}\n" for key, value in settings.items())
        told = {"name": name, "set": set_id, "set_name": of.name, "collection": of.collection}
        with self.folders.new() as folder:
            shutil.copy(path, folder / f"{set_id}.jsonl")  # by this name runs of one set know each other
            (folder / _CONFIG).write_text(config, "utf-8")
            write_json(folder / RUN, told | {"settings": dict(settings), "limit": limit})
            self.again(folder.name)
        return folder.name

    @keeping()
    def again(self, id: str) -> None:
        """Let a run begin, or begin anew one that did not come to its end."""
        folder = self.folders.folder(id)
        told = read_json(folder / RUN)
        limit = () if told["limit"] is None else ("--limit", str(told["limit"]))
        questions, config = folder / f"{told['set']}.jsonl", folder / _CONFIG
        collection = f"--collection={told['collection']}"  # a name may begin with a dash
        what = (collection, "--indexed", "--questions", str(questions), "--config", str(config))
        self._lane.start(folder, "run", *what, *limit, "--browse", "--out", str(folder))

    def remove(self, id: str) -> None:
        """Put it aside: `folders.restore` brings it back. What was compared with it is worked out again then."""
        check_ended(self.folders.folder(id))
        self.folders.remove(id)
        for folder in self._comparisons.glob(f"*{id}*"):
            shutil.rmtree(folder, ignore_errors=True)

    @keeping()
    def compare(self, first: str, second: str, *, is_again: bool = False) -> Path:
        """The folder of a comparison, which is worked out where it was not yet, and where it failed when it is wished
        again: `task_of` tells how far it is."""
        one, other = self.one(first), self.one(second)
        if one.set_id != other.set_id:
            raise InputError(f"one run is of {one.set_name}, the other of {other.set_name}: compare runs of one set")
        folder = self._comparisons / f"{first}--{second}"
        task = task_of(folder) if folder.is_dir() else None
        is_due = task is None or task.state in ("stopped", "cancelled") or (is_again and task.state == "failed")
        if not (folder / SUMMARY).is_file() and is_due:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._quick.start(folder, "compare", str(one.record), str(other.record), "--browse", str(folder))
        return folder

    @staticmethod
    def _look(folder: Path) -> Run:
        told = read_json(folder / RUN)
        task = task_of(folder) or Task("stopped")
        return Run(
            folder.name,
            told["name"],
            told["set"],
            told["set_name"],
            told["collection"],
            told["settings"],
            task,
            folder,
        )


def _toml(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
