"""Waiting for changes in real folders, with files that are written while somebody waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.watch import watch
from rag.errors import InputError
from tests.ingest.working import until_watched

SETTLE_S = 0.4
LONGEST_S = 30.0


class Watcher:
    """A watch in a thread; what it tells, with the time."""

    def __init__(self, folder: Path, **options: float) -> None:
        self.stop = threading.Event()
        self.told: queue.Queue[tuple[float, frozenset[Path]]] = queue.Queue()
        self._thread = threading.Thread(target=self._run, args=(folder, options))
        self._thread.start()
        until_watched(folder)

    def _run(self, folder: Path, options: dict[str, float]) -> None:
        for paths in watch([folder], stop=self.stop, **{"settle_s": SETTLE_S, **options}):  # type: ignore[arg-type]
            self.told.put((time.monotonic(), paths))

    def next(self, timeout_s: float = 60) -> tuple[float, frozenset[Path]]:
        return self.told.get(timeout=timeout_s)

    def is_quiet(self, seconds: float) -> bool:
        try:
            self.told.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def end(self) -> None:
        self.stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Callable[..., Watcher]]:
    opened: list[Watcher] = []

    def start(**options: float) -> Watcher:
        opened.append(Watcher(tmp_path, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.end()


def test_a_slow_file_is_told_once_when_it_is_whole(tmp_path: Path, watcher: Callable[..., Watcher]):
    started = watcher(settle_s=1.0)
    with (tmp_path / "slow.md").open("w") as file:
        for _ in range(8):
            file.write("words ")
            file.flush()
            time.sleep(0.15)
    (tmp_path / "other.md").write_text("words")
    written = time.monotonic()
    at, paths = started.next()
    assert paths == {tmp_path / "slow.md", tmp_path / "other.md"}
    assert 0.9 < at - written < LONGEST_S - 1
    assert started.is_quiet(1.5)


def test_changes_without_end_are_told_in_between(tmp_path: Path, watcher: Callable[..., Watcher]):
    started = watcher(longest_s=0.8)
    begin = time.monotonic()
    while started.told.empty() and time.monotonic() - begin < 60:
        (tmp_path / "log.md").write_text(str(time.monotonic()))
        time.sleep(0.05)
    assert 0.5 < started.next()[0] - begin < 30


def test_new_folders_moves_and_removals(tmp_path: Path, watcher: Callable[..., Watcher]):
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "a.md").write_text("words")
    (tmp_path / "b.md").write_text("words")
    started = watcher()
    (tmp_path / "new" / "deep").mkdir(parents=True)
    until_watched(tmp_path)
    (tmp_path / "new" / "deep" / "c.md").write_text("words")
    assert tmp_path / "new" / "deep" / "c.md" in started.next()[1]
    (tmp_path / "b.md").unlink()
    assert started.next()[1] == {tmp_path / "b.md"}
    (tmp_path / "away").rename(tmp_path.parent / f"{tmp_path.name}-moved")
    assert tmp_path / "away" in started.next()[1]


def test_what_a_walk_passes_by_is_not_told_and_delays_nothing(tmp_path: Path, watcher: Callable[..., Watcher]):
    (tmp_path / ".footnoteignore").write_text("*.log\nout/\n")
    (tmp_path / "out").mkdir()
    (tmp_path / ".git").mkdir()
    started = watcher()

    def noise() -> None:
        (tmp_path / ".hidden.md").write_text("x")
        (tmp_path / ".git" / "x.md").write_text("x")
        (tmp_path / "a.log").write_text("x")
        (tmp_path / "out" / "x.md").write_text("x")
        (tmp_path / "picture.xyz").write_text("x")

    noise()
    assert started.is_quiet(3 * SETTLE_S)
    (tmp_path / "a.md").write_text("words")
    written = time.monotonic()
    while started.told.empty() and time.monotonic() - written < 60:
        noise()
        time.sleep(0.05)
    at, paths = started.next()
    assert paths == {tmp_path / "a.md"}
    assert at - written < LONGEST_S - 1, "noise is no reason to wait for its end"
    (tmp_path / ".footnoteignore").write_text("*.log\n")
    assert tmp_path / ".footnoteignore" in started.next()[1]


def test_reading_is_no_change(tmp_path: Path, watcher: Callable[..., Watcher]):
    (tmp_path / "a.md").write_text("words")
    started = watcher()
    assert (tmp_path / "a.md").read_text() == "words"
    assert started.is_quiet(2 * SETTLE_S)


def test_it_stops_at_once(tmp_path: Path):
    started = Watcher(tmp_path, settle_s=100.0)
    (tmp_path / "a.md").write_text("words")
    started.end()
    assert started.told.empty()


@pytest.mark.parametrize("path", ["missing", "file.md", "bad\0name"])
def test_what_is_no_folder_cannot_be_watched(tmp_path: Path, path: str):
    (tmp_path / "file.md").write_text("words")
    with pytest.raises(InputError, match="cannot be watched"):
        next(watch([tmp_path / path], stop=threading.Event()))
