"""The documents page over documents that went through the real pipeline: found, opened, moved, read again, removed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.jobs import JobBoard
from indexes.library import Library
from ingest.worker import Worker
from rag.settings import Settings
from tests.ingest.homes import copied
from tests.ingest.make_files import pdf

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[2] / "app" / "main.py"
FILES = (
    ("tide policy v1.md", b"# Tides\n\nThe neap tide rises 2.1 m."),
    ("tide policy v2.md", b"# Tides\n\nThe neap tide rises 2.3 m."),
    ("lamp.md", b"The lamp is lit at dusk."),
)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield Library(Settings(home=copied(tmp_path / "home", fill)))
    st.cache_resource.clear()


def fill(home: Path) -> None:
    library = Library(Settings(home=home))
    JobBoard(library).add(FILES, "default")
    JobBoard(library).add(
        [("guide.pdf", pdf([[(50, 700, 12, "The pilot waits.")], [(50, 700, 12, "The buoy is red.")]]))], "harbour"
    )
    work(library)
    library.close()


def work(library: Library) -> None:
    with Worker(library) as worker:
        assert {outcome.state for outcome in worker.work()} == {"ready"}


def opened(*marked: int) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/documents.py")
    page.session_state["marked"] = frozenset(marked)
    return sound(page.run())


def sound(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def files(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["File"]) if page.dataframe else []


def number(library: Library, source: str) -> int:
    return next(record.id for record in library.catalogue.documents() if record.source == source)


def said(page: AppTest) -> str:
    return "\n".join(found.value for kind in (page.markdown, page.caption, page.info) for found in kind)


def press(page: AppTest, key: str) -> AppTest:
    return sound(page.button(key=key).click().run())


def test_documents_are_found_by_name_kind_and_collection(library: Library):
    page = opened()
    assert files(page) == ["guide.pdf", "lamp.md", "tide policy v2.md", "tide policy v1.md"]
    page.text_input(key="find").set_value("POLICY").run()
    assert files(page) == ["tide policy v2.md", "tide policy v1.md"]
    assert "2 of 4 documents" in said(page)
    page.selectbox(key="of-kind").select("PDF").run()
    assert files(page) == []
    assert "No document fits" in said(page)
    press(page, "show-all")
    assert len(files(page)) == 4
    page.selectbox(key="in-collection").select("harbour").run()
    assert files(page) == ["guide.pdf"]
    press(page, "mark-all")
    assert "1 of 4 documents, 1 marked" in said(page)
    assert "Mark a document" not in said(opened(*(record.id for record in library.catalogue.documents())))
    assert any(button.label == "Remove this document" for button in page.button)
    press(press(page, "show-all"), "mark-none")
    page.selectbox(key="in-order").select("By name").run()
    assert files(page) == ["guide.pdf", "lamp.md", "tide policy v1.md", "tide policy v2.md"]
    assert library.catalogue.collections() == {"default": 3, "harbour": 1}


def test_a_mark_that_the_filter_hides_is_told_and_can_be_dropped(library: Library):
    page = opened(number(library, "lamp.md"))
    page.text_input(key="find").set_value("policy v1").run()
    press(page, "mark-all")
    assert "1 of 4 documents, 2 marked, 1 of them not shown" in said(page)
    press(page, "remove")
    assert "- lamp\\.md (not shown)\n- tide policy v1\\.md" in said(page)
    assert "1 of them is not among those" in page.warning[0].value
    press(press(page, "remove-cancelled"), "mark-shown")
    assert "1 of 4 documents, 1 marked]" in said(page)
    press(press(press(page, "remove"), "remove-confirmed"), "show-all")
    assert sorted(files(page)) == ["guide.pdf", "lamp.md", "tide policy v2.md"]


def test_a_document_tells_its_versions_and_opens_them(library: Library):
    older, newer = (number(library, f"tide policy v{n}.md") for n in (1, 2))
    page = opened(older)
    (button,) = [button for button in page.button if button.key == f"version-{newer}"]
    assert button.label == r"Newer version: tide policy v2\.md"
    assert f"{len(FILES[0][1])} bytes" in said(page)
    press(page, button.key)
    assert [b.label for b in page.button if b.key == f"version-{older}"] == [r"Older version: tide policy v1\.md"]
    assert not [button for button in opened(number(library, "lamp.md")).button if "version" in (button.key or "")]


def test_pages_are_turned_beside_their_text(library: Library):
    page = opened(number(library, "guide.pdf"))
    assert "Page 1 of 2" in said(page)
    assert "cannot be drawn" not in said(page)
    assert page.button(key="page-left").disabled
    press(page, "page-right")
    assert "Page 2 of 2" in said(page)
    assert page.button(key="page-right").disabled
    (text,) = [found for found in page.get("bidi_component") if found.key.startswith("page-text-")]
    assert "The buoy is red." in text.proto.json
    assert "The pilot waits." not in text.proto.json
    assert "Passage 1, page 2" in text.proto.json
    next((library.settings.home / "uploads").glob("*/guide.pdf")).write_bytes(b"other bytes")
    st.cache_data.clear()
    assert "cannot be drawn" in said(press(page, "page-left"))


def test_marked_documents_are_moved(library: Library):
    lamp, tide = number(library, "lamp.md"), number(library, "tide policy v1.md")
    page = press(opened(lamp, tide), "move")
    assert "**2 documents**" in said(page)
    assert r"- lamp" in said(page)
    page.selectbox(key="move-to").select("harbour").run()
    press(page, "move-confirmed")
    assert "2 documents moved to harbour" in said(page)
    assert library.catalogue.collections() == {"default": 1, "harbour": 3}


def test_nothing_is_moved_without_a_collection(library: Library):
    page = press(press(opened(number(library, "lamp.md")), "move"), "move-confirmed")
    assert "Nothing was moved" in said(page)
    assert library.catalogue.collections() == {"default": 3, "harbour": 1}


def test_marked_documents_are_read_again(library: Library):
    lamp = number(library, "lamp.md")
    before = {chunk.id for chunk in library.catalogue.chunks_of(lamp)}
    page = press(press(opened(lamp), "again"), "again-confirmed")
    assert "1 document will be read again" in said(page)
    work(library)
    assert before.isdisjoint(chunk.id for chunk in library.catalogue.chunks_of(lamp))


def test_marked_documents_are_removed(library: Library):
    page = press(opened(*(record.id for record in library.catalogue.documents("default"))), "remove")
    assert "**3 documents**" in said(page)
    press(page, "remove-cancelled")
    assert library.catalogue.collections()["default"] == 3
    press(press(page, "remove"), "remove-confirmed")
    assert library.catalogue.collections() == {"default": 0, "harbour": 1}
    assert files(page) == ["guide.pdf"]


def test_a_collection_is_renamed_and_deleted(library: Library):
    page = opened()
    page.session_state["collections"] = True
    sound(page.run())
    assert "1 document, 1 passage, files of" in said(page)
    assert "of kept originals" in said(page)
    press(page, "rename-collection-harbour")
    page.text_input(key="new-collection-name").set_value("default").run()
    press(page, "collection-confirmed")
    assert "already" in page.error[0].value
    page.text_input(key="new-collection-name").set_value("port").run()
    press(page, "collection-confirmed")
    assert library.catalogue.collections() == {"default": 3, "port": 1}
    press(press(page, "delete-collection-port"), "collection-confirmed")
    assert library.catalogue.collections() == {"default": 3}


def compare(page: AppTest, folder: Path) -> AppTest:
    page.text_input(key="folder-path").set_value(str(folder))
    [button] = [button for button in page.button if button.label == "Compare"]
    return sound(button.click().run())


def test_a_folder_is_followed_after_its_plan_was_seen(library: Library, tmp_path: Path):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.md").write_text("The anchor holds.")
    (folder / "b.md").write_text("The bell rings.")
    page = compare(opened(), folder)
    assert r"**2 files** to be added: a\.md, b\.md" in said(page)
    assert "unchanged" not in said(page)
    assert library.catalogue.find("default", str(folder / "a.md")) is None, "nothing is done before it was asked for"
    assert not library.jobs.has_open()
    press(page, "folder-act")
    assert "2 files on the way in" in said(page)
    work(library)
    (folder / "a.md").write_text("The anchor drags.")
    (folder / "b.md").unlink()
    (folder / "c.md").write_text("The crane turns.")
    compare(page, folder)
    for line in (
        r"**1 file** to be added: c\.md",
        r"**1 file** changed, to be read again: a\.md",
        r"from the library: b\.md",
    ):
        assert line in said(page)
    assert "Removing it cannot be undone; it is read anew when it is in the folder again." in said(page)
    press(page, "folder-over")
    assert library.catalogue.find("default", str(folder / "b.md")) is not None
    press(compare(page, folder), "folder-act")
    assert "2 files on the way in. 1 file removed for good." in said(page)
    work(library)
    sound(page.run())
    assert "on the way in" not in said(page)
    assert "1 file removed for good." in said(page)
    assert library.catalogue.find("default", str(folder / "b.md")) is None
    anchor = library.catalogue.find("default", str(folder / "a.md"))
    assert anchor is not None
    assert library.catalogue.text(anchor.id) == "The anchor drags."
    assert "2 files unchanged" in said(compare(page, folder))


def test_beside_documents_a_run_that_is_over_shows_what_failed(library: Library):
    library.jobs.clear([job.id for job in library.jobs.jobs()])
    JobBoard(library).add([(f"{n}.pdf", b"%PDF-1.4 and then nothing" + bytes([n])) for n in range(5)], "default")
    JobBoard(library).add([("bell.md", b"The bell rings at noon.")], "default")
    with Worker(library) as worker:
        list(worker.work())
    page = opened()
    assert "**1 of 6 files ready**, 5 could not be read" in said(page)
    assert len([found for found in page.get("html") if 'class="job job-failed' in found.proto.body]) == 3
    press(page, "jobs-more")
    assert len([found for found in page.get("html") if 'class="job job-failed' in found.proto.body]) == 5
    library.jobs.clear([job.id for job in library.jobs.jobs() if job.state == "failed"])
    page = opened()
    assert "**1 of 1 file ready**" in said(page)
    assert not [found for found in page.get("html") if 'class="job ' in found.proto.body]
    assert page.button(key="jobs-more").label == "Show 1 file"


def test_every_file_of_a_run_can_be_reached(library: Library):
    library.jobs.clear([job.id for job in library.jobs.jobs()])
    JobBoard(library).add([(f"{n}.pdf", b"%PDF-1.4 and then nothing" + bytes([n])) for n in range(5)], "default")
    JobBoard(library).add([(f"bell {n}.md", f"The bell rings at {n}.".encode()) for n in range(60)], "default")
    with Worker(library) as worker:
        list(worker.work())
    page, n_all = opened(), len(library.jobs.jobs())
    assert page.button(key="jobs-more").label == f"Show more of {n_all - 3} others"
    press(page, "jobs-more")
    assert len([found for found in page.get("html") if 'class="job ' in found.proto.body]) == 53
    assert page.button(key="jobs-more").label == f"Show more of {n_all - 53} others"
    press(page, "jobs-more")
    assert len([found for found in page.get("html") if 'class="job ' in found.proto.body]) == n_all
    assert "jobs-more" not in [button.key for button in page.button]


def test_an_empty_folder_takes_nothing_along(library: Library, tmp_path: Path):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.md").write_text("The anchor holds.")
    page = press(compare(opened(), folder), "folder-act")
    work(library)
    (folder / "a.md").unlink()
    compare(page, folder)
    assert "see whether its disk is there" in page.error[0].value
    assert not [button for button in page.button if button.key == "folder-act"]
    compare(page, tmp_path / "nowhere")
    assert "is not a folder of this computer" in page.error[0].value


@pytest.mark.parametrize(
    ("host", "headers"), [("0.0.0.0", {}), ("127.0.0.1", {"X-Forwarded-For": "10.1.1.1"})], ids=["network", "proxy"]
)
def test_no_folder_is_read_for_others(
    library: Library, monkeypatch: pytest.MonkeyPatch, host: str, headers: dict[str, str]
):
    assert library.catalogue.collections()
    assert "Compare with a folder of this computer" in said(opened())
    monkeypatch.setenv("HOST", host)
    monkeypatch.setattr(type(st.context), "headers", property(lambda _: headers))
    st.cache_resource.clear()
    assert "Compare with a folder" not in said(opened())


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def remove_all(page: AppTest) -> AppTest:
    return press(press(page, "remove"), "remove-confirmed")


def test_a_removal_is_undone_as_a_whole(library: Library):
    page = opened(number(library, "lamp.md"), number(library, "guide.pdf"))
    assert "Recently removed" not in str([one.label for one in page.expander])
    press(page, "remove")
    assert "For 7 days this can be undone." in said(page)
    press(page, "remove-confirmed")
    assert "**2 documents removed.** Can be undone until" in said(page)
    press(page, "undo-remove")
    assert "Undo" not in labels(page)
    work(library)
    assert sorted(files(sound(page.run()))) == sorted(name for name in [*(file[0] for file in FILES), "guide.pdf"])
    assert library.catalogue.collections() == {"default": 3, "harbour": 1}
    assert "Recently removed" not in str([one.label for one in page.expander])


def test_what_goes_with_an_archive_is_told(library: Library):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("bell.md", "The bell rings at noon.")
        archive.writestr("buoy.md", "The buoy is red.")
    JobBoard(library).add([("port.zip", packed.getvalue())], "default")
    work(library)
    marked = [record.id for record in library.catalogue.documents() if record.source.startswith("port.zip")]
    assert len(marked) == 3
    page = remove_all(opened(*marked))
    assert "**1 document removed,** and 2 inside of it. Can be undone until" in said(page)
    page.session_state["marked"] = frozenset([number(library, "lamp.md")])
    assert "**1 document removed.**" in said(remove_all(sound(page.run())))


def test_recently_removed_documents_are_put_back_or_deleted_for_good(library: Library):
    ids = [number(library, name) for name in ("lamp.md", "tide policy v1.md", "guide.pdf")]
    page = remove_all(opened(*ids[:2]))
    page.session_state["marked"] = frozenset(ids[2:])
    remove_all(sound(page.run()))
    page.session_state["recently-removed"] = True
    sound(page.run())
    assert "3 documents that no question finds." in said(page)
    assert "**2 documents** removed" in said(page)
    rows = {one.sources[0]: one for one in library.catalogue.removed.all(0)}
    press(page, f"for-good-{rows['guide.pdf'].id}")
    assert "This cannot be undone." in said(page)
    press(page, "for-good-cancelled")
    press(press(page, f"for-good-{rows['guide.pdf'].id}"), "for-good-confirmed")
    assert "1 document deleted for good." in said(page)
    assert not (library.settings.home / "uploads" / rows["guide.pdf"].sha256[:16]).exists()
    press(page, f"put-back-{rows['lamp.md'].id}")
    assert "on its way back" in said(page)
    work(library)
    assert "lamp.md" in files(sound(page.run()))
    press(page, f"put-back-{rows['tide policy v1.md'].id}")
    work(library)
    assert sorted(files(sound(page.run()))) == sorted(file[0] for file in FILES)


def test_a_deleted_collection_comes_back_as_a_whole(library: Library):
    page = opened()
    page.session_state["collections"] = True
    sound(page.run())
    press(page, "delete-collection-default")
    assert "For 7 days this can be undone." in said(page)
    press(page, "collection-confirmed")
    assert library.catalogue.collections() == {"harbour": 1}
    press(page, "undo-remove")
    work(library)
    assert library.catalogue.collections() == {"default": 3, "harbour": 1}


def test_without_days_it_is_said_to_be_for_good(library: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_UNDO_DAYS", "0")
    st.cache_resource.clear()
    page = press(opened(number(library, "lamp.md")), "remove")
    assert "This cannot be undone." in said(page)
    press(page, "remove-confirmed")
    assert "**1 document removed.** This cannot be undone." in said(page)
    assert "Undo" not in labels(page)
    assert len(list((library.settings.home / "uploads").iterdir())) == 3
