"""Stops ingestion at each single step by which it changes the disk, and says what is wrong afterwards.

The same small home is copied for each step, a command over it is killed there or sees the disk fail, and then the home
is looked at: what was acknowledged is there, nothing is half there, every index agrees, and the command run again ends
well, leaves no draft behind, and has nothing to do a third time.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from app.jobs import JobBoard
from evals.failing_disk import Ended, Fault, Step, lose_unsynced, run
from indexes.library import Library
from ingest.doctor import examine
from ingest.restore import restore_to
from ingest.worker import Worker
from rag.errors import FootnoteError
from rag.protocols import Embedder
from rag.settings import Settings

FAULTS: Mapping[str, tuple[str, int]] = {
    "kill": ("kill", 0),
    "tear": ("tear", 0),
    "power": ("kill", 0),
    "full": ("stay", errno.ENOSPC),
    "error": ("once", errno.EIO),
}
DEEDS = ("sync", "upload", "backup")
_UPLOAD = """
from app.jobs import JobBoard
from indexes.home import load_settings
from indexes.library import Library
from indexes.terminal import run_command
from ingest.worker import Worker

def upload():
    library = Library(load_settings())
    JobBoard(library).add([("late.md", b"# Late\\n\\nThe mark of late is zzlate.")], "default")
    with Worker(library) as worker:
        for outcome in worker.work():
            print('{"source": "%s", "state": "%s"}' % (outcome.source, outcome.state))
    return 0

raise SystemExit(run_command(upload))
"""

_BACKUP = "all.backup"
_DRAFTS = (".tmp*", "*.tmp", "*.part", "*.partial", "drafts/*")
_RANDOM = re.compile(r"[0-9a-f]{8,}|(?<=\.tmp)\w+|vm?-\d+")
"""What of a path is another one each time."""

Told = Callable[[str], None]
Texts = dict[str, str]
"""Source -> the whole text of a document."""


@dataclass(slots=True)
class Swept:
    """One deed with one kind of fault."""

    deed: str
    fault: str
    steps: int = 0
    """Of the deed without a fault."""
    tried: int = 0
    wrong: list[str] = field(default_factory=list)


class Stage:
    """A home with a few documents, and a folder that has changed since they were taken in."""

    def __init__(self, folder: Path, deed: str) -> None:
        self.folder, self.deed = folder, deed
        self.files, self.home = folder / "files", folder / "home"
        self.files.mkdir(parents=True)
        library = Library(Settings(home=self.home))
        self.embedder: Embedder = library.configured
        for name in ("same", "changed", "moved", "gone"):
            self._write(name, "old")
        _zip(self.files / "box.zip", inner="old", other="old")
        JobBoard(library).add([("kept.md", b"# Kept\n\nThe mark of kept is zzkept.")], "default")
        with Worker(library) as worker:
            list(worker.work())
        library.close()
        self.run(("-m", "ingest", "add", str(self.files)), self.home)
        self.before = self.texts(self.home)
        if deed == "sync":
            self._change()
        plain = self.copied("plain")
        self.plain = self.run(self.command(plain), plain)
        self.after = self.texts(plain)

    def _write(self, name: str, version: str) -> None:
        (self.files / f"{name}.md").write_text(f"# {name}\n\nThe mark of {name} is zz{name}{version}.")

    def _change(self) -> None:
        for name, version in (("changed", "new"), ("added", "new"), ("more", "new")):
            self._write(name, version)
        (self.files / "moved.md").rename(self.files / "elsewhere.md")
        (self.files / "gone.md").unlink()
        _zip(self.files / "box.zip", inner="new", fresh="new")

    def command(self, home: Path) -> Sequence[str]:
        """The deed over a home, as arguments of Python."""
        if self.deed == "upload":
            return ("-c", _UPLOAD)
        if self.deed == "backup":
            return ("-m", "ingest", "backup", str(home / _BACKUP), "--json")
        return ("-m", "ingest", "sync", str(self.files), "--json")

    def copied(self, name: str) -> Path:
        """A home of its own, as it was before the deed."""
        return Path(shutil.copytree(self.home, self.folder / name))

    def run(self, command: Sequence[str], home: Path, fault: Fault | None = None) -> Ended:
        """A command over a home, to its end."""
        return run(home, command, self.folder / f"{home.name}.log", fault)

    def opened(self, home: Path) -> Library:
        """As a process sees it that starts just now, but for the model, which is loaded once."""
        library = Library(Settings(home=home))
        library.configured = self.embedder
        return library

    def texts(self, home: Path) -> Texts:
        """Every document."""
        library = self.opened(home)
        found = {record.source: library.catalogue.text(record.id) for record in library.catalogue.documents()}
        library.close()
        return found


def _zip(path: Path, **members: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, version in members.items():
            archive.writestr(f"{name}.txt", f"The mark of {name} is zz{name}{version}.")


def moments(steps: Sequence[Step]) -> list[int]:
    """The numbers of steps that differ: of many alike in a row the first, the middle one and the last."""
    kinds = [(step.name, _RANDOM.sub("", step.path)) for step in steps]
    numbers: set[int] = set()
    at = 1
    for _, group in groupby(kinds):
        n = len(list(group))
        numbers |= {at, at + n // 2, at + n - 1}
        at += n
    return sorted(numbers)


def sweep(stage: Stage, fault: str, numbers: Sequence[int], told: Told, *, side_by_side: int = 2) -> Swept:
    """One kind of fault at each of these steps."""
    swept = Swept(stage.deed, fault, len(stage.plain.steps))
    with ThreadPoolExecutor(side_by_side) as pool:
        for number, wrong in zip(numbers, pool.map(partial(_tried, stage, fault), numbers), strict=True):
            swept.tried += 1
            told(f"{stage.deed}, {fault} at step {number} of {swept.steps}")
            step = stage.plain.steps[number - 1]
            swept.wrong += [f"{stage.deed}, {fault} at {number} ({step.name} {step.path}): {text}" for text in wrong]
    return swept


def _tried(stage: Stage, fault: str, number: int) -> list[str]:
    """What is wrong after a fault at one step."""
    home = stage.copied(f"{fault}{number}")
    deed, error = FAULTS[fault]
    command = stage.command(home)
    ended = stage.run(command, home, Fault(number, deed, error))
    wrong = [] if deed in ("kill", "tear") else _said(ended)
    if fault == "power" and ended.code < 0:
        lose_unsynced(home, ended.steps)
    wrong += _looked_at(stage, home, _acknowledged(ended))
    wrong += _restored(stage, home)
    wrong += _gone_on(stage, home)
    if not wrong:
        shutil.rmtree(home)
    return wrong


def _restored(stage: Stage, home: Path) -> list[str]:
    """A file with a backup's name is a whole one."""
    backup, place = home / _BACKUP, home.with_name(f"{home.name}-restored")
    if not backup.exists():
        return []
    try:
        restore_to(place, backup)
    except FootnoteError as error:
        return [f"what looks like a backup is none: {error}"]
    same = stage.texts(place) == stage.before
    shutil.rmtree(place)
    return [] if same else ["the backup holds other documents"]


