"""Ingestion stopped at steps of the disk, a few of those that `python -m evals steps` tries one by one; and a soak."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.failing_disk import Step, compiled, lose_unsynced
from evals.faults import N_FILES, doubled_passages, kill_workers
from evals.faults_cli import _DEEDS, _FAULTS
from evals.soak import soak
from evals.steps import DEEDS, FAULTS, Stage, moments, sweep
from indexes.library import Library
from rag.settings import Settings

Stages = Callable[[str], Stage]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    if compiled() is None:
        pytest.skip("a disk is made to fail by a small C library, and there is no C compiler")
    made: dict[str, Stage] = {}

    def stage(deed: str) -> Stage:
        if deed not in made:
            made[deed] = Stage(tmp_path_factory.mktemp("stage") / deed, deed)
        return made[deed]

    return stage


def some(stage: Stage, n: int, *names: str) -> list[int]:
    """Numbers of so many steps of these kinds (all without any), evenly among those that differ."""
    steps = stage.plain.steps
    numbers = [number for number in moments(steps) if not names or steps[number - 1].name in names]
    return numbers[:: max(1, len(numbers) // n)][-n:]


def wrong_after(stage: Stage, fault: str, numbers: list[int]) -> list[str]:
    swept = sweep(stage, fault, numbers, lambda _text: None)
    assert swept.tried == len(numbers) > 0
    return swept.wrong


@pytest.mark.slow
def test_t01_killed_at_any_step_nothing_is_lost(stages: Stages):
    assert wrong_after(stages("sync"), "kill", some(stages("sync"), 2, "rename", "sync", "unlink")) == []
    assert wrong_after(stages("sync"), "tear", some(stages("sync"), 1, "write")) == []


@pytest.mark.slow
def test_t01_killed_between_an_upload_and_its_document(stages: Stages):
    stage = stages("upload")
    kept = [n for n, step in enumerate(stage.plain.steps, 1) if step.path.startswith("uploads/")]
    assert wrong_after(stage, "kill", [kept[-1] + 1]) == []


@pytest.mark.slow
def test_t02_a_disk_that_fails_is_said_and_costs_nothing(stages: Stages):
    assert wrong_after(stages("sync"), "full", some(stages("sync"), 2, "create", "write", "sync")) == []
    assert wrong_after(stages("upload"), "error", some(stages("upload"), 1, "write", "sync", "rename")) == []


@pytest.mark.slow
def test_t03_what_no_sync_followed_may_be_lost(stages: Stages):
    stage = stages("upload")
    kept = next(n for n, step in enumerate(stage.plain.steps, 1) if step.name == "rename")
    assert wrong_after(stage, "power", [kept + 4]) == []
    assert wrong_after(stages("sync"), "power", some(stages("sync"), 1, "sync")) == []


@pytest.mark.slow
def test_t08_a_killed_backup_leaves_nothing_that_looks_like_one(stages: Stages):
    stage = stages("backup")
    named = [n for n, step in enumerate(stage.plain.steps, 1) if (step.name, step.path) == ("link", "all.backup")]
    assert len(named) == 1, "it gets its name when it is whole"
    assert wrong_after(stage, "kill", [*some(stage, 1, "link"), named[0]]) == []


@pytest.mark.slow
def test_t01_a_killed_add_is_taken_up_by_the_next_and_doubles_nothing(tmp_path: Path):
    damage = kill_workers(tmp_path / "home", tmp_path / "files", 2, lambda _text: None, is_adding=True)
    assert damage.is_none, damage
    assert (damage.kills, damage.documents) == (2, N_FILES)
    library = Library(Settings(home=tmp_path / "home"))
    library.catalogue.database.execute("UPDATE chunks SET text = (SELECT text FROM chunks WHERE id > 1 LIMIT 1)")
    assert doubled_passages(library) == library.catalogue.n_chunks() - 1 > 0, "the count sees them"


@pytest.mark.slow
def test_t15_soak(tmp_path: Path):
    soaked = soak(tmp_path, 0.1, lambda _text: None)
    assert soaked.wrong == []
    assert soaked.traffic.is_well
    assert soaked.added >= 30
    assert soaked.traffic.searches
    assert max(sample.generations for sample in soaked.samples) <= 3


def test_what_a_loss_of_power_takes(tmp_path: Path):
    for name in ("kept", "cut", "nameless"):
        (tmp_path / name).write_bytes(b"0123456789")
    steps = [
        Step("create", "kept"),
        Step("write", "kept", 0, 10),
        Step("sync", "kept"),
        Step("create", "cut"),
        Step("sync", "."),
        Step("write", "cut", 2, 3),
        Step("write", "cut", 8, 2),
        Step("rename", "nameless", former="draft"),
        Step("sync", "kept"),
    ]
    lose_unsynced(tmp_path, steps)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "kept": b"0123456789",
        "cut": b"01" + bytes(3) + b"567",
    }


def test_alike_steps_are_tried_at_their_ends_and_in_the_middle():
    steps = [Step("create", "a"), *[Step("write", "a")] * 9, Step("write", "gen-1.tmp/0123456789abcdef")]
    assert moments(steps) == [1, 2, 6, 10, 11]


def test_the_command_offers_all_of_them():
    assert (set(_DEEDS), set(_FAULTS)) == (set(DEEDS), set(FAULTS))
