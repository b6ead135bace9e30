"""The Evaluation page as a person uses it: sets, a run in a process of its own, its figures, and two runs compared."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.evaluation_stores import stores
from app.components.resources import workspace
from app.evaluation import tasks
from app.question_sets.rows import SetQuestion
from evals.browsing import write_comparison, write_run
from indexes.ownership import Ownership
from tests.app.stepping import add, with_texts
from tests.app.test_evaluation import FIRST, record

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[2] / "app" / "main.py"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(with_texts(tmp_path / "home")))
    st.cache_resource.clear()
    yield AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/evaluation.py").run()
    st.cache_resource.clear()


def named(page: AppTest, label: str) -> Any:  # noqa: ANN401 - Streamlit's own button
    assert not page.exception
    return next(button for button in page.button if button.label == label)


def section(page: AppTest, name: str) -> AppTest:
    return page.button_group(key="evaluation-section").set_value(name).run()


def shown(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(one.value for kind in (page.markdown, page.caption, page.info, page.error) for one in kind)


def wait(page: AppTest, until: Callable[[], bool]) -> None:
    end = time.monotonic() + 200
    while not until():
        assert time.monotonic() < end
        time.sleep(0.2)
    page.run()


def quiet_run(set_id: str, name: str) -> str:
    """A run that nobody works on any more."""
    runs, sets = stores().runs, stores().sets
    id = runs.start(sets, set_id, name, {"top_k": len(name)}, None)
    tasks.cancel(runs.one(id).folder)
    end = time.monotonic() + 60
    while runs.one(id).task.is_moving or not (runs.one(id).folder / tasks.ENDED).is_file():
        assert time.monotonic() < end
        time.sleep(0.05)
    return id


def finished_run(set_id: str, name: str, right: Sequence[float | None], ms: tuple[float, ...] = ()) -> str:
    """A run whose results are there already."""
    run = stores().runs.one(quiet_run(set_id, name))
    write_run(record(name, right, ms), run.results)
    run.record.write_bytes(b"the record")
    tasks.end(run.folder, "done")
    return run.id


def test_a_set_is_made_from_documents_renamed_removed_and_taken_back(page: AppTest):
    assert "**No sets yet.**" in shown(page)
    page.text_input(key="new-set-name").set_value("Mine")
    page.number_input(key="new-set-n").set_value(3)
    named(page, "Make questions").click().run()
    wait(page, lambda: stores().sets.all()[0].task is None)
    assert "3 questions · about default" in shown(page)
    named(page, "Rename").click().run()
    page.text_input(key=f"set-name-{stores().sets.all()[0].id}").set_value("Rents *all*")
    page.button(key="set-renamed").click().run()
    assert stores().sets.all()[0].name == "Rents *all*"
    assert r"**Rents \*all\***" in shown(page)
    named(page, "Remove").click().run()
    assert "**No sets yet.**" in shown(page)
    named(page, "Take back the last removal").click().run()
    assert r"**Rents \*all\***" in shown(page)


def test_a_written_question_opens_the_table_and_a_set_for_nothing_is_refused(page: AppTest):
    page.button_group(key="new-set-way").set_value("Write").run()
    page.text_input(key="new-set-question").set_value("What is the rent?")
    page.text_input(key="new-set-answer").set_value("900")
    named(page, "Make the set").click().run()
    one = stores().sets.all()[0]
    assert stores().sets.questions(one.id) == [SetQuestion("q1", "What is the rent?", ("900",))]
    assert [header.value for header in page.header] == ["Questions on default"]
    named(page, "All sets").click().run()
    assert "1 question · about default" in shown(page)


def test_the_collection_that_was_chosen_is_still_chosen_after_a_set_was_edited(page: AppTest, tmp_path: Path):
    add(workspace(), tmp_path, "other", {"mill.txt": "The mill was built in 1820."})
    id = stores().sets.create("Mine", "default", [FIRST])
    page.run().selectbox(key="new-set-collection").select("other").run()
    page.button(key=f"set-edit-{id}").click().run()
    named(page, "All sets").click().run()
    assert page.selectbox(key="new-set-collection").value == "other"


def test_a_file_is_taken_once_under_its_name_and_told(page: AppTest):
    page.button_group(key="new-set-way").set_value("Take from a file").run()
    assert page.text_input(key="new-set-name").placeholder == "Questions on default"
    page.file_uploader[0].set_value(
        ("rents *of* May.csv", b"question,answers\nWhat is it?,900\nAnd why?,so", "text/csv")
    )
    page.run()
    assert page.text_input(key="new-set-name").placeholder == "rents *of* May"
    named(page, "Take them").click().run()
    assert [one.value for one in page.success] == [r"2 questions taken into “rents \*of\* May”."]
    assert [(one.name, one.n) for one in stores().sets.all()] == [("rents *of* May", 2)]
    assert not page.file_uploader[0].value
    assert "Take them" not in [button.label for button in page.button]
    assert page.text_input(key="new-set-name").placeholder == "Questions on default"
    assert not page.run().success


def test_a_run_is_started_with_other_settings_cancelled_and_begun_again(page: AppTest):
    section(page, "Runs")
    assert "There is no set of questions yet" in shown(page)
    stores().sets.create("Mine", "default", [SetQuestion(f"q{n}", f"What of {n}?", ("x",)) for n in range(3000)])
    page.run()
    assert page.text_input(key="run-name").placeholder == "The usual settings"
    page.number_input(key="run-top_k").set_value(2).run()
    assert page.text_input(key="run-name").placeholder == "Passages read: 2"
    named(page, "Start the run").click().run()
    run = stores().runs.all()[0]
    assert (run.name, dict(run.settings)) == ("Passages read: 2", {"top_k": 2})
    named(page, "Cancel").click().run()
    wait(page, lambda: not stores().runs.one(run.id).task.is_moving)
    assert "Cancelled" in shown(page)
    named(page, "Run again").click().run()
    assert stores().runs.one(run.id).task.is_moving
    tasks.cancel(run.folder)
    wait(page, lambda: not stores().runs.one(run.id).task.is_moving)


def test_a_set_whose_making_was_cut_is_what_the_page_begins_with_and_is_made_again(page: AppTest):
    page.number_input(key="new-set-n").set_value(3)
    page.number_input(key="new-set-seed").set_value(7)
    named(page, "Make questions").click().run()
    wait(page, lambda: stores().sets.all()[0].task is None)
    one = stores().sets.all()[0]
    made, folder = stores().sets.questions(one.id), stores().sets.folders.folder(one.id)
    stores().sets.path(one.id).unlink()
    (folder / tasks.ENDED).unlink()  # as the end of the server leaves it
    page = AppTest.from_file(str(MAIN), default_timeout=240).run().switch_page("views/evaluation.py").run()
    assert "Footnote was stopped before this was finished." in shown(page)
    section(page, "Runs")
    assert "“Question sets” tells how far they are" in shown(page)
    section(page, "Question sets")
    named(page, "Make again").click().run()
    wait(page, lambda: stores().sets.one(one.id).task is None)
    assert "3 questions · about default" in shown(page)
    assert stores().sets.questions(one.id) == made


def test_a_failed_run_says_why_on_the_page(page: AppTest):
    id = stores().sets.create("Mine", "gone", [FIRST])
    run = stores().runs.start(stores().sets, id, "lost", {}, None)
    section(page, "Runs")
    wait(page, lambda: not stores().runs.one(run).task.is_moving)
    assert any("there is no collection" in error.value for error in page.error)


def test_figures_of_a_run_and_of_two_are_drawn_and_questions_filtered(page: AppTest):
    questions = [SetQuestion(f"q{n}", f"Question {n}?", ("x",)) for n in range(25)]
    mine = stores().sets.create("Mine", "default", questions)
    finished_run(mine, "good", [1.0] * 25)
    section(page, "Compare")
    assert "Two finished runs of one set are needed" in shown(page)
    finished_run(mine, "bad one", [1.0] * 5 + [0.0] * 20, ms=(10.0, 20.0, 30.0, 400.0))
    section(page, "Runs")
    assert "right answers 0.20" in shown(page)
    page.button(key=f"run-open-{stores().runs.all()[0].id}").click().run()
    parts = {one.key: json.loads(one.proto.json or "null") for one in page.get("bidi_component")}
    drawn = {key: data for key, data in parts.items() if isinstance(data, dict)}
    kinds = {data["kind"]: data for data in drawn.values()}
    assert set(kinds) == {"bars", "curve", "times"}
    assert kinds["times"]["label"] == "Times of 4 answers: half within 25 ms, 95 % within 344 ms"
    assert (kinds["times"]["counts"], kinds["times"]["edges"][-1]) == ([3, 0, 0, 1], 400)
    assert "4 answers, each searched for and read anew" in shown(page)
    assert "any answer to a question that the documents do not answer" in shown(page)
    assert "25 questions, the worst first" in shown(page)
    opened = [one.label for one in page.expander if "Question" in one.label]
    assert len(opened) == 10
    assert opened[0].startswith("0.00 · Question 5")
    named(page, "All runs").click().run()
    assert "right answers 1.00" in shown(page)


def test_all_figures_of_a_run_and_of_two_are_in_their_tables(page: AppTest):
    mine = stores().sets.create("Mine", "default", [FIRST])
    right = {"good": [1.0] * 25, "bad one": [1.0] * 5 + [0.0] * 20}
    good, bad = (finished_run(mine, name, values) for name, values in right.items())
    write_comparison(*(record(name, values) for name, values in right.items()), compared(good, bad), "")
    section(page, "Runs")
    page.button(key=f"run-open-{bad}").click().run()
    assert row_of(page, "Right answers")["Short name"] == "contained"
    assert (row_of(page, "Right answers")["Mean"], row_of(page, "Right answers")["Questions"]) == (0.2, 25)
    assert re.fullmatch(r"0\.0\d\d to 0\.[34]\d\d", row_of(page, "Right answers")["95 % interval"])
    section(page, "Compare")
    row = row_of(page, "Right answers")
    assert (row["B less A"], row["B is"], row["Higher / lower / same"]) == ("-0.800", "worse", "0 / 20 / 5")
    assert float(row["p"]) < 0.05


def compared(first: str, second: str) -> Path:
    """Where a comparison of two runs lies once it is worked out."""
    return stores().runs.folders.root.parent / "comparisons" / f"{first}--{second}"


def row_of(page: AppTest, metric: str) -> dict[str, Any]:
    """Of the table of all figures."""
    assert not page.exception
    (table,) = (one.value for one in page.dataframe if "Metric" in one.value)
    assert len(table) == len(record("any", [1.0, 0.0]).metrics or {})
    (row,) = table[table["Metric"] == metric].to_dict("records")
    return row


def test_how_far_a_run_is_stands_on_the_page(page: AppTest):
    mine = stores().sets.create("Mine", "default", [FIRST])
    run = stores().runs.one(quiet_run(mine, "under way"))
    (run.folder / tasks.ENDED).unlink()
    with worked_on(run.folder):
        section(page, "Runs")
        assert progress(page) == (0, "Opening the documents and models")
        told = {"text": "questions answered", "n": 10, "of": 40, "seconds": 44.0}
        (run.folder / tasks.PROGRESS).write_text(json.dumps(told) + '\n{"text": "half a li', "utf-8")
        page.run()
        assert progress(page) == (25, "Answering: 10 of 40 questions, about 44 s left of this step")
        assert page.button(key=f"run-cancel-{run.id}").label == "Cancel"


@contextmanager
def worked_on(folder: Path) -> Iterator[None]:
    """As long as somebody works on a task."""
    held = Ownership.take(folder)
    assert held is not None
    (folder / tasks.PROGRESS).touch()
    yield
    held.release()


def progress(page: AppTest) -> tuple[int, str]:
    """Percent, and the words beside the bar."""
    assert not page.exception
    (bar,) = page.get("progress")
    return bar.proto.value, bar.proto.text


def test_a_set_and_a_record_are_handed_out_as_they_are_kept(page: AppTest, offered: dict[str, Callable[[], Any]]):
    mine = stores().sets.create("Mine", "default", [FIRST])
    run = finished_run(mine, "good", [1.0])
    page.run()
    assert offered["questions.jsonl"]() == stores().sets.path(mine).read_bytes()
    section(page, "Runs")
    assert offered[f"{run}.json"]() == b"the record"


def test_questions_without_a_figure_are_told_of(page: AppTest):
    mine = stores().sets.create("Mine", "default", [SetQuestion(f"q{n}", f"Question {n}?", ("x",)) for n in range(3)])
    run = finished_run(mine, "good", [1.0, 0.0, None])
    section(page, "Runs")
    page.button(key=f"run-open-{run}").click().run()
    assert "2 questions, the worst first" in shown(page)
    assert "1 other question has no figure by this measure" in shown(page)


def test_of_fewer_questions_than_wished_it_is_said_why(page: AppTest):
    page.number_input(key="new-set-n").set_value(400)
    named(page, "Make questions").click().run()
    wait(page, lambda: stores().sets.all()[0].task is None)
    assert "400 questions were wished, but no other passage gave one that can be kept." in shown(page)


def test_without_documents_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    st.cache_resource.clear()
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/evaluation.py").run()
    assert "**No documents yet.**" in shown(page)
    st.cache_resource.clear()
