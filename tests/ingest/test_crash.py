"""Ingestion killed at random moments: every document is wholly there or wholly absent, and every index agrees."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from evals.faults import doubled_passages
from indexes.library import Library
from ingest.doctor import examine
from rag.settings import Settings
from rag.types import Scope

ROOT = Path(__file__).parents[2]
N_FILES = 36
ROUNDS = {"faiss": 6, "chroma": 3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for n in range(N_FILES):
        paragraphs = (f"Paragraph {p} of file {n} speaks of the marker word zz{n}q{p}." for p in range(12))
        (folder / f"{n:03}.md").write_text(f"# File {n}\n\n" + "\n\n".join(paragraphs))
    return folder


def add(folder: Path, home: Path, index: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ingest", "add", str(folder), "--json"]
    environment = os.environ | {"FOOTNOTE_HOME": str(home), "FOOTNOTE_INDEX": index}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.slow
@pytest.mark.parametrize("index", ROUNDS)
def test_killed_at_random_moments(folder: Path, tmp_path: Path, index: str):
    chance = random.Random(7)
    acknowledged: set[str] = set()
    for _ in range(ROUNDS[index]):
        child = add(folder, tmp_path, index)
        assert child.stdout is not None
        for _ in range(chance.randint(1, 12)):
            if line := child.stdout.readline():
                acknowledged.add(json.loads(line)["source"])
        time.sleep(chance.random() * 0.2)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        check(tmp_path, index, acknowledged)
    done = add(folder, tmp_path, index)
    out, _ = done.communicate()
    assert len(out.splitlines()) == N_FILES
    failed = [row["reason"] for row in map(json.loads, out.splitlines()) if row["state"] == "failed"]
    assert all("when its worker died, 3 times in a row" in reason for reason in failed)  # by chance; it says so
    assert done.returncode == bool(failed)
    if failed:
        add(folder, tmp_path, index).communicate()
    check(tmp_path, index, {str(path) for path in folder.iterdir()})
    again, _ = add(folder, tmp_path, index).communicate()
    assert {json.loads(line)["state"] for line in again.splitlines()} == {"unchanged"}


def check(home: Path, index: str, acknowledged: set[str]) -> None:
    library = Library(Settings(home=home, index=index))
    records = library.catalogue.documents()
    assert acknowledged <= {record.source for record in records}
    assert len(records) == len({record.source for record in records})
    assert doubled_passages(library) == 0
    wrong = [finding for finding in examine(library) if not finding.good]
    assert [finding.text for finding in wrong if finding.what != "jobs"] == []  # what the killed one left may wait
    ids = set(library.catalogue.chunk_ids(Scope()).tolist())
    for record in records[:: max(1, len(records) // 5)]:
        chunk = library.catalogue.chunks_of(record.id)[0]
        assert library.dense.search(chunk.text, 1, Scope()).ids.size == 1
        word = f"zz{int(Path(record.source).stem)}q3"
        found = library.retriever.retrieve(word, 1).hits
        assert found
        assert found[0].chunk.document_id == record.id
    assert set(library.dense.search("file", 10_000, Scope()).ids.tolist()) == ids
    library.catalogue.close()


@pytest.mark.slow
def test_memory_stays_flat_over_many_documents(tmp_path: Path):
    """The growth of the process that embeds, from its hundredth document, when all is loaded, to its last of 500."""
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(500):
        sentences = (f"Sentence {i} of document {n} says the number {i * n}." for i in range(6))
        (folder / f"{n:03}.txt").write_text(" ".join(sentences))
    sizes = []
    with add(folder, tmp_path / "home", "faiss") as child:
        assert child.stdout is not None
        for _ in child.stdout:
            with suppress(psutil.NoSuchProcess):
                sizes.append(psutil.Process(child.pid).memory_info().rss / 1e6)
    assert child.returncode == 0
    assert len(sizes) == 500
    sys.stdout.write(f"{sizes[100]:.0f} MB after 100 documents, {sizes[-1]:.0f} MB after 500\n")
    assert sizes[-1] < 1.1 * sizes[100]
