"""Breaks ingestion on purpose and counts what is lost: workers killed at random moments, and readers beside writers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from indexes.home import environment
from indexes.job_records import RUNNING, NewJob
from indexes.library import Library
from ingest.doctor import examine
from ingest.worker import new_batch
from rag.errors import FootnoteError
from rag.settings import Settings

N_FILES = 60
_ROOT = Path(__file__).parents[1]
_COLLECTION = "faults"
_LIVES = (0.5, 2.5)
"""Shortest and longest life of what is killed, in times that it takes until it has a file in hand."""
_PARAGRAPHS = 12
_PATIENCE_S = 600

Told = Callable[[str], None]


@dataclass(slots=True)
class Damage:
    """What was found wrong; all of it should be nought."""

    kills: int = 0
    in_the_middle: int = 0
    """Kills while a file was being read."""
    given_up: int = 0
    """Files over which a worker died three times, so that they failed with a sentence until they were tried again."""
    documents: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_passages: int = 0
    half_visible: int = 0
    disagreements: list[str] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        counts = (self.lost, self.doubled, self.doubled_passages, self.half_visible)
        return not (any(counts) or self.disagreements)


@dataclass(slots=True)
class Traffic:
    """What two workers did and what a reader saw meanwhile."""

    seconds: float = 0.0
    documents_written: int = 0
    searches: int = 0
    errors: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.errors or self.missing or self.stale)

    def told(self) -> list[str]:
        """Lines for a person."""
        counts = f"    errors {len(self.errors)}, missing {len(self.missing)}, stale {len(self.stale)}"
        return [counts, *(f"    {text}" for text in (*self.errors[:3], *self.missing[:3], *self.stale[:3]))]


def kill_workers(
    home: Path, folder: Path, n: int, told: Told, index: str = "faiss", *, is_adding: bool = False
) -> Damage:
    """Kill a worker, or `add` and so its own worker, n times at random moments of a batch of 60 files, and look at
    everything after each."""
    chance, damage = random.Random(11), Damage()  # noqa: S311 - moments, not secrets
    settings = Settings(home=home, index=index)
    versions = _Files(folder)
    library = Library(settings)
    if not is_adding:
        _queue(library, versions)
    start_s = None
    for kill in range(n):
        told(f"kill {kill + 1} of {n}")
        if not library.jobs.has_open():
            versions.change()
            if not is_adding:
                _queue(library, versions)
        worker = _add(home, index, folder) if is_adding else _worker(home, index)
        if start_s is None:
            start_s = _until_it_reads(library)
        else:
            time.sleep(start_s * chance.uniform(*_LIVES))
        damage.in_the_middle += bool(library.jobs.counts().keys() & set(RUNNING[1:]))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        damage.kills += 1
        _look(settings, versions, damage)
    told("the rest")
    (_add(home, index, folder) if is_adding else _worker(home, index, "--once")).wait(_PATIENCE_S)
    given_up = [job.id for job in library.jobs.jobs() if job.state == "failed"]
    damage.given_up = len(given_up)
    library.jobs.retry(given_up)
    _worker(home, index, "--once").wait(_PATIENCE_S)
    library.close()
    _look_finally(settings, versions, damage)
    return damage


def _until_it_reads(library: Library) -> float:
    """Waits until a process has a file in hand that nobody had before it, and says how many seconds that took."""
    start = time.monotonic()
    while not library.jobs.counts().keys() & set(RUNNING[1:]) and time.monotonic() - start < _PATIENCE_S:
        time.sleep(0.02)
    return time.monotonic() - start


class _Files:
    """The batch: 60 files that all have a word of their own, and another one after each change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.change()

    def change(self) -> None:
        """Write all of them anew."""
        self.version += 1
        for n in range(N_FILES):
            self.path(n).write_text(text_of(n, self.version), encoding="utf-8")

    def path(self, n: int) -> Path:
        return self.folder / f"{n:03}.md"


def text_of(n: int, version: int) -> str:
    """The text of a file: its marker words name the file and the version."""
    words = (f"Paragraph {p} of file {n} speaks of the marker word zz{n}v{version}." for p in range(_PARAGRAPHS))
    return f"# File {n}\n\n" + "\n\n".join(words)


def _queue(library: Library, files: _Files) -> None:
    paths = [files.path(n) for n in range(N_FILES)]
    library.jobs.add(new_batch(), _COLLECTION, [NewJob(str(path), str(path), path.stat().st_size) for path in paths])


def _worker(home: Path, index: str, *arguments: str) -> subprocess.Popen[bytes]:
    return _started(home, index, "worker", *arguments)


