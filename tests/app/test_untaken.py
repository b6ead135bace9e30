"""Files that were dropped and not taken are named until that is dismissed, and hold up neither others nor the page."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import streamlit as st
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest, local_script_runner

from app.components import attached
from indexes.library import Library
from ingest import kept
from rag.errors import StoreError
from rag.settings import Settings

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


@pytest.mark.slow
def test_one_that_cannot_be_kept_holds_up_neither_the_others_nor_the_page(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.jobs.keep", full_disk)
    page = AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/documents.py").run()
    page.file_uploader[0].set_value([(f"{name}.md", b"The lamp is lit.", "text/markdown") for name in "abc"]).run()
    assert not page.exception
    assert not page.error
    assert {job.source for job in Library(Settings(home=home)).jobs.jobs()} == {"a.md", "c.md"}
    [told] = untaken(page)
    assert "No space left on device" in told
    assert not page.file_uploader[0].value, "it would be tried with each run of the page"
    assert untaken(page.run()), "it stays until it is dismissed"
    assert not untaken(page.button(key="untaken-dismissed").click().run())


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("names", ["b", "ab"])
def test_a_question_stays_though_its_files_cannot_be_kept(monkeypatch: pytest.MonkeyPatch, names: Sequence[str]):
    monkeypatch.setattr("app.jobs.keep", full_disk)
    page = AppTest.from_file(str(MAIN), default_timeout=240)
    files = [UploadedFile(UploadedFileRec(n, f"{n}.md", "text/markdown", n.encode()), FileURLs()) for n in names]
    page.session_state["files-given"] = attached.Ready("When is the lamp lit?", files=files)
    page.run()
    assert not page.exception
    assert not page.error
    assert page.chat_message[0].text[0].value == "When is the lamp lit?"
    [turn] = page.session_state["turns"]
    assert turn.answer.notice.startswith("1 file was not taken: b.md. 'b.md' cannot be kept (No space left on device)")
    assert bool(turn.waits_for) == ("a" in names)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["question", "zone"])
def test_files_that_were_taken_are_held_by_nothing_any_more(home: Path, monkeypatch: pytest.MonkeyPatch, way: str):
    """Neither by Streamlit, which would hold them until the page is closed, nor by the page."""
    held: list[MemoryUploadedFileManager] = []

    def holding(endpoint: str) -> MemoryUploadedFileManager:
        held.append(MemoryUploadedFileManager(endpoint))
        return held[-1]

    monkeypatch.setattr(local_script_runner, "MemoryUploadedFileManager", holding)
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    files = [(f"{way}-{n}.md", f"The lamp of {way} {n} is lit.".encode(), "text/markdown") for n in range(2)]
    if way == "zone":
        page.file_uploader[0].set_value(files).run()
    else:
        for file in files:
            page.chat_input(key="question").upload(*file)
        page.chat_input(key="question").set_value("When is the lamp lit?").run()
        assert page.session_state["turns"][-1].waits_for
    assert not page.exception
    assert {job.source for job in Library(Settings(home=home)).jobs.jobs()} == {name for name, *_ in files}
    assert [one for manager in held for one in manager.file_storage.values() if one] == []
    gc.collect()
    assert [one for one in gc.get_objects() if type(one) is UploadedFile and one.name.startswith(way)] == []


def untaken(page: AppTest) -> list[str]:
    return [one.value for one in page.warning if one.value.startswith(r"1 file was not taken: b\.md. ")]


def full_disk(home: Path, name: str, content: bytes) -> kept.Kept:
    if name == "b.md":
        raise StoreError("'b.md' cannot be kept (No space left on device)")
    return kept.keep(home, name, content)


def heard(large: object, lost: object = None) -> list[str]:
    def script(large: object, lost: object) -> None:
        from app.components import untaken

        untaken.hear(large, lost)
        untaken.show()

    page = AppTest.from_function(script, args=(large, lost)).run()
    assert not page.exception
    return [warning.value for warning in page.warning]


def test_what_a_browser_refused_is_named_and_counted():
    names = ["<b>one</b>.txt", "two.txt", "three.txt", "four.txt"]
    assert heard({"n": 1200, "names": names}, {"n": 1, "names": ["five.txt"]}) == [
        r"1,200 files were not taken, since they are larger than 200 MB: \<b\>one\<\/b\>\.txt, two\.txt, three\.txt"
        " and 1,197 more.\n\n"
        r"1 file did not arrive: five\.txt. Drop it again."
    ]


def test_what_is_refused_portion_by_portion_is_one_sentence():
    def script() -> None:
        from app.components import untaken
        from rag.errors import StoreError

        for n in range(40):
            untaken.not_kept([(f"{n}.md", StoreError(f"no room for {n}"))])
        untaken.show()

    [told] = AppTest.from_function(script).run().warning
    assert told.value == r"40 files were not taken: 0\.md, 1\.md, 2\.md and 37 more. no room for 0"


@pytest.mark.parametrize(
    "told", [None, "large", 7, [], {}, {"n": "7"}, {"n": -1}, {"n": 0}, {"n": 10**12}, {"n": 1.5}, {"n": True}]
)
def test_what_no_browser_of_ours_would_tell_says_nothing(told: object):
    assert heard(told, told) == []


def test_names_that_are_none_are_left_out():
    [told] = heard({"n": 3, "names": [7, None, "x" * 5000]})
    assert len(told) < 200
    assert told.endswith(" and 2 more.")
    assert "3 files" in heard({"n": 3, "names": "abc"})[0]
