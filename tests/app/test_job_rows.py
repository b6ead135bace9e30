"""The rows of files on their way in, as a person reads them: drawn by the real page over a real job table."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.job_text import without_subject
from app.components.plain_text import parted
from indexes.job_records import Ending, NewJob
from indexes.jobs import JobTable
from indexes.library import Library
from ingest.cutting import READERS
from ingest.drafts import owned
from ingest.fetch.address import shown
from ingest.living import workers_folder
from ingest.pipeline import File, Pipeline
from rag.settings import Settings
from rag.types import Answer, Trace, Turn

MAIN = Path(__file__).parents[2] / "app" / "main.py"
WORKER = "some-worker"
PAGE = "https://www.evil.example/a/very/long/way/to/opening-hours/index.html?year=2024&month=11"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobTable]:
    """The table of a home that the page opens; nobody works there."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield Library(Settings(home=tmp_path)).jobs
    st.cache_resource.clear()


def documents() -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    page = page.switch_page("views/documents.py").run()
    assert not page.exception
    return page


def rows(page: AppTest) -> list[str]:
    """The words of every row, as they are drawn."""
    bodies = [found.proto.body for found in page.get("html") if 'class="job ' in found.proto.body]
    return [" ".join(html.unescape(re.sub("<[^>]*>", " ", body)).split()) for body in bodies]


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def add(jobs: JobTable, *sources: str) -> list[int]:
    return jobs.add("batch", "default", [NewJob(source, f"/nowhere/{source}", 10) for source in sources])


def fail(jobs: JobTable, source: str, step: str, reason: str, given_up: str = "") -> int:
    (number,) = add(jobs, source)
    job = jobs.claim(WORKER, lambda _owner: True)
    assert job is not None
    jobs.finish(job.id, WORKER, Ending("failed", reason, given_up=given_up, step=step))
    return number


@pytest.mark.slow
def test_a_failed_row_says_at_which_step_it_failed(jobs: JobTable):
    fail(jobs, "/home/me/notes/broken.pdf", "parsing", "broken.pdf is damaged.")
    fail(jobs, "large.pdf", "", "large.pdf has 3 MB.")
    said = rows(documents())
    assert "broken.pdf /home/me/notes failed while parsing: is damaged." in said
    assert "large.pdf failed: has 3 MB." in said


@pytest.mark.slow
def test_where_a_retry_is_no_use_removal_is_offered_first(jobs: JobTable):
    fail(jobs, "broken.pdf", "parsing", "broken.pdf is damaged.", READERS)
    page = documents()
    assert labels(page)[1:5] == ["Compare", "Clear list", "Remove from the list", "Try again all the same"]
    assert "Retry" not in labels(page)
    page.button(key=[b.key for b in page.button if b.label == "Remove from the list"][0]).click().run()
    assert jobs.jobs() == []
    fail(jobs, "broken.pdf", "parsing", "broken.pdf is damaged.", "readers of before")
    assert labels(documents())[3:6] == ["Retry", "Remove from the list", "Retry with these"]


@pytest.mark.slow
def test_a_hopeless_file_can_be_tried_again_all_the_same(jobs: JobTable):
    number = fail(jobs, "broken.pdf", "parsing", "broken.pdf is damaged.", READERS)
    documents().button(key=f"retry-{number}").click().run()
    assert [job.state for job in jobs.jobs()] == ["queued"]


@pytest.mark.slow
def test_who_asks_sees_failures_of_elsewhere_as_one_line(jobs: JobTable):
    for n in range(3):
        fail(jobs, f"/elsewhere/{n}.pdf", "parsing", "is damaged.")
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert not page.exception
    assert (rows(page), "Clear list" in labels(page)) == ([], False)
    assert "3 files could not be read" in [text.value for text in page.markdown]
    (link,) = page.get("page_link")
    assert link.proto.label == "Documents"
    add(jobs, *(f"new{n}.md" for n in range(9)))
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert [row.split()[0] for row in rows(page)] == ["new0.md", "new1.md", "new2.md"]
    assert "and 6 more" in [text.value for text in page.caption]


@pytest.mark.slow
def test_who_added_the_first_files_sees_how_many_are_ready(jobs: JobTable):
    fail(jobs, "a.pdf", "parsing", "is damaged.")
    add(jobs, "b.md", "c.md")
    for _ in range(2):
        job = jobs.claim(WORKER, lambda _owner: True)
        assert job is not None
        jobs.finish(job.id, WORKER, Ending("ready"))
    page = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert brief(page) == ["2 of 3 files ready, 1 file could not be read"]
    page.button(key="files-dismissed").click().run()
    again = AppTest.from_file(str(MAIN), default_timeout=240).run()
    assert not [text.value for text in again.markdown if "ready" in text.value]


