"""A run ends when what it keeps apart becomes no better, and what is kept apart teaches nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tests.training.some import TOKENIZER, few_steps, some
from training import joint, late
from training.loop import Group, Run, trained
from training.windows import n_steps_apart, parted

BATCH = torch.ones(2, 1)


def train(state: Path, patience: int, worth: float, minutes: float = 1.0) -> tuple[list[str], nn.Module]:
    """A model of one weight for 60 steps at most, checked after each fifth; what is kept apart wants `worth` of it."""
    told: list[str] = []
    torch.manual_seed(7)
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)

    def losses(batch: tuple[Tensor, float]) -> Sequence[Tensor]:
        return [(model(batch[0]) - batch[1]).square().mean()]

    run = Run(state, {}, "one", minutes=minutes, n_threads=1, told=told.append, patience=patience)
    with pytest.MonkeyPatch.context() as patch:
        few_steps(patch)
        patch.setattr("training.loop._CHECKED", 5)
        groups = [Group([*model.parameters()], 0.01, decay=0)]
        trained(model, groups, lambda _: (BATCH, 3.0), losses, run, apart=[(BATCH, worth)] * bool(worth))
    return told, model


def steps(state: Path) -> int:
    return int(load_file(state)["n_steps"])


@pytest.mark.parametrize(
    ("patience", "worth", "n"),
    [
        (2, -3.0, 15),  # the first check is the best one
        (1, -3.0, 10),
        (0, -3.0, 60),
        (2, 3.0, 60),
        (2, 0.0, 60),
    ],
)
def test_it_ends_after_so_many_checks_that_are_no_better(patience: int, worth: float, n: int, tmp_path: Path):
    told, _ = train(tmp_path / "state", patience, worth)
    assert steps(tmp_path / "state") == n
    assert len([line for line in told if "on what is kept apart" in line]) == (n // 5 if worth else 0)
    assert [line for line in told if line.endswith("it ends")] == [
        f"no better for {patience} check{'s' * (patience > 1)}: it ends"
    ] * (n < 60)


def test_the_run_after_it_has_as_much_patience_again(tmp_path: Path):
    for n in (15, 30):
        train(tmp_path / "state", 2, -3.0)
        assert steps(tmp_path / "state") == n


def test_what_is_learned_is_the_same_with_checks_and_without(tmp_path: Path):
    _, without = train(tmp_path / "one", 0, 0.0)
    _, checked = train(tmp_path / "other", 0, 3.0)
    assert torch.equal(without.weight, checked.weight)
    kept, other = load_file(tmp_path / "one"), load_file(tmp_path / "other")
    assert all(torch.equal(kept[name], other[name]) for name in kept)


def test_one_question_of_64_is_kept_apart_wherever_it_stands():
    of = some()
    tasks = [(of, replace(of.tasks[0], question=np.array([n // 2], dtype=np.int32))) for n in range(8_000)]
    teaching, apart = parted(tasks)
    assert len(teaching) + len(apart) == len(tasks)
    assert 80 < len(apart) < 170
    asked = [{int(task.question[0]) for _, task in side} for side in (teaching, apart)]
    assert not asked[0] & asked[1]
    assert parted(tasks[::-1])[1] == apart[::-1]


@pytest.mark.parametrize(("n", "wanted"), [(0, 0), (1, 1), (15, 1), (16, 1), (40, 2), (128, 8), (5_000, 8)])
def test_no_more_than_128_are_looked_at(n: int, wanted: int):
    of = some()
    assert n_steps_apart([(of, of.tasks[0])] * n, 16) == wanted


@pytest.mark.parametrize("module", [joint, late])
def test_the_batches_kept_apart_are_the_same_in_every_run(module: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("training.windows._APART", 2)
    first, again = (module._Batches([some()], TOKENIZER) for _ in range(2))  # type: ignore[attr-defined]  # noqa: SLF001
    assert 0 < len(first._apart) < len(some().tasks)  # noqa: SLF001
    one, other = first.apart(), again.apart()
    assert len(one) == len(other) > 0
    for mine, theirs in zip(one, other, strict=True):
        texts = [getattr(batch, "inputs", None) or (batch.questions.ids, batch.windows.ids) for batch in (mine, theirs)]
        assert all(torch.equal(*pair) for pair in zip(*texts, strict=True))
