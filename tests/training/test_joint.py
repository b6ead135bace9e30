"""The joint layers learn from a handful of questions, and a second run goes on where the first one ended."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from indexes.minilm import model_directory
from tests.training.some import NAMES, TOKENIZER, few_steps, some
from training.joint import _Batch, _Batches, _losses, _span_loss, train
from training.joint_model import JointModel
from training.mining import made_tasks, marks_of, mined_cases


@pytest.mark.slow
def test_it_learns_and_goes_on(tmp_path: Path):
    told: list[str] = []
    encoder = model_directory() / "model.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        few_steps(patch)
        for _ in range(2):
            model = train([some()], encoder, tmp_path / "state", TOKENIZER, minutes=0.2, n_threads=1, told=told.append)
    losses = [float(line.rsplit(", ", 1)[1]) for line in told if line.startswith("step")]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) / 2
    assert [line for line in told if line.startswith("taken up again after")]
    assert {of.dtype for of in model.weights().values()} == {np.dtype(np.float16)}
    assert not any(torch.isnan(of).any() for of in model.parameters())
    kept = load_file(tmp_path / "state")
    name = "layers.5.wide.weight"
    assert torch.equal(model.get_parameter(name), kept[f"average.{name}"])
    assert not torch.equal(kept[f"average.{name}"], kept[f"model.{name}"])


def test_a_step_has_the_same_batch_whenever_it_is_asked_for():
    batches = _Batches([some()], TOKENIZER)
    first, again, other = batches.batch(3), batches.batch(3), batches.batch(4)
    assert first.marks == again.marks
    assert torch.equal(first.inputs[0], again.inputs[0])
    assert first.inputs[0].shape != other.inputs[0].shape or not torch.equal(first.inputs[0], other.inputs[0])


def test_one_window_of_a_pair_holds_the_answer_whole_and_the_other_does_not():
    batch = _Batches([some()], TOKENIZER).batch(0)
    ids = batch.inputs[0].numpy()
    names = {
        ids[2 * pair, first : last + 1].tobytes() for pair, marks in enumerate(batch.marks) for first, last in marks
    }
    known = {np.array(of, dtype=np.int32).tobytes() for of, _ in TOKENIZER.pieces(NAMES)}
    assert names <= known
    assert all(batch.marks)
    assert batch.answers.tolist() == [1] * len(batch.marks)


def test_a_question_that_nothing_answers_has_two_windows_that_do_not():
    of = some()
    unanswered = [replace(task, good=()) for task in of.tasks]
    batch = _Batches([replace(of, tasks=unanswered)], TOKENIZER).batch(0)
    assert batch.answers.tolist() == [0] * len(batch.marks)
    assert not any(batch.marks)
    losses = [of.item() for of in _losses(JointModel(model_directory() / "model.safetensors"), batch)]
    assert losses[::2] == [0, 0]
    assert losses[1] > 0


def test_a_likely_span_of_the_window_that_does_not_answer_costs_as_one_of_the_other_does():
    """Both windows have six pieces, of which the last four are the passage's; the answer is the third of the first."""
    of_passage = torch.tensor([[0.0, 0, 1, 1, 1, 1]] * 2)
    batch = _Batch([torch.zeros(2, 6), of_passage, torch.ones(2, 6)], torch.ones(1), [[(3, 3)]])

    def loss(row: int, place: int) -> float:
        spans = torch.zeros(2, 6, 2)
        spans[row, place] = 3
        return float(_span_loss(spans, batch))

    assert loss(0, 3) < loss(0, 0) == loss(1, 0) == pytest.approx(np.log(8))
    assert loss(0, 4) == loss(1, 4) > loss(1, 0)


def cases(path: Path, questions: Sequence[str], context: str) -> Path:
    found = [{"query": one, "contexts": [context.format(one), f"More of {one}"]} for one in questions]
    path.write_text(json.dumps({"cases": found}), "utf-8")
    return path


def test_cases_teach_which_contexts_answer_and_that_others_do_not(tmp_path: Path):
    answered = cases(tmp_path / "a.json", [f"What is item {n}?" for n in range(40)], "{} It is this.")
    unanswered = cases(tmp_path / "b.json", [f"Where is item {n}?" for n in range(40)], "Nothing on {}")
    of = mined_cases(answered, unanswered, TOKENIZER)
    assert 0 < len({task.question.tobytes() for task in of.tasks}) < 80
    for task in of.tasks:
        own = [of.chunks[number].text for number in task.good or task.bad]
        assert len(own) == 2
        assert ("It is this." in own[0]) == bool(task.good)
        assert ("Nothing on" in own[0]) == (not task.good)
        assert not set(task.good) & set(task.bad)
        assert len(task.bad) == (8 if task.good else 2)


def test_each_passage_that_answers_gets_a_made_question_beside_near_ones_without_its_answer():
    of = some()
    made = made_tasks(of.tasks, of.chunks, TOKENIZER)
    assert sorted(task.good[0] for task in made) == sorted(of.chunks)
    for task in made:
        [good], [answer] = task.good, task.answers
        assert answer == NAMES[good]
        assert set(task.bad) == set(of.chunks) - {good}
        assert len(of.marks(good, task.answers)) == 1
    assert made_tasks(of.tasks, of.chunks, TOKENIZER, 0) == []


def test_answers_are_marked_as_whole_words_behind_the_headings():
    text = "Rome\n\nCats live in Rome, and Romeo in Verona; rome again."
    [(_, offsets)] = TOKENIZER.pieces([text])
    pieces = [text[slice(*span)].lower() for span in offsets.tolist()]
    found = marks_of(text, 6, offsets, ["Rome.", ""])
    assert [pieces[first : last + 1] for first, last in found] == [["rome"], ["rome"]]
    assert all(first > 0 for first, _ in found)
    assert marks_of(text, 6, offsets, ["Paris"]) == []