def _said(ended: Ended) -> list[str]:
    """A failure is a sentence."""
    if "Traceback" in ended.errors or ended.code not in (0, 1, 2):
        return [f"it ended with {ended.code}: {ended.errors[-600:]}"]
    return [] if ended.code == 0 or ended.errors or '"reason": "' in ended.output else ["it failed without a word"]


def _acknowledged(ended: Ended) -> set[str]:
    """Sources that the command said were ready; a line that was cut off said nothing."""
    told = [json.loads(line) for line in ended.output.splitlines() if line.startswith("{") and line.endswith("}")]
    return {row["source"] for row in told if row.get("state") == "ready"}


def _looked_at(stage: Stage, home: Path, acknowledged: set[str], *, done: bool = False) -> list[str]:
    """What is not as it was before or as it should be afterwards; `done`: what is not as it should be."""
    try:
        found, library = stage.texts(home), stage.opened(home)
        passed_by = (
            {"jobs", "disk"} if done else {"jobs", "disk", "originals"}
        )  # files are gone that the deed is to miss
        wrong = [finding.text for finding in examine(library) if not finding.good and finding.what not in passed_by]
        wrong += _lost_marks(library, found)
        library.close()
    except FootnoteError as error:
        return [f"it cannot be opened: {error}"]
    sources = stage.before.keys() | stage.after.keys() | found.keys()
    for source in sources:
        now, old, new = (texts.get(source) for texts in (found, stage.before, stage.after))
        if now != new and (done or now != old or source in acknowledged):
            wrong.append(f"{source} is {now!r}, was {old!r}, should become {new!r}")
    return wrong


def _lost_marks(library: Library, found: Texts) -> Iterator[str]:
    """Every document's own word finds it first; every chunk is there once."""
    for source, text in found.items():
        if text:
            hits = library.retriever.retrieve(text.rsplit(" ", 1)[1].strip("."), 1).hits
            if not hits or hits[0].chunk.text not in text:
                yield f"{source} is not found by its own word"
    database = library.catalogue.database
    rows, places = database.rows("SELECT COUNT(*), COUNT(DISTINCT document_id || ':' || ordinal) FROM chunks")[0]
    if rows != places:
        yield f"{rows - places} chunks are there twice"


def _gone_on(stage: Stage, home: Path) -> list[str]:
    """The same command again, twice: it ends well, and the second time nothing is done."""
    (home / _BACKUP).unlink(missing_ok=True)
    _age_drafts(home)
    again = stage.run(stage.command(home), home)
    stage.run(("-m", "ingest", "worker", "--once"), home)
    if again.code:
        return [f"run again it ended with {again.code}: {again.errors[-600:]}{again.output[-600:]}"]
    wrong = _looked_at(stage, home, set(), done=True)
    wrong += [f"{path.relative_to(home)} was left behind" for path in _drafts(home)]
    wrong += [f"{path.name} of a dead worker was left behind" for path in (home / "workers").glob("*")]
    before = _sequence(stage, home)
    (home / _BACKUP).unlink(missing_ok=True)
    stage.run(stage.command(home), home)
    return wrong + ([] if _sequence(stage, home) == before else ["a second run wrote again"])


def _drafts(home: Path) -> list[Path]:
    """Whatever bears the name of a thing that is not ready."""
    return [path for name in _DRAFTS for path in home.rglob(name)]


def _age_drafts(home: Path) -> None:
    """As if the next start came an hour later: some drafts are left alone for a minute."""
    for path in _drafts(home):
        os.utime(path, (1, 1))


def _sequence(stage: Stage, home: Path) -> int:
    library = stage.opened(home)
    sequence = library.catalogue.sequence()
    library.close()
    return sequence
