"""All files inside of one file have one budget, at whatever depth, whoever reads them."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from indexes.library import Library
from ingest import taking_out
from ingest.fence import Fence
from ingest.ledger import Outcome
from ingest.loaders import load
from ingest.loaders.source import Room
from ingest.pipeline import File, Pipeline
from ingest.removal import remove
from ingest.taking_out import TakingOut
from rag.errors import LoadError
from rag.settings import Settings
from tests.ingest.make_files import zipped
from tests.ingest.test_inside import mail

KILO = b"words and more " * 70


def test_a_file_hands_out_no_more_than_there_is_room_for(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(zipped({f"{n}.txt": KILO for n in range(6)}))
    with Fence() as fence:
        for room, n_out in ((Room(4, 10_000, "it is full"), 4), (Room(9, 3500, "it is full"), 3)):
            for loading in (load, fence.load):
                got: Counter[str] = Counter()
                document = loading(
                    tmp_path / "a.zip",
                    "a.zip",
                    max_bytes=10_000,
                    hand_out=lambda name, _data, got=got: got.update([name]),
                    room=room,
                )
                assert (len(got), document.n_members) == (n_out, n_out)
                assert document.warnings[0].startswith("Files inside were left out because it is full: ")
    with pytest.raises(LoadError, match=r"^a.zip is not unpacked: it is full. Unpack it and add"):
        load(tmp_path / "a.zip", "a.zip", max_bytes=10_000, hand_out=print, room=Room(0, 5, "it is full"))


def test_a_mail_is_read_without_room_for_its_attachment(tmp_path: Path):
    (tmp_path / "m.eml").write_bytes(mail())
    document = load(tmp_path / "m.eml", "m.eml", max_bytes=10_000, hand_out=print, room=Room(0, 0, "it is full"))
    assert "The list of boats is attached." in document.text
    assert document.warnings == ("Files inside were left out because it is full: boats.txt.",)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(home=tmp_path / "home"))


def bomb(n_each: int, depth: int, text: bytes) -> bytes:
    """An archive of archives of archives of texts, no two alike."""

    def level(deep: int, path: str) -> bytes:
        if deep == 0:
            return text + path.encode()
        ending = "txt" if deep == 1 else "zip"
        return zipped({f"{n}.{ending}": level(deep - 1, f"{path} {n}") for n in range(n_each)})

    return level(depth, "")


def taken_in(library: Library, path: Path) -> list[Outcome]:
    return list(Pipeline(library, "default").add([File(path, str(path))]))


def inside(library: Library) -> list[int]:
    """Sizes of all files that were taken out of others."""
    return [record.size for record in library.catalogue.documents() if "!/" in record.source]


@pytest.mark.slow
@pytest.mark.parametrize("limit", ["files", "bytes"])
def test_a_nested_bomb_is_stopped(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str):
    most_files, most_bytes = (60, 10**9) if limit == "files" else (10**6, 60_000)
    monkeypatch.setattr(taking_out, "MOST_FILES", most_files)
    monkeypatch.setattr(taking_out, "MOST_BYTES", most_bytes)
    (tmp_path / "bomb.zip").write_bytes(bomb(6, 3, KILO))  # 258 files, 216 of them texts
    outcomes = taken_in(library, tmp_path / "bomb.zip")
    sizes = inside(library)
    assert 6 <= len(sizes) <= most_files
    assert sum(sizes) <= most_bytes
    texts = [record for record in library.catalogue.documents() if record.source.endswith(".txt")]
    assert 6 <= len(texts) == sum(outcome.state == "ready" and outcome.source.endswith(".txt") for outcome in outcomes)
    assert library.retriever.retrieve("words", 3).hits
    refused = [outcome for outcome in outcomes if outcome.state == "failed"]
    assert refused
    said = f"all files inside of bomb.zip may be {most_files:,} and have {most_bytes / 1e6:,.0f} MB, which is used up"
    assert all(said in outcome.reason and outcome.is_final for outcome in refused)
    kept = [path for path in (tmp_path / "home" / "uploads").rglob("*.*") if path.is_file()]
    assert len(kept) <= most_files
    again = taken_in(library, tmp_path / "bomb.zip")
    assert len(inside(library)) == len(sizes)  # another try makes no new room
    assert all(said in outcome.reason for outcome in again if outcome.state == "failed")


@pytest.mark.slow
def test_the_budget_is_that_of_what_is_inside_now(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(taking_out, "MOST_FILES", 7)
    path = tmp_path / "all.zip"
    for round_ in range(3):  # seven files each time, some of them others
        inner = zipped({f"{round_}-{n}.txt": f"Text {round_} {n}." for n in range(4)})
        path.write_bytes(zipped({f"{round_}.zip": inner, "same.zip": zipped({"same.txt": "The same."})}))
        assert {outcome.state for outcome in taken_in(library, path)} <= {"ready", "unchanged"}
        assert len(inside(library)) == 7
        assert {outcome.state for outcome in Pipeline(library, "default").add([File(path, str(path))], again=True)} == {
            "ready"
        }
    remove(library, [record.id for record in library.catalogue.documents() if "!/" not in record.source])
    assert library.catalogue.database.rows("SELECT * FROM unpacked") == []


@pytest.mark.slow
def test_what_two_read_at_once_is_counted_together(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "all.zip").write_bytes(zipped({"a.zip": zipped({"a.txt": "x"}), "b.zip": zipped({"b.txt": "y"})}))
    taken_in(library, tmp_path / "all.zip")
    records = {r.source[-5:]: r for r in library.catalogue.documents()}
    found = library.catalogue.sources.find("default", records["a.zip"].source)
    assert found is not None
    monkeypatch.setattr(taking_out, "MOST_FILES", 5)
    files = [
        File(Path(f"{name}.zip"), f"{tmp_path}/all.zip!/{name}.zip", container=found.container, depth=1)
        for name in ("c", "d")
    ]
    first, second = (TakingOut(library, "default", file, ()) for file in files)
    assert first.room.n_files == second.room.n_files == 1
    for taking in (first, second):
        taking.hand_out("e.txt", b"%d" % id(taking))
    members, _ = first.settle()
    assert len(members) == 1
    with pytest.raises(LoadError, match="d.zip is not unpacked: all files inside of all.zip may be 5"):
        second.settle()
    second.drop()
    assert len(list((tmp_path / "home" / "uploads").iterdir())) == 5


@pytest.mark.slow
def test_what_is_compressed_twice_counts_twice(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(taking_out, "MOST_BYTES", 3_000)
    packed = {f"{n}.txt.gz": gzip.compress(KILO + b"%d" % n) for n in range(4)}
    (tmp_path / "all.zip").write_bytes(zipped(packed))
    states = {outcome.source[-8:]: outcome.state for outcome in taken_in(library, tmp_path / "all.zip")}
    assert states["0.txt.gz"] == states["1.txt.gz"] == "ready"
    assert states["3.txt.gz"] == "failed"
    assert sum(inside(library)) <= 3_000


def in_a_tar(files: dict[str, bytes]) -> bytes:
    """A compressed tar archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


