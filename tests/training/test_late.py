"""The lower layers learn which passage a question meets, and what ships runs as PyTorch has learned it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from indexes.late_weights import read_weights
from indexes.minilm import model_directory
from indexes.token_encoder import MiniLMTokens
from tests.training.some import TOKENIZER, few_steps, some
from training.late import LateModel, _Batches, _losses, _met, _Texts, train

ENCODER = model_directory() / "model.safetensors"
RARITY = read_weights().rarity


@pytest.mark.slow
def test_it_learns_and_goes_on(tmp_path: Path):
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        few_steps(patch)
        for _ in range(2):
            limits = {"minutes": 0.2, "n_threads": 1}
            model = train([some()], ENCODER, tmp_path / "state", TOKENIZER, RARITY, **limits, told=told.append)
    losses = [float(line.split(": ")[1].split(", ")[0]) for line in told if line.startswith("step")]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) / 2
    assert [line for line in told if line.startswith("taken up again after")]
    assert not any(torch.isnan(of).any() for of in model.parameters())
    assert {of.dtype for of in model.weights().values()} == {np.dtype(np.float16)}


def test_a_window_of_another_question_on_the_same_passage_is_not_wrong():
    batch = _Batches([some()], TOKENIZER).batch(0)
    per_question = len(batch.windows.ids) // len(batch.questions.ids)
    windows = batch.windows.ids.tolist()
    for row in range(len(batch.questions.ids)):
        right = row * per_question
        alike = [other for other, of in enumerate(windows) if of == windows[right] and other // per_question != row]
        assert np.flatnonzero(batch.others[row]).tolist() == alike
    assert batch.others.any()


def test_a_window_that_holds_the_answer_is_the_first_of_each_question():
    of = some()
    batch = _Batches([of], TOKENIZER).batch(1)
    per_question = len(batch.windows.ids) // len(batch.questions.ids)
    by_question = {tuple(task.question.tolist()): set(of.pieces[task.good[0]][0].tolist()) for task in of.tasks}
    for row, window in enumerate(batch.windows.ids[::per_question]):
        asked = batch.questions.ids[row][batch.questions.real()[row] > 0].tolist()
        shown = window[batch.windows.real()[row * per_question] > 0].tolist()
        assert set(shown) <= by_question[tuple(asked)]


def test_questions_without_a_passage_that_answers_teach_nothing():
    of = some()
    tasks = [replace(of.tasks[0], good=()), *of.tasks[1:]]
    assert len(_Batches([replace(of, tasks=tasks)], TOKENIZER)._tasks) == len(of.tasks) - 1


def test_padding_and_special_pieces_count_for_nothing():
    texts = _Texts.of([np.array([7, 8, 9], dtype=np.int32), np.array([5], dtype=np.int32)], (101, 102))
    assert texts.real()[:, :5].tolist() == [[0, 1, 1, 1, 0], [0, 1, 0, 0, 0]]
    assert not texts.real()[:, 5:].any()
    torch.manual_seed(5)
    model = LateModel(ENCODER).eval()
    batch = _Batches([some()], TOKENIZER).batch(0)
    pad = torch.nn.functional.pad
    longer = replace(batch.windows, ids=pad(batch.windows.ids, (0, 5)), mask=pad(batch.windows.mask, (0, 5)))
    found = [_losses(model, torch.from_numpy(RARITY), replace(batch, windows=of)) for of in (batch.windows, longer)]
    np.testing.assert_allclose(*[[loss.item() for loss in of] for of in found], atol=0.02)


def test_what_is_not_real_meets_nothing():
    """Every piece of this question is met by 0 where the window is padded, and by less than that where it is not."""
    asked, read = torch.zeros(1, 2, 384), torch.zeros(1, 3, 384)
    asked[..., 0], read[0, 0, 0], read[0, 1, 0] = 1, -0.5, -0.25
    met = _met(asked, read, torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0, 1.0, 0.0]]))
    assert met.item() == pytest.approx(-0.25, abs=0.01)


def test_trained_weights_run_as_they_were_learned(tmp_path: Path):
    """Weights far from the bundled ones, so that those would not do."""
    torch.manual_seed(5)
    model = LateModel(ENCODER).eval()
    for name, of in model.named_parameters():
        if "wide.weight" in name:
            of.data += 0.02 * torch.randn_like(of)
    path = tmp_path / "late.safetensors"
    save_file(model.weights(), path)
    text = "The harbour of Ostend was enlarged twice in the nineteenth century, and ships load coal there."
    [found], [bundled] = MiniLMTokens(path).encode([text]), MiniLMTokens().encode([text])
    with torch.no_grad():
        lower, upper = model(_Texts.of([found.ids], TOKENIZER.around()))
    for rows, wanted, other in ((found.lower, lower, bundled.lower), (found.upper, upper, bundled.upper)):
        assert float((rows * wanted[0, 1 : 1 + len(rows)].numpy()).sum(axis=1).min()) > 0.99
        assert float((rows * other).sum(axis=1).mean()) < 0.99
