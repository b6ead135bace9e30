"""Ingestion killed at random moments: every document is wholly there or wholly absent, and every index agrees."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.doctor import examine
from rag.settings import Settings
from rag.types import Scope

ROOT = Path(__file__).parents[2]
N_FILES = 60
ROUNDS = 8


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
@pytest.mark.timeout(300)
@pytest.mark.parametrize("index", ["faiss", "chroma"])
def test_killed_at_random_moments(folder: Path, tmp_path: Path, index: str):
    chance = random.Random(7)
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
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
    assert done.returncode == 0
    assert len(out.splitlines()) == N_FILES
    check(tmp_path, index, {str(path) for path in folder.iterdir()})
    again, _ = add(folder, tmp_path, index).communicate()
    assert {json.loads(line)["state"] for line in again.splitlines()} == {"unchanged"}


def check(home: Path, index: str, acknowledged: set[str]) -> None:
    library = Library(Settings(home=home, index=index))
    records = library.catalogue.documents()
    assert acknowledged <= {record.source for record in records}
    assert [finding.text for finding in examine(library) if not finding.good] == []
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
    """The growth is taken from the first hundred documents, when all models are loaded, to the last of five hundred."""
    script = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from hashlib import sha256
import psutil
from indexes.library import Library
from ingest.pipeline import Loaded, Pipeline
from rag.settings import Settings
from rag.types import Block, Document
library = Library(Settings(home=Path({str(tmp_path)!r})))
def documents():
    for n in range(500):
        text = " ".join(f"Sentence {{i}} of document {{n}} says the number {{i * n}}." for i in range(15))
        document = Document(text, str(n), "text/plain", blocks=(Block("paragraph", 0, len(text)),))
        yield Loaded(str(n), sha256(text.encode()).hexdigest(), len(text), 0, document)
sizes = []
for outcome in Pipeline(library, "default").take_in(documents()):
    sizes.append(psutil.Process().memory_info().rss)
print(sizes[100], sizes[-1], len(sizes))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    early, late, n = map(int, done.stdout.split())
    assert n == 500
    assert late < 1.1 * early, f"{early / 1e6:.0f} MB grew to {late / 1e6:.0f} MB"
