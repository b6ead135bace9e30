"""What was removed can be put back for a stated time, and then nothing of it is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexes.access import Visibility
from indexes.library import Library
from indexes.removed import RemovedDocument
from ingest.backup import back_up
from ingest.cli import main
from ingest.doctor import examine
from ingest.keeping import Keeping
from ingest.removal import remove
from ingest.restore import restore_to
from ingest.shelving import delete, move, rename
from ingest.sweeping import end, sweep
from ingest.undoing import PutBack, put_back
from ingest.worker import Worker
from rag.rights import Person, Role
from rag.settings import Settings
from tests.ingest.make_files import zipped
from tests.ingest.working import take_in, until, work, working

pytestmark = pytest.mark.slow

CANARY = "quokkaharbour"
NOTE = f"The {CANARY} opens at six.".encode()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(Settings(home=tmp_path / "home"))) as opened:
        yield opened


def take_out(library: Library, *sources: str, collection: str = "default", days: int = 7) -> None:
    records = [library.catalogue.find(collection, source) for source in sources]
    numbers = [record.id for record in records if record]
    assert remove(library, numbers, Keeping(library, days=days)) == len(sources)


def removed(library: Library) -> list[RemovedDocument]:
    return library.catalogue.removed.all(time.time())


def back(library: Library) -> PutBack:
    done = put_back(library, [one.id for one in removed(library)])
    work(library)
    return done


def sources(library: Library) -> dict[str, str]:
    return {record.source: record.collection for record in library.catalogue.documents()}


def found(library: Library) -> list[str]:
    return [hit.chunk.source for hit in library.retriever.retrieve("harbour opens at six", 5).hits]


def files_with(home: Path, word: str) -> list[str]:
    return sorted(
        str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and word.encode() in path.read_bytes()
    )


def grow_old(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """As if so much time had passed."""
    later = time.time() + days * 86_400
    monkeypatch.setattr(time, "time", lambda: later)


def test_what_was_removed_is_gone_at_once_and_comes_back_as_it_was(library: Library):
    take_in(library, ("note.md", NOTE), ("lamp.md", b"The lamp is lit at dusk."))
    take_out(library, "note.md")
    assert found(library) == ["lamp.md"]
    assert library.catalogue.database.one("SELECT COUNT(*) FROM texts") == 1
    library.catalogue.database.empty_log()
    assert [name.split("/")[0] for name in files_with(library.settings.home, CANARY) if "keyword" not in name] == [
        "uploads"
    ]
    (one,) = removed(library)
    assert (one.sources, one.is_kept, one.n_members) == (("note.md",), True, 0)
    done = back(library)
    assert (done.n, done.changed, done.left) == (1, [], [])
    assert found(library)[0] == "note.md"
    assert removed(library) == []


def test_the_same_bytes_uploaded_meanwhile_end_it_and_others_do_not(library: Library):
    take_in(library, ("note.md", NOTE))
    take_out(library, "note.md")
    take_in(library, ("note.md", b"Other words."))
    done = back(library)
    assert [(name, "another document of that name" in why) for name, why in done.left] == [
        (removed(library)[0].name, True)
    ]
    take_out(library, "note.md", days=0)
    take_in(library, ("note.md", NOTE))
    assert removed(library) == []
    assert found(library) == ["note.md"]


def test_an_archive_comes_back_with_what_is_inside(library: Library):
    take_in(library, ("all.zip", zipped({"a.md": NOTE, "b.md": b"Boats leave."})))
    whole = sources(library)
    take_out(library, "all.zip!/a.md")
    take_out(library, "all.zip")
    assert [one.sources for one in removed(library)] == [("all.zip",)], "its member comes with it"
    assert len(list((library.settings.home / "uploads").iterdir())) == 1
    back(library)
    assert sources(library) == whole


def test_a_member_alone_comes_back_into_its_container(library: Library):
    take_in(library, ("all.zip", zipped({"a.md": NOTE, "b.md": b"Boats leave."})))
    whole = sources(library)
    take_out(library, "all.zip!/a.md")
    back(library)
    assert sources(library) == whole
    member = library.catalogue.sources.find("default", "all.zip!/a.md")
    assert member is not None
    assert member.container is not None


def test_a_member_follows_its_container_into_another_collection(library: Library):
    take_in(library, ("all.zip", zipped({"a.md": NOTE, "b.md": b"Boats leave."})))
    take_out(library, "all.zip!/a.md")
    holder = library.catalogue.sources.find("default", "all.zip")
    assert holder is not None
    assert move(library, [holder.document_id], "harbour").n == 1
    assert [one.collection for one in removed(library)] == ["harbour"]
    back(library)
    assert sources(library) == dict.fromkeys(("all.zip", "all.zip!/a.md", "all.zip!/b.md"), "harbour")


@pytest.mark.usefixtures("home")
def test_a_file_that_lies_elsewhere_is_read_again_from_there(library: Library, tmp_path: Path):
    note = tmp_path / "note.md"
    note.write_bytes(NOTE)
    assert main(["add", str(note)]) == 0
    take_out(library, str(note))
    assert not removed(library)[0].is_kept
    note.unlink()
    assert "is not there any more" in back(library).left[0][1]
    note.write_bytes(b"Other words.")
    assert back(library).changed == [str(note)]
    assert sources(library) == {str(note): "default"}
    assert removed(library) == []


def test_after_its_time_or_for_good_no_byte_is_left(library: Library, monkeypatch: pytest.MonkeyPatch):
    take_in(library, ("note.md", NOTE), (f"{CANARY}.md", b"The lamp is lit at dusk."))
    take_out(library, "note.md", f"{CANARY}.md")
    uploads = library.settings.home / "uploads"
    first, second = removed(library)
    assert end(library, [first.id]) == 1
    assert not (uploads / first.sha256[:16]).exists()
    assert sweep(library) == 0
    grow_old(monkeypatch, 6.9)
    assert sweep(library) == 0
    grow_old(monkeypatch, 0.2)
    assert put_back(library, [second.id]).n == 0
    assert sweep(library) == 1
    assert list(uploads.iterdir()) == []
    library.close()
    assert [name for name in files_with(library.settings.home, CANARY) if not name.startswith("keyword")] == []


def test_killed_before_the_sweep_is_through_the_next_one_ends_it(library: Library):
    take_in(library, ("note.md", NOTE))
    take_out(library, "note.md")
    (one,) = removed(library)
    library.catalogue.removed.end([one.id])  # and no further
    assert library.catalogue.database.one("SELECT COUNT(*) FROM removed") == 1
    assert (library.settings.home / "uploads" / one.sha256[:16]).exists()
    assert sweep(library) == 1
    assert not (library.settings.home / "uploads" / one.sha256[:16]).exists()


def test_queued_and_never_read_it_can_be_put_back_again(library: Library):
    take_in(library, ("note.md", NOTE))
    take_out(library, "note.md")
    ids = [one.id for one in removed(library)]
    library.jobs.cancel(put_back(library, ids).jobs)
    assert sources(library) == {}
    assert put_back(library, ids).n == 1
    work(library)
    assert found(library) == ["note.md"]


def test_a_collection_comes_back_as_it_was(library: Library):
    take_in(library, ("note.md", NOTE), ("lamp.md", b"The lamp is lit."), collection="mine")
    access = library.catalogue.access
    access.give("mine", "ada")
    access.share("mine", "ben", may_edit=True)
    library.catalogue.weights.fix("mine", 0.7)
    before, weight = access.of("mine"), library.catalogue.weights.all()[0].fixed
    rename(library, "mine", "ours")
    delete(library, "ours", Keeping(library, days=7))
    assert library.catalogue.collections() == {}
    (first, _) = removed(library)
    put_back(library, [first.id])
    assert access.of("ours") == before
    assert library.catalogue.weights.all()[0].fixed == weight
    assert [one.former for one in removed(library)] == [None, None]
    back(library)
    assert sources(library) == {"note.md": "ours", "lamp.md": "ours"}


def test_nobody_of_the_same_name_finds_what_was_another_ones(library: Library):
    take_in(library, ("note.md", NOTE), collection="mine")
    library.catalogue.access.give("mine", "ada")
    library.catalogue.access.show_to("mine", Visibility.PRIVATE)
    delete(library, "mine", Keeping(library, days=7, by="ada"))
    library.catalogue.removed.forget("ada")
    (one,) = removed(library)
    assert one.former is not None
    assert (one.person, one.former.sharing.owner) == ("", "")
    put_back(library, [one.id])
    assert not library.catalogue.access.rights_of(Person("ada", Role.EDITOR)).may_read("mine")


def test_the_doctor_knows_what_waits_and_what_is_missing(library: Library, monkeypatch: pytest.MonkeyPatch):
    take_in(library, ("note.md", NOTE))
    take_out(library, "note.md")
    grow_old(monkeypatch, 1)
    assert all(finding.good for finding in examine(library))
    folder = library.settings.home / "uploads" / removed(library)[0].sha256[:16]
    for path in folder.iterdir():
        path.unlink()
    (bad,) = [finding for finding in examine(library) if not finding.good]
    assert "removed, and cannot be put back since the original is gone" in bad.text
    assert bad.cure is not None
    bad.cure(library)
    assert removed(library) == []
    assert all(finding.good for finding in examine(library))


def test_a_backup_holds_nothing_removed(library: Library, tmp_path: Path):
    take_in(library, ("note.md", NOTE), ("lamp.md", b"The lamp is lit at dusk."), ("twin.md", NOTE + b" "))
    take_out(library, "note.md", "twin.md")
    back_up(library, tmp_path / "backup")
    restore_to(tmp_path / "new", tmp_path / "backup")
    with closing(Library(Settings(home=tmp_path / "new"))) as restored:
        assert sources(restored) == {"lamp.md": "default"}
        assert removed(restored) == []
        assert len(list((tmp_path / "new" / "uploads").iterdir())) == 1
    assert files_with(tmp_path / "new", CANARY) == []
    assert len(removed(library)) == 2


def test_by_commands(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    note = tmp_path / "note.md"
    note.write_bytes(NOTE)
    assert main(["add", str(note), "--name", "n.md"]) == 0
    capsys.readouterr()
    assert main(["remove", "1"]) == 0
    assert "can be undone: `python -m ingest put-back 1`" in capsys.readouterr().out
    assert main(["collections"]) == 0
    assert "of removed documents" in capsys.readouterr().out
    assert main(["removed"]) == 0
    assert "n.md" in capsys.readouterr().out
    assert main(["put-back", "2"]) == 2
    assert "by that number" in capsys.readouterr().err
    assert main(["put-back", "1"]) == 0
    assert main(["list"]) == 0
    assert "n.md" in capsys.readouterr().out
    assert main(["remove", "n.md"]) == 0
    capsys.readouterr()
    assert main(["removed", "--all", "--for-good"]) == 0
    assert capsys.readouterr().out == "deleted 1 document for good\n"
    assert main(["add", str(note), "--name", "n.md"]) == 0
    assert main(["remove", "n.md", "--for-good"]) == 0
    capsys.readouterr()
    assert main(["removed"]) == 0
    assert capsys.readouterr().out == "nothing that could be put back\n"
    assert list((home / "uploads").iterdir()) == []


def test_after_a_kill_the_command_tells_what_is_on_its_way_still(
    library: Library, home: Path, capsys: pytest.CaptureFixture[str]
):
    archive = zipped({"a.md": NOTE, "b.md": b"Boats leave."})
    take_in(library, ("all.zip", archive))
    take_out(library, "all.zip")
    put_back(library, [one.id for one in removed(library)])
    with Worker(library) as worker:
        assert next(worker.work()).source == "all.zip"
    assert removed(library) == []
    assert library.settings.home == home
    assert main(["put-back", "--all"]) == 0
    assert capsys.readouterr().out == (
        "nothing that could be put back\n"
        "2 files on the way in besides: the app or `python -m ingest worker` reads them\n"
    )
    work(library)
    assert main(["put-back", "--all"]) == 0
    assert capsys.readouterr().out == "nothing that could be put back\n"


def test_a_worker_sweeps_by_itself(library: Library, home: Path):
    take_in(library, ("note.md", NOTE))
    take_out(library, "note.md")
    library.catalogue.removed.end([removed(library)[0].id])
    with working(home):
        until(lambda: not list((home / "uploads").iterdir()))