def brief(page: AppTest) -> list[str]:
    assert not page.exception
    return [text.value for text in page.markdown if "could not be read" in text.value]


@pytest.mark.slow
def test_failures_are_told_above_the_conversation_until_they_are_dismissed(jobs: JobTable):
    for n in range(3):
        fail(jobs, f"{n}.pdf", "parsing", "is damaged.")
    page = AppTest.from_file(str(MAIN), default_timeout=240)
    refusal = Answer("When?", "There are no documents.", (), (), (), Trace(), refused=True)
    page.session_state["turns"] = [Turn("When?", refusal), Turn("Where?", refusal)]
    page.run()
    assert brief(page) == ["3 files could not be read"]
    kinds = [found.type for found in page.main if found.type in ("chat_message", "page_link")]
    assert kinds == ["page_link", "chat_message", "chat_message", "chat_message", "chat_message"]
    page.button(key="files-dismissed").click().run()
    assert brief(page) == []
    assert brief(page.run()) == []
    assert brief(AppTest.from_file(str(MAIN), default_timeout=240).run()) == [], "also not where it is opened again"
    fail(jobs, "new.pdf", "parsing", "is damaged.")
    assert brief(page.run()) == ["1 file could not be read"]


@pytest.mark.slow
def test_nobody_is_told_that_there_are_no_documents_while_files_are_on_their_way(jobs: JobTable):
    (number,) = add(jobs, "a.md")
    assert not [text for text in documents().markdown if "No documents yet" in text.value]
    jobs.cancel([number])
    assert [text for text in documents().markdown if "No documents yet" in text.value]


@pytest.mark.slow
def test_the_sum_is_that_of_the_run(jobs: JobTable):
    for n in range(3):
        fail(jobs, f"old{n}.pdf", "parsing", "is damaged.")
    age(jobs)
    first, *_ = add(jobs, *(f"new{n}.md" for n in range(4)))
    assert jobs.claim(WORKER, lambda _owner: True)
    jobs.finish(first, WORKER, Ending("ready", chunks=2))
    page = documents()
    told = [text.value for text in page.markdown if "ready" in text.value]
    assert told == ["**1 of 4 files ready**, 3 from before could not be read"]
    assert [row.split()[0] for row in rows(page)][:4] == ["new1.md", "new2.md", "new3.md", "new0.md"]
    assert [text.value for text in page.caption if text.value == "From before"] == ["From before"]
    jobs.cancel(range(100))
    told = "**1 of 4 files ready**, 3 cancelled, 3 from before could not be read"
    assert told in [text.value for text in documents().markdown]


def ready(jobs: JobTable, *sources: str) -> None:
    for number in add(jobs, *sources):
        assert jobs.claim(WORKER, lambda _owner: True)
        jobs.finish(number, WORKER, Ending("ready", chunks=2))


def age(jobs: JobTable) -> None:
    """As if all that has happened had happened a day ago."""
    jobs._database.execute("UPDATE jobs SET queued_at = queued_at - 90000, finished_at = finished_at - 90000")


@pytest.mark.slow
def test_files_that_come_later_hide_no_failure(jobs: JobTable, tmp_path: Path):
    (tmp_path / "a.md").write_text("# Harbour\n\nThe harbour opens at six.\n")
    list(Pipeline(Library(Settings(home=tmp_path)), "default").add([File(tmp_path / "a.md", "a.md")]))
    ready(jobs, "sample.md")
    fail(jobs, "damaged.pdf", "parsing", "is damaged.")
    fail(jobs, "broken.pdf", "parsing", "is damaged.")
    age(jobs)
    ready(jobs, *(f"new{n}.md" for n in range(60)))
    ask, told = AppTest.from_file(str(MAIN), default_timeout=240).run(), "60 of 60 files ready"
    assert brief(ask) == [f"{told}, 2 from before could not be read"]
    page = documents()
    assert brief(page) == [f"**{told}**, 2 from before could not be read"], "both pages tell the same"
    assert {row.split()[0] for row in rows(page)} == {"broken.pdf", "damaged.pdf"}
    assert page.button(key="jobs-more").label == "Show more of 60 others and of 1 from before"
    page.button(key="jobs-more").click().run()
    assert page.button(key="jobs-more").label == "Show more of 10 others and of 1 from before", "52 of 63 are there"
    assert {row.split()[0] for row in rows(page)} > {"broken.pdf", "damaged.pdf"}, "also where more is asked for"
    ask.button(key="files-dismissed").click().run()
    assert (brief(ask), brief(documents())) == ([], [])
    page = documents()
    assert rows(page) == []
    assert page.button(key="jobs-more").label == "Show 60 files and 3 from before"


