"""Stale documents are named and redone, and searches go on with what there is until all is ready."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.cli import main
from ingest.kept import keep
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from tests.indexes.openai_endpoint import embeddings_endpoint
from tests.ingest.working import start_worker, until

pytestmark = pytest.mark.slow

N = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    for n in range(N):
        paragraphs = (f"Paragraph {p} of file {n} speaks of the marker word zz{n}q{p}." for p in range(12))
        (made / f"{n:02}.md").write_text(f"# File {n}\n\n" + "\n\n".join(paragraphs))
    return made


class Searching(threading.Thread):
    """Another process's eyes: a library of its own that searches all the while."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self.settings = settings
        self.n = 0
        self.wrong: list[str] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        library = Library(self.settings)
        while not self.stopping.is_set():
            word = f"zz{self.n % N}q3"
            try:
                hits = library.retriever.retrieve(f"the marker word {word}", 3).hits
                if not any(word in hit.chunk.text for hit in hits):
                    self.wrong.append(f"{word} was not found")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test fails with it
                self.wrong.append(repr(error))
            self.n += 1
        library.close()

    def __enter__(self) -> Searching:
        self.start()
        until(lambda: self.n > 3 or self.wrong)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.join(60)


def test_other_chunks_while_searches_go_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = tmp_path / "home"
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    assert main(["add", str(folder)]) == 0
    ids = [record.id for record in Library(Settings(home=home)).catalogue.documents()]
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    capsys.readouterr()
    assert main(["status"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("stale")]
    assert line.startswith("stale (chunker): 40 documents: 1 ")
    assert line.endswith(" and 35 more")
    with Searching(Settings(home=home)) as searching:
        before = searching.n
        assert main(["reindex"]) == 0
        during = searching.n - before
    assert searching.wrong == []
    assert during > 3
    assert [record.id for record in Library(Settings(home=home)).catalogue.documents()] == ids
    capsys.readouterr()
    assert main(["reindex"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert main(["doctor"]) == 0


def test_a_document_whose_file_is_gone_is_named_and_stays_searchable(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Each kind of place has its own advice, and following it ends the staleness."""
    home = tmp_path / "home"
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    upload = keep(home, "upload.md", b"The upload speaks of zzupload.")
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("inner.md", "The inner one speaks of zzinner.")
    library = Library(Settings(home=home))
    coming = [File(upload.path, upload.name), File(archive, str(archive))]
    assert {outcome.state for outcome in Pipeline(library, "default").add(coming)} == {"ready"}
    assert main(["add", str(folder)]) == 0
    gone = [folder / "07.md", upload.path]
    kept = {path: path.read_bytes() for path in gone}
    for path in gone:
        path.unlink()
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    capsys.readouterr()
    assert main(["reindex"]) == 1
    out = capsys.readouterr().out
    assert f"failed: {folder}/07.md: its file is gone, so that it cannot be cut anew" in out
    assert out.count("07.md") == 1
    assert "`python -m ingest sync` its folder" in out
    assert "upload.md: its file is gone" in out
    assert "hand it in again" in out
    assert "inner.md: its file" not in out
    assert out.splitlines()[-1].startswith("2 documents stay stale")
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "gone: 1 document of these cannot be read again without the file: 1 upload.md; hand it in again" in said
    assert f"without the file: 11 {folder}/07.md; put it back, or `python -m ingest sync` its folder" in said
    assert "reindex` reads" not in said, "it would fail again"
    assert len(library.catalogue.documents()) == N + 3
    for word in ("zz7q3", "zzupload", "zzinner"):
        hits = library.retriever.retrieve(f"the marker word {word}", 3).hits
        assert any(word in hit.chunk.text for hit in hits)
    assert main(["reindex", "--json"]) == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["state"], len(last["documents"])) == ("stale", 2)
    for path, content in kept.items():
        path.write_bytes(content)
    assert main(["reindex"]) == 0
    assert "stale" not in capsys.readouterr().out


def test_what_was_inside_of_a_file_and_is_gone_is_taken_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The archive itself is not read again where only the cut of the files inside of it has changed."""
    home, archive = tmp_path / "home", tmp_path / "all.zip"
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("inner.md", "The inner one speaks of zzinner.")
    assert main(["add", str(archive)]) == 0
    archive.rename(tmp_path / "away.zip")
    shutil.rmtree(home / "uploads")
    monkeypatch.setenv("FOOTNOTE_CHUNK_TOKENS", "100")
    capsys.readouterr()
    assert main(["reindex"]) == 1
    assert f"`python -m ingest doctor --repair` takes it out of {archive} again" in capsys.readouterr().out
    (tmp_path / "away.zip").rename(archive)
    assert main(["reindex"]) == 0
    assert (
        "1 file: 1 ready, 0 unchanged, 0 failed; 1 file inside: 1 ready; 1 passage read" in capsys.readouterr().out
    )  # each of them once


@pytest.mark.usefixtures("token_table")
def test_another_embedder_while_searches_and_a_worker_go_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = tmp_path / "home"
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    assert main(["add", str(folder)]) == 0
    with embeddings_endpoint() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        worker = start_worker(home)  # it knows nothing of the move
        monkeypatch.setenv("FOOTNOTE_EMBEDDER", "text-embedding-3-small")
        with Searching(Settings(home=home, base_url=url)) as searching:
            searching.n = 0
            (tmp_path / "late.md").write_text("The marker word zz99q3 came late.")
            assert main(["add", str(tmp_path / "late.md"), "--detach"]) == 0
            assert main(["reindex"]) == 0
            until(lambda: Library(Settings(home=home)).catalogue.find("default", str(tmp_path / "late.md")))
        worker.terminate()
        worker.communicate(timeout=240)
        assert main(["reindex"]) == 0
        assert searching.wrong == []
        capsys.readouterr()
        assert main(["status"]) == 0
        assert "stale" not in capsys.readouterr().out
        assert main(["doctor"]) == 0
    library = Library(Settings(home=home))
    active = library.catalogue.embedders.active()
    assert active is not None
    assert active.name == "text-embedding-3-small"
    assert library.catalogue.database.one("SELECT COUNT(DISTINCT embedder_id) FROM vectors") == 1


def test_a_move_that_was_cut_off_goes_on(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Vectors that were made before the end are not made again, and nothing of the half of it is searched."""
    from ingest.moving import move_to

    home = tmp_path / "home"
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    assert main(["add", str(folder)]) == 0
    library = Library(Settings(home=home))
    other = Renamed(library.configured)

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr("ingest.moving._AT_ONCE", 16)
    with pytest.raises(KeyboardInterrupt):
        move_to(library, other, stop)
    number = library.embedder_number(other)
    n_left = len(library.catalogue.embedders.without_vector(number))
    assert 0 < n_left < library.catalogue.n_chunks()
    assert library.embedder.fingerprint != other.fingerprint
    assert move_to(library, other, lambda _done, _total: None) == n_left
    active = library.catalogue.embedders.active()
    assert active is not None
    assert active.fingerprint == other.fingerprint


class Renamed:
    """The same model under another fingerprint."""

    def __init__(self, embedder: object) -> None:
        self._embedder = embedder
        self.fingerprint = "renamed"

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)
