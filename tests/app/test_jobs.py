"""The board reads files in a real child process, and survives what can happen to it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.jobs import Job, JobBoard
from indexes.catalogue import Catalogue

pytestmark = pytest.mark.slow

NOTE = b"# Harbour\n\nThe harbour opens at six. Boats leave with the tide.\n"
LONG = "\n\n".join(f"Paragraph {i} says that boat {i} is painted in colour {i * 7}." for i in range(2500)).encode()


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "home")


@pytest.fixture
def board(catalogue: Catalogue) -> Iterator[JobBoard]:
    def holder(collection: str, name: str) -> str | None:
        record = catalogue.find(collection, name)
        return None if record is None else record.sha256

    made = JobBoard(catalogue.home, holder)
    yield made
    made.close()
    assert made.wait(30)


def states(board: JobBoard) -> dict[str, str]:
    return {job.name: job.state for job in board.jobs()}


def until(board: JobBoard, is_so: Callable[[Job], bool], name: str) -> Job:
    """The job of that name once it is so."""
    for _ in range(3000):
        job = next(job for job in board.jobs() if job.name == name)
        if is_so(job):
            return job
        time.sleep(0.02)
    raise AssertionError(f"{job} never came so far")


def child_of(board: JobBoard) -> int:
    for _ in range(500):
        child = board._child
        if child is not None:
            return child._process.pid
        time.sleep(0.02)
    raise AssertionError("no child was started")


def group_is_gone(leader: int) -> bool:
    for _ in range(200):
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_good_and_bad_files_together(board: JobBoard, catalogue: Catalogue):
    files = [("note.md", NOTE), ("empty.pdf", b""), ("fake.pdf", b"not a pdf at all"), ("\U0001f600\n.txt", b"A buoy.")]
    board.add(files, "default")
    assert board.wait(60)
    assert states(board) == {
        "note.md": "ready",
        "empty.pdf": "failed",
        "fake.pdf": "failed",
        "\U0001f600.txt": "ready",
    }
    empty = next(job for job in board.jobs() if job.name == "empty.pdf")
    assert empty.reason == "empty.pdf is empty (0 bytes)."
    ready = next(job for job in board.jobs() if job.name == "note.md")
    assert (ready.document, ready.chunks) == (1, 1)
    assert {record.source for record in catalogue.documents()} == {"note.md", "\U0001f600.txt"}


def test_the_same_again_and_others_of_its_name(board: JobBoard, catalogue: Catalogue):
    for content in (NOTE, NOTE, NOTE + b"The lighthouse is white.\n"):
        board.add([("note.md", content)], "default")
        assert board.wait(60)
    board.add([("note.md", NOTE)], "other")
    assert board.wait(60)
    found = [(record.collection, record.source) for record in catalogue.documents()]
    assert found == [("default", "note.md"), ("default", "note (2).md"), ("other", "note.md")]
    board.add([("note.md", NOTE)], "default")
    assert board.wait(60)
    assert [job.state for job in board.jobs() if (job.collection, job.name) == ("default", "note.md")] == ["unchanged"]


def test_counters_are_true(board: JobBoard):
    seen: set[tuple[str, int, int]] = set()
    board.add([("long.md", LONG)], "default")
    while board.is_busy:
        seen |= {(job.state, job.done, job.total) for job in board.jobs()}
        time.sleep(0.01)
    (job,) = board.jobs()
    embedding = {(done, total) for state, done, total in seen if state == "embedding"}
    assert job.state == "ready"
    assert {total for _, total in embedding} == {job.chunks}
    assert len(embedding) > 2


def test_after_a_killed_child_every_file_that_it_had_begun_is_tried_alone(board: JobBoard, catalogue: Catalogue):
    board.add([("long.md", LONG), *((f"note{i}.md", NOTE + b"%d" % i) for i in range(6))], "default")
    until(board, lambda job: job.state == "embedding", "long.md")
    pid = child_of(board)
    os.kill(pid, signal.SIGKILL)
    long = until(board, lambda job: job.is_alone and job.state == "embedding", "long.md")
    assert group_is_gone(pid)
    os.kill(child_of(board), signal.SIGKILL)  # it alone can be why
    assert board.wait(60)
    assert states(board) == {"long.md": "failed"} | {f"note{i}.md": "ready" for i in range(6)}
    assert "signal 9" in next(job.reason for job in board.jobs() if job.id == long.id)
    assert {record.source for record in catalogue.documents()} == {f"note{i}.md" for i in range(6)}
    board.retry(long.id)
    assert board.wait(60)
    assert states(board)["long.md"] == "ready"


def test_cancel_ends_one_file_and_the_others_go_on(board: JobBoard, catalogue: Catalogue):
    board.add([("long.md", LONG), ("note.md", NOTE)], "default")
    job = until(board, lambda job: job.state == "embedding", "long.md")
    pid = child_of(board)
    board.cancel(job.id)
    assert group_is_gone(pid)
    assert board.wait(60)
    assert states(board) == {"long.md": "cancelled", "note.md": "ready"}
    assert [record.source for record in catalogue.documents()] == ["note.md"]
    board.clear()
    assert board.jobs() == ()


def test_a_child_that_cannot_work_says_why(board: JobBoard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_CHUNKER", "guess")
    board.add([("note.md", NOTE), ("other.md", NOTE)], "default")
    assert board.wait(60)
    assert {job.state for job in board.jobs()} == {"failed"}
    assert {job.reason for job in board.jobs()} == {
        "FOOTNOTE_CHUNKER='guess' is not one of fixed, sentence, recursive, semantic, structure"
    }


def test_a_file_on_its_way_is_not_queued_twice(board: JobBoard):
    (first,) = board.add([("long.md", LONG)], "default")
    assert board.add([("long.md", LONG)], "default")[0].id == first.id
    (other,) = board.add([("long.md", LONG + b"more")], "default")
    assert other.name == "long (2).md"
    board.close()