@pytest.mark.slow
def test_what_a_dead_worker_has_left_waits_for_a_worker(jobs: JobTable, tmp_path: Path):
    first, second, third, _ = add(jobs, "a.md", "b.md", "c.md", "d.md")
    for _ in range(3):
        assert jobs.claim(WORKER, lambda _owner: True)
    jobs.progress(WORKER, {first: ("embedding", 310, 900), second: ("cut", 0, 3), third: ("parsing", 2, 80)})
    assert [row.split(maxsplit=1)[1] for row in rows(documents())] == ["waiting for a worker"] * 4
    lock = owned(workers_folder(tmp_path) / WORKER)
    said = [row.split(maxsplit=1)[1] for row in rows(documents())]
    assert said == ["embedding 310 of 900 passages", "waiting for the embedder", "parsing page 2 of 80", "queued"]
    lock.release()


@pytest.mark.slow
def test_a_row_tells_what_is_to_be_known_of_a_file_that_is_ready(jobs: JobTable):
    scan, _ = add(jobs, "scan.pdf", "later.md")
    assert jobs.claim(WORKER, lambda _owner: True)
    jobs.finish(scan, WORKER, Ending("ready", pages=12, chunks=3, warnings=("4 of 12 pages have no <text>.",)))
    assert "scan.pdf 12 pages, 3 passages · 4 of 12 pages have no <text>." in rows(documents())


@pytest.mark.slow
def test_above_the_rows_stands_how_fast_files_come_in_and_how_long_the_rest_takes(jobs: JobTable, tmp_path: Path):
    (number,) = add(jobs, "a.pdf")
    assert jobs.claim(WORKER, lambda _owner: True)
    jobs.progress(WORKER, {number: ("embedding", 300, 600)})
    jobs._database.execute("UPDATE jobs SET queued_at = queued_at - 59, started_at = started_at - 59")
    lock = owned(workers_folder(tmp_path) / WORKER)
    (told,) = (text.value for text in documents().markdown if "ready" in text.value)
    assert re.fullmatch(r"\*\*0 of 1 file ready\*\* :gray\[:small\[5 passages a second, about .+ left]]", told), told
    lock.release()
    (told,) = (text.value for text in documents().markdown if "ready" in text.value)
    assert told == "**0 of 1 file ready**", "where nobody works"


@pytest.mark.slow
def test_names_and_reasons_are_drawn_as_text(jobs: JobTable):
    fail(jobs, 'x/<img src=x onerror="alert(1)">.md', "parsing", "is <b>damaged</b>")
    (body,) = [found.proto.body for found in documents().get("html") if 'class="job ' in found.proto.body]
    assert re.findall("<(?!/)[^>]*>", body)[1:] == ["<span>", "<b>", "<small>", "<span>"]
    assert html.escape('x/<img src=x onerror="alert(1)">.md') in body


@pytest.mark.slow
def test_the_table_shows_names_first_and_inner_folders(jobs: JobTable, tmp_path: Path):
    assert "Try it with sample documents" in labels(documents()), "as long as there is nothing"
    (tmp_path / "a.md").write_text("# Harbour\n\nThe harbour opens at six.\n")
    library, folder = Library(Settings(home=tmp_path)), f"/srv/{'archive/' * 30}2024/Letters in"
    list(Pipeline(library, "default").add([File(tmp_path / "a.md", f"{folder}/a.md")]))
    assert jobs.jobs() == []
    table = documents().dataframe[0].value
    assert list(table.columns) == ["File", "Collection", "Folder", "Title", "Passages", "Size", "Added"]
    assert (table["File"][0], table["Title"][0]) == ("a.md", "Harbour")
    assert table["Folder"][0] == f"…{folder[-27:]}"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (PAGE, f"{shown(PAGE)} is not there"),
        (PAGE, f"{PAGE} is not there"),
        (f"{PAGE}{'x' * 200}", f"{shown(PAGE + 'x' * 200)} is not there"),
        ("/a/b.pdf", "b.pdf is not there"),
        ("/a/b.pdf", "'b.pdf' is not there"),
        ("/a/b.pdf", "is not there"),
    ],
    ids=["shown", "bare", "shortened", "name", "quoted", "none"],
)
def test_a_reason_does_not_repeat_what_the_row_is_about(source: str, reason: str):
    assert without_subject(reason, source) == "is not there"


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("/home/me/a.md", ("a.md", "/home/me")),
        ("a.md", ("a.md", "")),
        ("lamps.zip!/2019/b.md", ("b.md", "lamps.zip!/2019")),
        ("https://a.example/", ("a.example", "")),
        ("https://a.example/b/c?d=1", ("c?d=1", "a.example/b")),
    ],
)
def test_a_source_is_parted_into_name_and_folder(source: str, parts: tuple[str, str]):
    assert parted(source) == parts
