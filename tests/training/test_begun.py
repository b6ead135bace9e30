"""A state of training tells what it was begun with, and a run with something else does not take it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from rag.errors import FootnoteError
from tests.training.some import few_steps
from training.begun import begun, check_begun, facts_of
from training.cli import main
from training.loop import Group, Run, trained

ONE, OTHER = {"encoder": "a" * 64, "start": "none"}, {"encoder": "a" * 64, "start": "b" * 64}


def run(state: Path, of: Mapping[str, str] = ONE, sets: str = "one") -> tuple[Run, list[str]]:
    told: list[str] = []
    return Run(state, of, sets, minutes=0.1, n_threads=1, told=told.append), told


def train(of: Run) -> nn.Module:
    """Six steps of a model of one weight."""
    torch.manual_seed(7)
    model = nn.Linear(1, 1)

    def losses(batch: Tensor) -> Sequence[Tensor]:
        return [(model(batch) - 3).square().mean()]

    with pytest.MonkeyPatch.context() as patch:
        few_steps(patch)
        trained(model, [Group([*model.parameters()], 0.1)], lambda step: torch.ones(2, 1) * (step % 3), losses, of)
    return model


def test_a_run_with_the_same_goes_on(tmp_path: Path):
    for n in (0, 6):
        going, told = run(tmp_path / "state")
        train(going)
        assert [line for line in told if line.startswith("taken up")] == [f"taken up again after {n} steps"] * (n > 0)
        assert not [line for line in told if "before" in line]
    assert int(load_file(tmp_path / "state")["n_steps"]) == 12
    assert facts_of(tmp_path / "state") == {**ONE, "sets": "one"}


def test_a_run_with_another_start_says_what_it_was_begun_with_and_changes_nothing(tmp_path: Path):
    train(run(tmp_path / "state")[0])
    before = (tmp_path / "state").read_bytes()
    with pytest.raises(FootnoteError, match=r"begun with no --start, not with the --start .*bbbb\.\.\..* --anew"):
        train(run(tmp_path / "state", OTHER)[0])
    assert (tmp_path / "state").read_bytes() == before
    anew, told = run(tmp_path / "state", OTHER)
    train(replace(anew, is_anew=True))
    assert not [line for line in told if line.startswith("taken up")]
    assert facts_of(tmp_path / "state")["start"] == "b" * 64
    assert int(load_file(tmp_path / "state")["n_steps"]) == 6


def test_other_sets_are_told(tmp_path: Path):
    train(run(tmp_path / "state")[0])
    going, told = run(tmp_path / "state", sets="one, two")
    train(going)
    assert "it learns from one, two now; before it did from one" in told
    assert facts_of(tmp_path / "state")["sets"] == "one, two"


def test_a_state_that_tells_nothing_is_taken_up_and_is_not_said_to_be_begun_with_what_goes_on(tmp_path: Path):
    train(run(tmp_path / "state")[0])
    save_file(load_file(tmp_path / "state"), tmp_path / "state")
    going, told = run(tmp_path / "state", OTHER)
    train(going)
    assert told[0] == "taken up again after 6 steps"
    assert facts_of(tmp_path / "state") == {"sets": "one"}
    check_begun(tmp_path / "state", ONE)


def test_nothing_is_checked_where_there_is_no_state(tmp_path: Path):
    check_begun(tmp_path / "none", ONE)


def test_files_are_told_apart_by_what_is_in_them(tmp_path: Path):
    for name in ("encoder", "start", "again"):
        (tmp_path / name).write_text(name.replace("again", "start"), "utf-8")
    of = begun(tmp_path / "encoder", tmp_path / "start")
    assert of == begun(tmp_path / "encoder", tmp_path / "again") != begun(tmp_path / "encoder")
    with pytest.raises(FootnoteError, match="cannot be read"):
        begun(tmp_path / "encoder", tmp_path / "none")


def test_what_cannot_be_kept_of_is_refused_before_anything_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["joint", str(tmp_path / "set"), "--kept", "0.3"]) == 2
    assert "--kept tells how much of --start stays" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["joint", "late"])
def test_another_state_is_refused_before_the_sets_are_looked_at(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / command).mkdir()
    save_file({"n_steps": torch.tensor(1)}, tmp_path / command / "state.safetensors", {"encoder": "c" * 64})
    assert main([command, str(tmp_path / "set"), "--cache", str(tmp_path)]) == 2
    assert "was begun with the encoder of SHA-256 cccccccccccccccc..." in capsys.readouterr().err
    assert main([command, str(tmp_path / "set"), "--cache", str(tmp_path), "--anew"]) == 2
    assert "was begun" not in capsys.readouterr().err
