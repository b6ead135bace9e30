"""What the Evaluation page keeps: sets, tasks that outlive whoever started them, and results that are read in parts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from app.components.evaluation_compare import verdict
from app.components.evaluation_editor import is_fitting, row_of, taken_rows
from app.components.evaluation_plots import bars
from app.components.evaluation_progress import left
from app.evaluation import tasks
from app.evaluation.lane import Lane
from app.evaluation.reading import (
    changed_places,
    comparison_of,
    pairs_of,
    questions_at,
    sorted_places,
    summary_of,
    values_of,
)
from app.evaluation.runs import Run, Runs
from app.evaluation.sets import ChangedElsewhere, QuestionSets
from app.question_sets.rows import SetQuestion, write_questions
from evals.asking import Asked, Said
from evals.browsing import write_comparison, write_run
from evals.cli import _parser
from evals.record import RunRecord, estimates
from indexes.home import environment
from rag.errors import InputError
from tests.app.stepping import TEXTS, with_texts

ROOT = Path(__file__).parents[2]
FIRST = SetQuestion("q1", "When was the bridge finished?", ("1743",))


class Still(Lane):
    """A lane in which nothing is started."""

    def start(self, folder: Path, *command: str) -> None:
        tasks.begin(folder, command)


@pytest.fixture
def sets(tmp_path: Path) -> QuestionSets:
    return QuestionSets(tmp_path, Still("still", tmp_path, {}))


def test_a_set_is_made_edited_and_every_step_can_be_taken_back(sets: QuestionSets):
    id = sets.create("  Bridges ", "default", [FIRST, SetQuestion("q2", "Who is the mayor?", is_answerable=False)])
    one = sets.one(id)
    assert (one.name, one.n, one.n_unanswerable, one.has_before) == ("Bridges", 2, 1, False)
    sets.save(id, [FIRST])
    assert sets.questions(id) == [FIRST]
    assert sets.one(id).has_before
    sets.undo(id)
    assert [question.id for question in sets.questions(id)] == ["q1", "q2"]
    sets.undo(id)
    assert sets.questions(id) == [FIRST]
    sets.rename(id, "Mills")
    sets.remove(id)
    assert sets.all() == []
    with pytest.raises(InputError, match="removed meanwhile"):
        sets.questions(id)
    sets.folders.restore()
    assert [(found.name, found.n) for found in sets.all()] == [("Mills", 1)]
    with pytest.raises(InputError, match="name of 1 to 100"):
        sets.rename(id, "  ")
    with pytest.raises(InputError, match="stands there a second time"):
        sets.save(id, [FIRST, FIRST])
    with pytest.raises(InputError, match="no question in it"):
        sets.save(id, [])
    assert sets.questions(id) == [FIRST]


def test_the_last_ten_removals_are_taken_back_one_after_the_other(sets: QuestionSets):
    ids = [sets.create(f"Set {n}", "default", [FIRST]) for n in range(12)]
    for id in reversed(ids):  # the newest set first
        sets.remove(id)
    for n in range(10):
        assert sets.folders.removed() == ids[n]
        sets.folders.restore()
        assert [one.id for one in sets.all()] == ids[n::-1]
    sets.folders.restore()
    assert (len(sets.all()), sets.folders.removed()) == (10, None)


def test_what_an_earlier_version_removed_comes_back_after_what_was_removed_since(sets: QuestionSets):
    old, new = (sets.create(name, "default", [FIRST]) for name in ("Old", "New"))
    aside = sets.folders.root / "removed"
    aside.mkdir()
    (sets.folders.root / old).rename(aside / old)
    sets.remove(new)
    for expected in (["New"], ["New", "Old"]):
        sets.folders.restore()
        assert [one.name for one in sets.all()] == expected


def test_what_was_changed_elsewhere_is_not_overwritten_unless_somebody_has_seen_it(sets: QuestionSets):
    mine, theirs = SetQuestion("q1", "Mine?", ("x",)), SetQuestion("q1", "Theirs?", ("x",))
    id = sets.create("Bridges", "default", [FIRST])
    begun = sets.version(id)
    sets.save(id, [theirs], begun)
    for change in (lambda: sets.save(id, [mine], begun), lambda: sets.undo(id, begun)):
        with pytest.raises(ChangedElsewhere, match="changed elsewhere meanwhile"):
            change()
    assert sets.questions(id) == [theirs]
    seen = sets.version(id)
    sets.save(id, [mine], seen)
    sets.save(id, [mine])  # twice pressed
    sets.undo(id)
    assert sets.questions(id) == [theirs]
    assert sets.version(id) == seen


@pytest.mark.parametrize("name", ["--help", "-x", "a=b"])
def test_a_collection_is_named_to_the_command_whatever_its_name_begins_with(
    sets: QuestionSets, tmp_path: Path, name: str
):
    made = sets.folders.folder(sets.make("Mine", name, 5, 0))
    lane = Still("still", tmp_path, {})
    run = Runs(tmp_path, lane, lane).start(sets, sets.create("Mine", name, [FIRST]), "usual", {}, None)
    for folder in (made, tmp_path / "evaluation" / "runs" / run):
        assert _parser().parse_args(tasks.command_of(folder)).collection == name


def test_a_set_knows_how_many_were_wished_until_it_is_changed(sets: QuestionSets):
    made = sets.make("Mine", "default", 5, 0)
    write_questions([FIRST], sets.folders.folder(made) / "questions.jsonl")
    sets.rename(made, "Ours")
    assert (sets.one(made).n, sets.one(made).wished) == (1, 5)
    sets.save(made, [FIRST, SetQuestion("q2", "Who?", ("Anna",))])
    assert sets.one(made).wished == 0


def test_rows_of_the_table_become_questions_and_new_ones_get_ids_that_are_free():
    rows = [
        row_of(FIRST),
        {"id": None, "question": "Who?", "answers": ["Agnes"], "documents": None, "pages": ["2"], "answerable": None},
        {"id": None, "question": None, "answers": None, "documents": None, "pages": None, "answerable": True},
    ]
    taken = taken_rows(rows, [SetQuestion("q2", "?", ("x",))], frozenset())
    assert taken.questions == (FIRST, SetQuestion("q3", "Who?", ("Agnes",), pages=(2,)))
    rows[1]["pages"] = ["two"]
    assert "row 2: `pages` must be a list of page numbers" in taken_rows(rows, [], frozenset()).errors[0]


def test_edits_of_rows_and_columns_that_are_not_there_are_none():
    edits = {"edited_rows": {1: {"question": "Who?"}}, "deleted_rows": [0], "added_rows": [{"answers": ["Agnes"]}]}
    assert is_fitting(None, 2)
    assert is_fitting(edits, 2)
    forged: list[dict[str, object]] = [
        {"edited_rows": {2: {"question": "Who?"}}},
        {"edited_rows": {1: {"none": "Who?"}}},
        {"edited_rows": {1: {"question": "Who\ud800?"}}},
        {"deleted_rows": [2]},
        {"deleted_rows": [-1]},
        {"deleted_rows": ["0"]},
        {"added_rows": [{"answers": ["Agnes\udfff"]}]},
    ]
    assert not any(is_fitting(edits | one, 2) for one in forged)


def record(config: str, right: Sequence[float | None], ms: tuple[float, ...] = ()) -> RunRecord:
    """A run; None: of a question that has no such figure."""
    asked = tuple(
        Asked(
            f"q{n}",
            f"Question {n}?",
            ("x",),
            True,
            (f"p{n}",),
            Said("x", False, 0.9, 1.0, 0.1),
            {} if value is None else {"contained": value},
        )
        for n, value in enumerate(right)
    )
    settings = {"threshold": 0.3, "top_k": len(config)}
    bare = RunRecord("tiny", config, settings, {}, {}, "2026-01-01", {}, {"asked": len(right)}, asked, (), None, ms)
    return RunRecord(
        "tiny", config, settings, {}, {}, "2026-01-01", {}, {"asked": len(right)}, asked, (), estimates(bare), ms
    )


def test_results_are_read_in_parts_and_compared_question_by_question(tmp_path: Path):
    good, bad = record("good", [1.0] * 40, (10.0, 20.0, 30.0)), record("worse", [1.0] * 10 + [0.0] * 30)
    for one in (good, bad):
        write_run(one, tmp_path / one.config)
    write_comparison(good, bad, tmp_path / "both", "\nA note.\n")
    summary = summary_of(tmp_path / "good")
    assert summary.n == 40
    assert summary.metrics["contained"].mean == 1
    assert summary.times is not None
    assert (summary.times.p50, sum(summary.times.counts)) == (20, 3)
    assert summary.curve[-1][0] == 1
    assert summary_of(tmp_path / "worse").times is None
    assert [row["id"] for row in questions_at(tmp_path / "good", [39, 0])] == ["q39", "q0"]
    values = values_of(tmp_path / "worse", "contained")
    assert sorted_places(values, lower_is_better=False)[:30].tolist() == list(range(10, 40))
    pairs = pairs_of(tmp_path / "both")
    sides = values_of(tmp_path / "good", "contained")[pairs[:, 0]], values[pairs[:, 1]]
    counts = {
        kind: len(changed_places(*sides, kind, lower_is_better=False)) for kind in ("better", "worse", "same", "all")
    }
    assert counts == {"better": 0, "worse": 30, "same": 10, "all": 40}
    assert len(changed_places(*sides, "better", lower_is_better=True)) == 30
    found = comparison_of(tmp_path / "both")
    assert found.note == "A note."
    assert found.changed == {"top_k": (4, 5)}
    told = verdict(found.differences, [])
    assert "B is worse** in" in told and "_" not in told, "metrics have names"
    rows = bars([summary, summary_of(tmp_path / "worse")])[0]["rows"]
    assert [value["mean"] for value in rows[0]["values"]] == [1.0, 0.25]
    (tmp_path / "good" / "summary.json").write_text("{}")
    os.utime(tmp_path / "good" / "summary.json", ns=(1, 1))
    with pytest.raises(InputError, match="run it again"):
        summary_of(tmp_path / "good")


def test_ten_thousand_questions_take_no_time_to_turn_a_page(tmp_path: Path):
    rng = np.random.default_rng(0)
    write_run(record("long", rng.random(10_000).round(3).tolist()), tmp_path)
    summary_of(tmp_path)
    start = time.perf_counter()
    places = sorted_places(values_of(tmp_path, "contained"), lower_is_better=False)
    shown = questions_at(tmp_path, places[5_000:5_010].tolist())
    assert time.perf_counter() - start < 0.2
    assert len(shown) == 10
    assert shown[0]["metrics"]["contained"] == pytest.approx(0.5, abs=0.05)


def test_what_is_left_is_told_as_people_say_it():
    assert [left(seconds) for seconds in (0.2, 44, 200, 7200)] == [
        "about 1 s",
        "about 44 s",
        "about 3 min",
        "about 2.0 h",
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_texts(tmp_path_factory.mktemp("measured") / "home")


@pytest.fixture
def stores(home: Path) -> Iterator[tuple[QuestionSets, Runs]]:
    lane = Lane("measuring", home, environment())
    yield QuestionSets(home, lane), Runs(home, lane, Lane("comparing", home, environment()))


def wait(until: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def ended(run: Callable[[], Run]) -> tasks.Task:
    wait(lambda: not run().task.is_moving)
    return run().task


@pytest.mark.slow
def test_questions_are_made_run_and_compared_by_processes_of_their_own(stores: tuple[QuestionSets, Runs]):
    sets, runs = stores
    made = sets.make("Mine", "default", 5, 0)
    wait(lambda: sets.one(made).n > 0)
    first = runs.start(sets, made, "usual", {}, None)
    second = runs.start(sets, made, "one", {"top_k": 1, "reranker": "none"}, None)
    assert runs.one(second).task.state == "waiting"
    assert ended(lambda: runs.one(first)).state == "done"
    assert ended(lambda: runs.one(second)).state == "done"
    summary = summary_of(runs.one(first).results)
    assert summary.metrics["document@5"].mean == 1
    assert summary.times is not None
    row = questions_at(runs.one(first).results, [0])[0]
    assert row["right"]
    assert row["found"][row["right"][0] - 1].split(",")[0] in TEXTS
    folder = runs.compare(first, second)
    wait(lambda: (tasks.task_of(folder) or tasks.Task("failed")).state == "done")
    assert set(comparison_of(folder).changed) == {"top_k", "reranker"}
    runs.remove(second)
    assert not folder.exists()


@pytest.mark.slow
def test_a_run_that_cannot_succeed_says_why(stores: tuple[QuestionSets, Runs]):
    sets, runs = stores
    id = sets.create("Lost", "nowhere", [FIRST])
    failed = runs.start(sets, id, "lost", {}, None)
    task = ended(lambda: runs.one(failed))
    assert (task.state, task.why.split(";")[0]) == ("failed", "there is no collection 'nowhere'")


@pytest.mark.slow
def test_cancelled_runs_leave_no_process_behind(stores: tuple[QuestionSets, Runs]):
    sets, runs = stores
    id = sets.create("Long", "default", [SetQuestion(f"q{n}", f"What is it about {n}?", ("x",)) for n in range(3000)])
    running, waiting = (runs.start(sets, id, name, {}, None) for name in ("first", "second"))
    wait(lambda: bool(processes(running)))
    tasks.cancel(runs.one(waiting).folder)
    assert runs.one(waiting).task.state == "cancelled"
    runs.again(waiting)  # long before its turn
    assert runs.one(waiting).task.state == "waiting"
    with pytest.raises(InputError, match="still being worked on"):
        runs.again(waiting)
    tasks.cancel(runs.one(waiting).folder)
    tasks.cancel(runs.one(running).folder)
    assert ended(lambda: runs.one(running)).state == "cancelled"
    assert not processes(running)
    wait((runs.folders.folder(waiting) / tasks.ENDED).is_file)
    assert not processes(waiting)
    runs.again(running)
    wait(lambda: runs.one(running).task.state == "running")
    tasks.cancel(runs.one(running).folder)
    runs.again(running)  # at once: it waits for the end of what was cancelled
    assert runs.one(running).task.is_moving
    tasks.cancel(runs.one(running).folder)
    assert ended(lambda: runs.one(running)).state == "cancelled"


SERVER = """
import sys, time
from pathlib import Path
from app.evaluation.lane import Lane
from app.evaluation.runs import Runs
from app.evaluation.sets import ChangedElsewhere, QuestionSets
from indexes.home import environment
home = Path(sys.argv[1])
lane = Lane("measuring", home, environment())
Runs(home, lane, lane).start(QuestionSets(home, lane), sys.argv[2], "orphan", {}, None)
time.sleep(600)
"""


@pytest.mark.slow
def test_a_killed_server_takes_its_run_along_which_is_told_as_stopped(stores: tuple[QuestionSets, Runs], home: Path):
    sets, runs = stores
    id = sets.create("Long", "default", [SetQuestion(f"q{n}", f"What is it about {n}?", ("x",)) for n in range(3000)])
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(home), id], cwd=ROOT)
    try:
        wait(lambda: any(run.name == "orphan" and run.task.state == "running" for run in runs.all()))
        run = next(run for run in runs.all() if run.name == "orphan")
        wait(lambda: bool(processes(run.id)))
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    task = runs.one(run.id).task
    assert (task.state, task.why) == ("stopped", "Footnote was stopped before this was finished.")
    wait(lambda: not processes(run.id), 30)


def processes(id: str) -> list[str]:
    """Numbers of the processes that were started for a run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if id.encode() in words and b"evals" in words:
            found.append(path.parent.name)
    return found
