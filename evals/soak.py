"""A long mixed load over one home: files come, change and go, two workers write, a reader searches; and what grows."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evals.faults import Told, Traffic, read, text_of, two_workers
from evals.processes import open_files, resident
from indexes.catalogue_file import NAME
from indexes.job_records import NewJob
from indexes.library import Library
from ingest.doctor import examine
from ingest.removal import remove
from ingest.worker import new_batch
from rag.settings import Settings

_MOST_FILES = 400
_AT_ONCE = 30
_PAUSE_S = 0.5
_SAMPLE_S = 5.0
_WARM = 0.25
"""Of the time at the start models are loaded and arenas filled: growth is measured afterwards."""
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at everything that could grow."""

    seconds: float
    mb: float
    """Of the two workers and this process, with all their children."""
    files: int
    """Open in them."""
    wal_mb: float
    generations: int


@dataclass(slots=True)
class Soaked:
    """What a soak did and what grew."""

    seconds: float = 0.0
    added: int = 0
    changed: int = 0
    removed: int = 0
    documents: int = 0
    traffic: Traffic = field(default_factory=Traffic)
    samples: list[Sample] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def growth(self) -> Mapping[str, float]:
        """Slopes an hour, of memory in MB and of open files, once all is warm."""
        warm = [sample for sample in self.samples if sample.seconds > _WARM * self.seconds]
        hours = [sample.seconds / 3600 for sample in warm]
        if len(warm) < 3:
            return {}
        return {
            "mb_an_hour": float(np.polyfit(hours, [sample.mb for sample in warm], 1)[0]),
            "files_an_hour": float(np.polyfit(hours, [sample.files for sample in warm], 1)[0]),
        }


def soak(root: Path, minutes: float, told: Told) -> Soaked:
    """Work for so long below `root`; at the end every document is whole and every index agrees."""
    home, soaked, load = root / "home", Soaked(), _Load(root)
    start, last, stopping = time.monotonic(), 0.0, threading.Event()
    reader = threading.Thread(target=read, args=(home, soaked.traffic, stopping), daemon=True)
    with two_workers(home):
        reader.start()
        while (now := time.monotonic() - start) < 60 * minutes:
            load.go_on(soaked)
            if now - last > _SAMPLE_S:
                last = now
                soaked.samples.append(_sample(home, now))
                told(f"{now:.0f} s, {soaked.traffic.searches} searches, {soaked.samples[-1].mb:.0f} MB")
            time.sleep(_PAUSE_S)
        load.finish()
        stopping.set()
        reader.join(_PATIENCE_S)
    soaked.seconds = time.monotonic() - start
    soaked.documents = len(load.versions)
    soaked.wrong = load.differences()
    return soaked


class _Load:
    """Files that come, change and go; what the catalogue has to hold is known all the time."""

    def __init__(self, root: Path) -> None:
        self._files = root / "files"
        self._files.mkdir(parents=True)
        self._library = Library(Settings(home=root / "home"))
        self._chance = random.Random(5)  # noqa: S311 - a load, not secrets
        self.versions: dict[int, int] = {}

    def go_on(self, soaked: Soaked) -> None:
        """Once the workers are through with what they had: some files more, some others changed, some taken out."""
        if self._library.jobs.has_open():
            return
        self._library.jobs.clear()
        there = list(self.versions)
        changed = self._chance.sample(there, min(_AT_ONCE, len(there)))
        new = [n for n in range(_MOST_FILES) if n not in self.versions][:_AT_ONCE]
        gone = self._chance.sample(there, _AT_ONCE) if len(there) > _MOST_FILES // 2 else []
        soaked.removed += remove(self._library, [self._number(n) for n in gone])
        for n in gone:
            del self.versions[n]
        self._queue([*new, *(n for n in changed if n not in gone)])
        soaked.added += len(new)
        soaked.changed += len(set(changed) - set(gone))

    def _queue(self, numbers: Sequence[int]) -> None:
        for n in numbers:
            self.versions[n] = self.versions.get(n, 0) + 1
            self._path(n).write_text(text_of(n, self.versions[n]), encoding="utf-8")
        jobs = [NewJob(str(self._path(n)), str(self._path(n)), 1) for n in numbers]
        self._library.jobs.add(new_batch(), "soak", jobs)

    def finish(self) -> None:
        """Wait for the rest."""
        end = time.monotonic() + _PATIENCE_S
        while self._library.jobs.has_open() and time.monotonic() < end:
            time.sleep(_PAUSE_S)

    def differences(self) -> list[str]:
        """What the catalogue holds otherwise than it was told, and what the indexes hold otherwise than it."""
        catalogue = self._library.catalogue
        found = {record.source: catalogue.text(record.id).split() for record in catalogue.documents()}
        told = {str(self._path(n)): text_of(n, version).split() for n, version in self.versions.items()}
        wrong = [source for source in found.keys() | told.keys() if found.get(source) != told.get(source)]
        wrong += [finding.text for finding in examine(self._library) if not finding.good and finding.what != "disk"]
        self._library.close()
        return wrong

    def _path(self, n: int) -> Path:
        return self._files / f"{n:03}.md"

    def _number(self, n: int) -> int:
        record = self._library.catalogue.find("soak", str(self._path(n)))
        return 0 if record is None else record.id


def _sample(home: Path, seconds: float) -> Sample:
    wal = home / f"{NAME}-wal"
    generations = len([path for path in home.glob("vectors/*/gen-*") if path.is_dir()])
    wal_mb = wal.stat().st_size / 1e6 if wal.exists() else 0.0
    return Sample(seconds, resident(os.getpid()) / 1e6, open_files(os.getpid()), wal_mb, generations)
