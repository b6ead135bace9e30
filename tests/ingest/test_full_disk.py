"""On a file system that is really full: a clear sentence, the old state intact, and on it goes when there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexes.generation import Generations
from indexes.job_records import NewJob
from indexes.library import Library
from ingest.cli import main
from ingest.doctor import examine
from ingest.pipeline import File, Pipeline
from rag.errors import StoreError
from rag.settings import Settings
from rag.types import Scope
from tests.ingest.working import ROOT, fill, until

pytestmark = pytest.mark.slow


def files(folder: Path) -> list[File]:
    folder.mkdir(exist_ok=True)
    for n in range(40):
        paragraphs = (f"Paragraph {p} of file {n} speaks of the marker word zz{n}q{p}." for p in range(60))
        (folder / f"{n:02}.md").write_text(f"# File {n}\n\n" + "\n\n".join(paragraphs))
    return [File(path, str(path)) for path in sorted(folder.iterdir())]


def bad(library: Library) -> list[str]:
    return [f.text for f in examine(library) if not f.good and f.what not in ("jobs", "disk")]


def test_while_a_worker_embeds(small_disk: Path, tmp_path: Path):
    home = small_disk / "home"
    library = Library(Settings(home=home))
    coming = files(tmp_path / "files")
    assert {o.state for o in Pipeline(library, "d").add(coming[:10])} == {"ready"}
    ballast = fill(small_disk, 400_000)
    library.jobs.add("b", "d", [NewJob(file.source, str(file.path), 4000) for file in coming[10:]])
    errors = (tmp_path / "errors").open("w+")
    variables = os.environ | {"FOOTNOTE_HOME": str(home)}
    command = [sys.executable, "-m", "ingest", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        until(lambda: "disk is full" in (tmp_path / "errors").read_text())
        seen = Library(Settings(home=home))
        sources = {record.source for record in seen.catalogue.documents()}
        assert {file.source for file in coming[:10]} <= sources
        assert len(sources) < 40
        assert "zz3q7" in seen.retriever.retrieve("marker word zz3q7", 1).hits[0].chunk.text
        ballast.unlink()
        until(lambda: not library.jobs.has_open())
        assert set(library.jobs.counts()) == {"ready"}
    finally:
        worker.terminate()
        worker.wait(240)
        errors.close()
    assert len(library.catalogue.documents()) == 40
    assert bad(Library(Settings(home=home))) == []
    library.close()
    seen.close()


@pytest.fixture
def home(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_HOME", str(small_disk / "home"))
    return small_disk / "home"


@pytest.mark.parametrize("leave", [0, 50_000])
@pytest.mark.parametrize("is_new", [True, False])
def test_before_the_first_file(
    home: Path, tmp_path: Path, is_new: bool, leave: int, capsys: pytest.CaptureFixture[str]
):
    first, *others = files(tmp_path / "files")
    if not is_new:
        assert main(["add", str(first.path)]) == 0
    fill(home.parent, leave)
    capsys.readouterr()
    assert main(["add", *(str(file.path) for file in others)]) == 1
    (said,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("footnote: ")]
    assert "full" in said
    assert "make room" in said


@pytest.mark.parametrize("leave", [0, 40_000])
def test_what_only_looks_is_told_all_the_same(
    home: Path, tmp_path: Path, leave: int, capsys: pytest.CaptureFixture[str]
):
    first, second, *_ = files(tmp_path / "files")
    assert main(["add", str(first.path), str(second.path)]) == 0
    assert main(["remove", "1"]) == 0
    ballast = fill(home.parent, leave)
    capsys.readouterr()
    for command, told in (("removed", "00.md"), ("list", "01.md"), ("show 2", "01.md"), ("chunks 2", "zz1q0")):
        assert main(command.split()) == 0
        assert told in capsys.readouterr().out
    assert main(["remove", "2"]) == 1
    assert "the disk is full: make room" in capsys.readouterr().err
    ballast.unlink()
    assert main(["remove", "2"]) == 0


@pytest.mark.parametrize(("small_disk", "is_good"), [(24_000_000, False), (200_000_000, True)], indirect=["small_disk"])
def test_room_is_judged_by_what_the_library_needs(small_disk: Path, is_good: bool):
    library = Library(Settings(home=small_disk / "home"))
    (disk,) = [finding for finding in examine(library) if finding.what == "disk"]
    assert disk.good == is_good
    assert "MB are free where the library is, which has " in disk.text
    assert ("; 100 MB are wanted, twice that and at least 100 MB: make room there" in disk.text) != is_good
    if is_good:
        fill(small_disk / "home", 90_000_000)
        (disk,) = [finding for finding in examine(library) if finding.what == "disk"]
        assert not disk.good
    library.close()


def test_while_an_index_is_saved(small_disk: Path, tmp_path: Path):
    library = Library(Settings(home=small_disk / "home"))
    coming = files(tmp_path / "files")
    assert {o.state for o in Pipeline(library, "d").add(coming[:20])} == {"ready"}
    keeper = Generations(library.catalogue, library.embedder.fingerprint, library.embedder.dim, library.note)
    number = library.embedder_number(library.embedder)
    first = keeper.checkpoint(number)
    assert first is not None
    library.catalogue.remove(1)
    ballast = fill(small_disk, 30_000)
    with pytest.raises(StoreError, match="make room"):
        keeper.checkpoint(number)
    assert not list((small_disk / "home").glob("vectors/*/*.tmp"))
    seen = Library(Settings(home=small_disk / "home"))
    kept = seen.dense.search("marker", 1000, Scope()).ids  # the old generation without what was removed since
    assert sorted(kept.tolist()) == seen.catalogue.chunk_ids(Scope()).tolist()
    ballast.unlink()
    assert keeper.checkpoint(number) not in (None, first)
    assert bad(Library(Settings(home=small_disk / "home"))) == []
    library.close()
    seen.close()


def test_while_the_keyword_index_is_written(small_disk: Path, tmp_path: Path):
    library = Library(Settings(home=small_disk / "home"))
    assert {o.state for o in Pipeline(library, "d").add(files(tmp_path / "files")[:10])} == {"ready"}
    library.catalogue.remove(1)
    ballast = fill(small_disk, 0)
    with pytest.raises(StoreError, match="the disk is full"):
        library.keyword.refresh()
    ballast.unlink()
    library.keyword.refresh()
    assert bad(library) == []
    library.close()