BULK = b"ones and zeros" * 5_000
IN_VAIN = {"tgz": in_a_tar({"a.bin": BULK}), "zip": zipped({"a.txt": BULK * 2})}
"""Archives of a file that nobody takes: of a kind that cannot be read, larger than the limit for a file."""


@pytest.mark.parametrize("ending", sorted(IN_VAIN))
def test_what_is_unpacked_in_vain_is_told(tmp_path: Path, ending: str):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(IN_VAIN[ending])
    with Fence() as fence:
        for loading in (load, fence.load):
            told: list[int] = []
            with pytest.raises(LoadError, match="holds no file that can be read"):
                loading(path, path.name, max_bytes=90_000, hand_out=print, skipped=told.append)
            assert len(told) == 1
            assert told[0] > len(BULK)


def test_a_file_that_is_handed_out_is_not_counted_twice(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(zipped({"a.txt": KILO, "b.bin": KILO}))
    told: list[int] = []
    load(tmp_path / "a.zip", "a.zip", max_bytes=90_000, hand_out=lambda *_: None, skipped=told.append)
    assert told == []


@pytest.mark.slow
def test_archives_of_what_nobody_reads_use_the_budget_up(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """They were unpacked all the same: nested, they would cost without end."""
    monkeypatch.setattr(taking_out, "MOST_BYTES", 250_000)
    inner = {f"{n}.tgz": in_a_tar({f"{n}.bin": BULK, "a.txt": b"A text %d." % n}) for n in range(8)}
    (tmp_path / "all.zip").write_bytes(zipped(inner))
    outcomes = taken_in(library, tmp_path / "all.zip")
    texts = [record for record in library.catalogue.documents() if record.source.endswith(".txt")]
    assert len(texts) == 1 + 250_000 // len(BULK)  # the last of them leaves none
    refused = [outcome.reason for outcome in outcomes if outcome.state == "failed"]
    assert len(refused) == 8 - len(texts)
    assert all("which is used up" in reason for reason in refused)


@pytest.mark.slow
def test_what_an_outermost_file_unpacks_in_vain_counts_too(library: Library, tmp_path: Path):
    inner = in_a_tar({"a.txt": b"A text."})
    (tmp_path / "all.tgz").write_bytes(in_a_tar({"a.bin": BULK, "a.tgz": inner}))
    taken_in(library, tmp_path / "all.tgz")
    spent = dict(library.catalogue.database.rows("SELECT name, n_bytes FROM unpacked"))
    assert spent[""] > len(BULK) + len(inner)
    assert 7 < spent["a.tgz"] < len(BULK)
