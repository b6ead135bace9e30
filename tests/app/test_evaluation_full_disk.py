"""Evaluation on a disk that is really full: a sentence on a page that stays whole, nothing half written, no edit lost,
and on it goes when there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.evaluation_stores import stores
from app.evaluation import tasks
from app.evaluation.lane import Lane
from app.evaluation.runs import Runs
from app.evaluation.sets import QuestionSets
from app.evaluation.taking import taken_from_file
from app.question_sets.rows import SetQuestion
from indexes.ownership import Ownership
from rag.errors import StoreError
from tests.app.stepping import with_texts
from tests.app.test_evaluation import FIRST, Still
from tests.app.test_evaluation_page import MAIN, named, section, shown, wait
from tests.ingest.working import fill

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("small_disk", [1_000_000], indirect=True)]

SECOND = SetQuestion("q1", "Who built the bridge?", ("Ada",))
TOLD = "No space left on device): make room there and try again"


def names(folder: Path) -> set[str]:
    """Every file below it but locks, in which nothing is kept, and what fills the disk."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if not name.endswith((".lock", ".lane", "ballast"))}


def test_what_cannot_be_kept_leaves_everything_as_it_was(small_disk: Path, monkeypatch: pytest.MonkeyPatch):
    lane = Still("still", small_disk, {})
    sets, runs = QuestionSets(small_disk, lane), Runs(small_disk, lane, lane)
    mine = sets.create("Mine", "default", [FIRST])
    sets.save(mine, [SECOND])
    sets.make("Made", "default", 5, 0)
    runs.start(sets, mine, "usual", {"top_k": 3}, None)
    before, read = names(small_disk), (sets.questions(mine), sets.all(), runs.all())
    deeds: list[Callable[[], object]] = [
        lambda: sets.make("More", "default", 5, 0),
        lambda: sets.create("More", "default", [FIRST]),
        lambda: sets.save(mine, [FIRST, SetQuestion("q2", "Why?", ("x" * 9000,))]),
        lambda: sets.save(mine, [FIRST]),
        lambda: sets.undo(mine),
        lambda: sets.rename(mine, "Yours"),
        lambda: runs.start(sets, mine, "usual", {"top_k": 3}, None),
        lambda: runs.start(sets, mine, "usual", {}, None),
    ]
    ballast = fill(small_disk, 0)
    for deed in deeds:
        with pytest.raises(StoreError, match="cannot be kept: .*No space left"):
            deed()
        assert (sets.questions(mine), sets.all(), runs.all()) == read
        assert names(small_disk) == before
    monkeypatch.setattr("tempfile.tempdir", str(small_disk))
    with pytest.raises(StoreError, match="is full"):
        taken_from_file("mine.jsonl", b'{"question": "When?", "answers": ["1743"]}', set())
    ballast.unlink()
    sets.undo(mine)
    assert sets.questions(mine) == [FIRST]


def test_a_task_that_could_not_begin_can_be_begun_again(small_disk: Path):
    lane = Lane("measuring", small_disk, {})
    folder = small_disk / "task"
    folder.mkdir()
    tasks.begin(folder, ["nothing"])
    tasks.end(folder, "failed", "It was so.")
    ballast = fill(small_disk, 0)
    with pytest.raises(OSError, match="No space left"):
        lane.start(folder, "nothing")
    assert tasks.task_of(folder) == tasks.Task("failed", "It was so.")
    ballast.unlink()
    owned = Ownership.take(folder)
    assert owned is not None
    owned.release()


@pytest.fixture
def page(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    home = with_texts(tmp_path / "home")
    (home / "evaluation").symlink_to(small_disk)
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    st.cache_resource.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/evaluation.py").run()
    st.cache_resource.clear()


def test_every_deed_of_the_page_says_so_and_the_page_stays_whole(page: AppTest, small_disk: Path):
    id = stores().sets.create("Kept", "default", [FIRST])
    ballast = fill(small_disk, 0)
    page.run()
    named(page, "Make questions").click().run()
    check(page, "**Kept**")
    page.button_group(key="new-set-way").set_value("Write").run()
    page.text_input(key="new-set-question").set_value("What is the rent?")
    named(page, "Make the set").click().run()
    check(page, "**Kept**")
    page.button_group(key="new-set-way").set_value("Take from a file").run()
    page.file_uploader[0].set_value(("rents.csv", b"question,answers\nWhat is it?,900", "text/csv")).run()
    named(page, "Take them").click().run()
    check(page, "**Kept**")
    section(page, "Runs")
    named(page, "Start the run").click().run()
    check(page, "**No runs yet.**")
    assert [one.n for one in stores().sets.all()] == [1]
    assert stores().runs.all() == []
    ballast.unlink()
    named(page, "Start the run").click().run()
    assert TOLD not in shown(page)
    tasks.cancel(stores().runs.all()[0].folder)
    wait(page, lambda: not stores().runs.all()[0].task.is_moving)
    assert stores().sets.questions(id) == [FIRST]


def check(page: AppTest, below: str) -> None:
    """The sentence, and what stands below it."""
    assert [TOLD in one.value.replace("\\", "") for one in page.error] == [True]
    assert below in shown(page)