def _add(home: Path, index: str, folder: Path) -> subprocess.Popen[bytes]:
    return _started(home, index, "add", str(folder), "--collection", _COLLECTION)


def _started(home: Path, index: str, *arguments: str) -> subprocess.Popen[bytes]:
    variables = environment() | {"FOOTNOTE_HOME": str(home), "FOOTNOTE_INDEX": index}
    command = [sys.executable, "-m", "ingest", *arguments]
    return subprocess.Popen(
        command, cwd=_ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _look(settings: Settings, files: _Files, damage: Damage) -> None:
    """As a process would that starts just now."""
    library = Library(settings)
    records = library.catalogue.documents()
    sources = [record.source for record in records]
    acknowledged = {job.source for job in library.jobs.jobs() if job.state in ("ready", "unchanged")}
    damage.lost += len(acknowledged - set(sources))
    damage.doubled += len(sources) - len(set(sources))
    damage.doubled_passages += doubled_passages(library)
    for record in records:
        words = library.catalogue.text(record.id).split()
        n, versions = int(Path(record.source).stem), range(1, files.version + 1)
        is_whole = any(words == text_of(n, version).split() for version in versions)
        damage.half_visible += not is_whole or not record.n_chunks
    damage.disagreements += [f.text for f in examine(library) if not f.good and f.what != "jobs"]
    library.close()


def doubled_passages(library: Library) -> int:
    """How many passages are there a second time, where every file has paragraphs of its own."""
    numbers = [record.id for record in library.catalogue.documents()]
    texts = [chunk.text for number in numbers for chunk in library.catalogue.chunks_of(number)]
    return len(texts) - len(set(texts))


def _look_finally(settings: Settings, files: _Files, damage: Damage) -> None:
    """Every file is there in its last version and is found by its own word."""
    _look(settings, files, damage)
    library = Library(settings)
    records = {record.source: record for record in library.catalogue.documents()}
    damage.documents = len(records)
    for n in range(N_FILES):
        word = f"zz{n}v{files.version}"
        record = records.get(str(files.path(n)))
        hits = library.retriever.retrieve(word, 1).hits
        if record is None or word not in library.catalogue.text(record.id):
            damage.lost += 1
        elif not hits or hits[0].chunk.document_id != record.id:
            damage.disagreements.append(f"{word} is not found first")
    library.close()


def busy(home: Path, folder: Path, seconds: float, told: Told) -> Traffic:
    """Two workers take in, change and remove files for so long while a reader searches for what must be there."""
    files, traffic = _Files(folder), Traffic()
    library = Library(Settings(home=home))
    _queue(library, files)
    stopping = threading.Event()
    reader = threading.Thread(target=read, args=(home, traffic, stopping), daemon=True)
    start = time.monotonic()
    with two_workers(home):
        reader.start()
        while time.monotonic() - start < seconds:
            if not library.jobs.has_open():
                traffic.documents_written += N_FILES
                files.change()
                _queue(library, files)
            told(f"{time.monotonic() - start:.0f} s, {traffic.searches} searches")
            time.sleep(0.2)
        stopping.set()
        reader.join(_PATIENCE_S)
    traffic.seconds = time.monotonic() - start
    library.close()
    return traffic


@contextmanager
def two_workers(home: Path) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """Two worker processes over a home, ended afterwards."""
    workers = [_worker(home, "faiss") for _ in range(2)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(_PATIENCE_S)


def read(home: Path, traffic: Traffic, stopping: threading.Event) -> None:
    """Search for the very words of a document that is there: what is found must be there after the search as well."""
    library, chance = Library(Settings(home=home)), random.Random(3)  # noqa: S311
    while not stopping.is_set():
        records = library.catalogue.documents()
        if not records:
            continue
        record = chance.choice(records)
        with suppress(IndexError):
            _search_for(library, record.id, traffic)
    library.close()


def _search_for(library: Library, document: int, traffic: Traffic) -> None:
    word = library.catalogue.text(document).rsplit(" ", 1)[1].strip(".")
    before = library.catalogue.sequence()
    try:
        hits = library.retriever.retrieve(word, 3).hits
    except FootnoteError as error:
        traffic.errors.append(str(error))
        return
    traffic.searches += 1
    text = library.catalogue.text(document)
    is_still_there = word in text
    if is_still_there and not any(hit.chunk.document_id == document and word in hit.chunk.text for hit in hits):
        traffic.missing.append(f"{word} at {before}")
    for hit in hits:
        if (
            hit.chunk.text not in library.catalogue.text(hit.chunk.document_id)
            and library.catalogue.sequence() == before
        ):
            traffic.stale.append(f"{hit.chunk.id} at {before}")
