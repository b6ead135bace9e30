"""Commands that run beside each other do not undo each other's work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from indexes.job_records import NewJob
from indexes.library import Library
from ingest.cli import main
from ingest.files import File, Seen
from ingest.ledger import InMemory, Outcome
from ingest.originals import original
from ingest.pipeline import Pipeline
from rag.settings import Settings
from tests.ingest.working import ROOT, start_worker, stop, until, working

pytestmark = pytest.mark.slow

LONG = "\n\n".join(f"Paragraph {i} says that boat {i} is painted in colour {i * 7}." for i in range(2500))


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)
    return path


_STANDING_STILL = """
import os, signal, sys
from ingest.cli import main
from ingest.worker import Worker

see_to = Worker.see_to

def stand_still_first(*arguments):
    os.kill(os.getpid(), signal.SIGSTOP)
    return see_to(*arguments)

Worker.see_to = stand_still_first
sys.exit(main(sys.argv[1:]))
"""
"""One that has queued its files, and none of them begun."""


def start_add(home: Path, *arguments: str, before: Sequence[str] = ("-m", "ingest")) -> subprocess.Popen[str]:
    command = [sys.executable, *before, "add", *arguments, "--json"]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"FOOTNOTE_HOME": str(home)}, stdout=subprocess.PIPE, text=True
    )


def stopped_add(home: Path, folder: Path) -> subprocess.Popen[str]:
    """One that stands still with files on their way, so that another one finds them like that on any machine."""
    adding = start_add(home, str(folder), before=("-c", _STANDING_STILL))
    os.waitid(os.P_PID, adding.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    assert Library(Settings(home=home)).jobs.has_open()
    return adding


def n_begun(home: Path) -> int:
    """How many workers there are, with those whose lease has run out while they stood still."""
    return len(os.listdir(home / "workers"))


def texts(home: Path) -> set[str]:
    catalogue = Library(Settings(home=home)).catalogue
    return {catalogue.text(record.id) for record in catalogue.documents()}


def test_a_removed_container_takes_its_jobs_along(home: Path, tmp_path: Path):
    library = Library(Settings(home=home))
    archive = zipped(tmp_path / "a.zip", **{f"m{i}": f"Note {i} is here." for i in range(60)})
    library.jobs.add("b", "d", [NewJob(str(archive), str(archive))])
    with working(home):
        until(library.catalogue.documents)
        library.catalogue.remove(library.catalogue.documents()[0].id)
        (tmp_path / "other.txt").write_text("Another file.")
        library.jobs.add("b", "d", [NewJob("other.txt", str(tmp_path / "other.txt"))])
        until(lambda: not library.jobs.has_open())
    assert texts(home) == {"Another file."}


def test_what_was_removed_meanwhile_is_not_brought_back(home: Path, tmp_path: Path):
    (tmp_path / "a.txt").write_text("The harbour opens at six.")
    assert main(["add", str(tmp_path / "a.txt")]) == 0
    library = Library(Settings(home=home))
    record = library.catalogue.documents()[0]

    class Removing(InMemory):
        def step(self, _file: File, stage: str, _done: int, _total: int) -> None:
            if stage == "indexing":
                library.catalogue.remove(record.id)

    pipeline = Pipeline(library, "default", Removing())
    outcomes = list(pipeline.add([File(tmp_path / "a.txt", record.source)], again=True))
    assert [outcome.state for outcome in outcomes] == ["cancelled"]
    assert library.catalogue.documents() == []


class Meanwhile(Pipeline):
    """Something happens to a file that has not changed, just when that was found out."""

    def __init__(self, library: Library, happens: Callable[[], object]) -> None:
        super().__init__(library, "default")
        self._happens = [happens]

    def _unchanged(self, seen: Seen) -> Outcome | None:
        if self._happens:
            self._happens.pop()()
        return super()._unchanged(seen)


def test_a_file_whose_document_is_removed_meanwhile_is_read(home: Path, tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("The harbour opens at six.")
    assert main(["add", str(path)]) == 0
    library = Library(Settings(home=home))
    (record,) = library.catalogue.documents()
    (outcome,) = Meanwhile(library, lambda: library.catalogue.remove(record.id)).add([File(path, str(path))])
    assert (outcome.state, outcome.document == record.id) == ("ready", False)
    assert texts(home) == {"The harbour opens at six."}


def test_a_file_that_another_one_reads_meanwhile_is_compared_with_that(home: Path, tmp_path: Path):
    path, other = tmp_path / "a.txt", tmp_path / "other.txt"
    path.write_text("The harbour opens at six.")
    other.write_text("It does not.")
    assert main(["add", str(path)]) == 0
    library = Library(Settings(home=home))

    def replaced() -> None:
        assert [o.state for o in Pipeline(library, "default").add([File(other, str(path))])] == ["ready"]

    (outcome,) = Meanwhile(library, replaced).add([File(path, str(path))])
    assert outcome.state == "ready"
    assert texts(home) == {"The harbour opens at six."}


def test_a_member_whose_container_is_removed_meanwhile_is_let_go(home: Path, tmp_path: Path):
    archive = zipped(tmp_path / "a.zip", note="The harbour opens at six.")
    assert main(["add", str(archive)]) == 0
    library = Library(Settings(home=home))
    container, member = library.catalogue.documents()
    file = original(library, member)
    (outcome,) = Meanwhile(library, lambda: library.catalogue.remove(container.id)).add([file])
    assert outcome.state == "cancelled"
    assert library.catalogue.documents() == []


def test_adding_and_removing_side_by_side_never_fails(home: Path, tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("The harbour opens at six.")
    library = Library(Settings(home=home))
    stop, states = threading.Event(), Counter[str]()

    def removing() -> None:
        while not stop.is_set():
            for record in library.catalogue.documents():
                library.catalogue.remove(record.id)
        library.catalogue.close()

    thread = threading.Thread(target=removing)
    thread.start()
    try:
        for _ in range(5):
            outcomes = Pipeline(library, "default").add([File(path, str(path))] * 20)
            states.update(outcome.state for outcome in outcomes)
    finally:
        stop.set()
        thread.join()
    assert states.keys() <= {"ready", "unchanged"}
    assert states["ready"] > 5


def test_an_interrupted_second_add_leaves_the_first_alone(home: Path, tmp_path: Path):
    folder = tmp_path / "d"
    folder.mkdir()
    for i in range(40):
        (folder / f"{i:03}.txt").write_text(f"File {i}. " + LONG[:3000])
    first = stopped_add(home, folder)
    second = start_add(home, str(folder))
    until(lambda: n_begun(home) == 2)
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=240)
    first.send_signal(signal.SIGCONT)
    out, _ = first.communicate(timeout=240)
    states = [json.loads(line)["state"] for line in out.splitlines()]
    assert first.returncode == 0
    assert states.count("ready") == 40
    assert len(texts(home)) == 40


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_second_add_waits_for_what_is_inside(home: Path, tmp_path: Path, is_killed: bool):
    """The first reads the archive, so that what is inside of it is queued for the first alone."""
    folder = tmp_path / "d"
    folder.mkdir()
    for i in range(20):
        (folder / f"{i:02}.txt").write_text(f"File {i}. " + LONG[:3000])
    zipped(folder / "z.zip", **{f"m{i:02}": f"Note {i}. " + LONG[:3000] for i in range(20)})
    first = stopped_add(home, folder)
    library = Library(Settings(home=home))
    second = start_add(home, str(folder))
    until(lambda: n_begun(home) == 2)
    assert library.catalogue.find("default", str(folder / "z.zip")) is None
    first.send_signal(signal.SIGCONT)
    if is_killed:
        until(lambda: library.catalogue.find("default", str(folder / "z.zip")))
        first.kill()
    out, _ = second.communicate(timeout=240)
    is_open = library.jobs.has_open()
    first.communicate(timeout=240)
    assert (second.returncode, is_open, len(library.catalogue.documents())) == (0, False, 41)
    states = {Path(row["source"]).name: row["state"] for row in map(json.loads, out.splitlines())}
    assert {path.name for path in folder.iterdir()} <= states.keys()
    assert set(states.values()) <= {"ready", "unchanged"}


def test_a_waiting_add_takes_over_from_a_dead_worker(home: Path, tmp_path: Path):
    (tmp_path / "long.txt").write_text(LONG)
    library = Library(Settings(home=home))
    library.jobs.add("b", "default", [NewJob(str(tmp_path / "long.txt"), str(tmp_path / "long.txt"))])
    worker = start_worker(home)
    until(lambda: library.jobs.counts().get("embedding"))
    stop(worker, home)
    adding = start_add(home, str(tmp_path / "long.txt"))
    until(lambda: n_begun(home) == 2)
    worker.kill()
    worker.communicate()
    assert adding.wait(240) == 0
    adding.communicate()
    assert len(library.catalogue.documents()) == 1


def test_a_file_that_changed_while_it_was_embedded_is_read_again(home: Path, tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_text(LONG)
    library = Library(Settings(home=home))
    library.jobs.add("b", "default", [NewJob(str(path), str(path))])
    with working(home):
        until(lambda: library.jobs.counts().get("embedding"))
        path.write_text("Narwhals have a tusk.")
        assert main(["add", str(path)]) == 0
    assert texts(home) == {"Narwhals have a tusk."}


def test_a_member_that_is_gone_is_not_taken_in(home: Path, tmp_path: Path):
    library = Library(Settings(home=home))
    archive = zipped(tmp_path / "z.zip", x="The walrus sings.", y="The seal claps.")

    class Stopping(InMemory):
        """Queues members as a worker does, and takes none of them in."""

        def ended(self, _file: File, _outcome: object, members: object) -> None:
            jobs = [NewJob(m.source, str(m.path), 1, m.container, m.depth) for m in members]  # type: ignore[attr-defined]
            library.jobs.add("b", "default", jobs)

    list(Pipeline(library, "default", Stopping()).add([File(archive, str(archive))]))
    assert library.jobs.has_open()
    zipped(archive, y="The seal claps.")
    assert main(["add", str(archive)]) == 0
    assert main(["worker", "--once"]) == 0
    assert texts(home) == {"", "The seal claps."}


def test_an_archive_under_two_names_keeps_what_is_inside_of_each(home: Path, tmp_path: Path):
    folder = tmp_path / "f"
    (folder / "1").mkdir(parents=True)
    (folder / "2").mkdir()
    zipped(folder / "1" / "a.zip", x="The walrus sings.")
    assert main(["add", str(folder)]) == 0
    (folder / "2" / "b.zip").write_bytes((folder / "1" / "a.zip").read_bytes())
    assert main(["add", str(folder)]) == 0
    zipped(folder / "1" / "a.zip", x="The seal claps.")
    assert main(["add", str(folder)]) == 0
    assert {"The walrus sings.", "The seal claps."} <= texts(home)


def test_what_is_inside_moves_along(home: Path, tmp_path: Path):
    folder = tmp_path / "f"
    folder.mkdir()
    zipped(folder / "a.zip", x="The walrus sings.")
    assert main(["sync", str(folder)]) == 0
    (folder / "a.zip").rename(folder / "c.zip")
    assert main(["sync", str(folder)]) == 0
    sources = {Path(record.source).name for record in Library(Settings(home=home)).catalogue.documents()}
    parents = {Path(record.source).parent.name for record in Library(Settings(home=home)).catalogue.documents()}
    assert sources == {"c.zip", "x.txt"}
    assert parents == {"f", "c.zip!"}
    zipped(folder / "a.zip", x="The seal claps.")
    assert main(["sync", str(folder)]) == 0
    assert {"The walrus sings.", "The seal claps."} <= texts(home)


def test_bytes_that_another_archive_still_needs_are_kept(home: Path, tmp_path: Path):
    folder = tmp_path / "f"
    folder.mkdir()
    zipped(folder / "a.zip", x="The walrus sings.", k="Old.")
    assert main(["add", str(folder)]) == 0
    zipped(folder / "a.zip", k="New.")
    zipped(folder / "b.zip", x="The walrus sings.")
    assert main(["add", str(folder)]) == 0
    assert texts(home) == {"", "The walrus sings.", "New."}
