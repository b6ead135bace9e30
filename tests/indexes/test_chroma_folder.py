import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexes.chroma_folder import ChromaFolder
from indexes.ownership import Ownership
from rag.protocols import VectorIndex
from tests.indexes.test_vector_index import DIM, IDS, ROWS

ROOT = str(Path(__file__).parents[2])


class Opened:
    """The folder with what it said on the way."""

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        owner = Ownership.take(path)
        assert owner is not None
        self.folder = ChromaFolder(owner, "library", DIM, self.notes.append)
        self.index, self.sequence = self.folder.open()


def filled(path: Path) -> None:
    opened = Opened(path)
    opened.index.add(IDS, ROWS)
    opened.folder.applied(opened.index, 7)
    opened.folder.close()


def nearest(index: VectorIndex) -> list[int]:
    return [int(index.search(row, 1).ids[0]) for row in ROWS]


def test_what_was_kept_is_there_again(tmp_path: Path):
    filled(tmp_path)
    for _ in range(2):
        opened = Opened(tmp_path)
        assert (opened.sequence, opened.notes, nearest(opened.index)) == (7, [], IDS.tolist())
        opened.folder.close()


def test_a_folder_has_one_owner(tmp_path: Path):
    opened = Opened(tmp_path)
    assert Ownership.take(tmp_path) is None
    opened.folder.close()
    again = Ownership.take(tmp_path)
    assert again is not None
    again.release()


def test_searching_leaves_the_files_as_they_are(tmp_path: Path):
    filled(tmp_path)
    opened = Opened(tmp_path)
    nearest(opened.index)
    opened.folder._owner.release()  # as if the process had died: nothing is closed in order
    assert Opened(tmp_path).notes == []


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


FILES = ("chroma.sqlite3", "applied.json")


@pytest.mark.parametrize("harm", [_flip, _halve, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_damage_is_seen_and_the_index_starts_empty(tmp_path: Path, name: str, harm: Callable[[Path], None]):
    filled(tmp_path)
    harm(next(tmp_path.rglob(name)))
    opened = Opened(tmp_path)
    assert (opened.sequence, len(opened.index)) in ((0, 0), (7, 50)), "empty, or whole where only a blank was hit"
    is_cut_short = (name, harm) == ("applied.json", Path.unlink)  # as after a kill while it was filled: no damage
    assert len(opened.notes) == (opened.sequence == 0 and not is_cut_short)
    opened.index.add(IDS, ROWS)
    assert nearest(opened.index) == IDS.tolist()
    opened.folder.close()


@pytest.mark.slow
def test_damaged_graph_files_are_never_opened(tmp_path: Path):
    opened = Opened(tmp_path)
    rows = np.random.default_rng(0).normal(size=(1200, DIM)).astype(np.float32)
    opened.index.add(np.arange(1200), rows)
    opened.folder.applied(opened.index, 9)
    opened.folder.close()
    graph = sorted(tmp_path.rglob("*.bin"))
    assert len(graph) == 4
    for path in graph:
        kept = path.read_bytes()
        _flip(path)
        owner = Ownership.take(tmp_path)
        assert owner is not None
        notes: list[str] = []
        assert ChromaFolder(owner, "library", DIM, notes.append)._kept_sequence() is None
        assert path.name in notes[0]
        owner.release()
        path.write_bytes(kept)


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.indexes.test_chroma_folder import IDS, ROWS, Opened
opened = Opened(Path({path!r}))
for n in range(10**6):
    opened.index.add(IDS[n % 50 : n % 50 + 1], ROWS[n % 50 : n % 50 + 1])
    if n % 3 == 0:
        opened.folder.applied(opened.index, n + 1)
    print(n, flush=True)
"""


@pytest.mark.slow
def test_killed_while_writing_nothing_applied_is_lost(tmp_path: Path):
    for round_ in range(4):
        script = WRITER.format(root=ROOT, path=str(tmp_path))
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(20 + 7 * round_):
            child.stdout.readline()
        assert Ownership.take(tmp_path) is None, "the child owns it"
        child.kill()
        child.wait()
        child.stdout.close()
        opened = Opened(tmp_path)
        present = set(opened.index.search(ROWS[0], 100).ids.tolist())
        assert present >= set(IDS[: min(50, opened.sequence)].tolist())
        assert bool(opened.notes) == (opened.sequence == 0)
        assert [i for i in IDS.tolist() if i in present] == [
            int(i) for i, row in zip(IDS, ROWS, strict=True) if i in present and opened.index.search(row, 1).ids[0] == i
        ]
        opened.folder.close()
