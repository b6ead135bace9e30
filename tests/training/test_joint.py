"""The joint layers learn from a handful of questions, and a second run goes on where the first one ended."""

from pathlib import Path

import numpy as np
import pytest
import torch

from indexes.minilm import model_directory
from indexes.word_pieces import WordPieces
from rag.types import Chunk
from tests.rag.hits import a_hit
from training.joint import _Batches, train
from training.mining import Mined, Task, made_tasks, marks_of

TOKENIZER = WordPieces(model_directory() / "tokenizer.json")
NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Finn", "Greta", "Hugo")
PLACES = ("harbour", "mill", "school", "bakery", "museum", "tower", "farm", "station")


def some() -> Mined:
    """Who keeps which place: the place stands in the question, the name is the answer."""
    chunks: dict[int, Chunk] = {}
    for number, (name, place) in enumerate(zip(NAMES, PLACES, strict=True)):
        chunks[number] = a_hit(number, f"The {place} is old. Its keeper, {name}, sweeps the {place} every day.").chunk
    found = TOKENIZER.pieces([chunk.text for chunk in chunks.values()])
    pieces = {
        number: (np.array(ids, dtype=np.int32), spans) for number, (ids, spans) in zip(chunks, found, strict=True)
    }
    asked = [np.array(ids, dtype=np.int32) for ids, _ in TOKENIZER.pieces([f"Who keeps the {of}?" for of in PLACES])]
    tasks = [
        Task(question, [number], [other for other in chunks if other != number], [NAMES[number]])
        for number, question in enumerate(asked)
    ] * 4
    return Mined("tiny", tasks, chunks, pieces)


@pytest.mark.slow
def test_it_learns_and_goes_on(tmp_path: Path):
    told: list[str] = []
    encoder = model_directory() / "model.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.joint._SHOWN", 1)
        patch.setattr("training.joint._WARM", 10)
        for _ in range(2):
            model = train([some()], encoder, tmp_path / "state", TOKENIZER, minutes=0.3, n_threads=1, told=told.append)
    losses = [float(line.rsplit(", ", 1)[1]) for line in told if line.startswith("step")]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) / 2
    assert [line for line in told if line.startswith("taken up again after")]
    assert {of.dtype for of in model.weights().values()} == {np.dtype(np.float16)}
    assert not any(torch.isnan(of).any() for of in model.parameters())


def test_a_step_has_the_same_batch_whenever_it_is_asked_for():
    batches = _Batches([some()], TOKENIZER)
    first, again, other = batches.batch(3), batches.batch(3), batches.batch(4)
    assert first.marks == again.marks
    assert torch.equal(first.inputs[0], again.inputs[0])
    assert first.inputs[0].shape != other.inputs[0].shape or not torch.equal(first.inputs[0], other.inputs[0])


def test_one_window_of_a_pair_holds_the_answer_whole_and_the_other_does_not():
    batch = _Batches([some()], TOKENIZER).batch(0)
    ids = batch.inputs[0].numpy()
    names = {ids[row, first : last + 1].tobytes() for row, marks in enumerate(batch.marks) for first, last in marks}
    known = {np.array(of, dtype=np.int32).tobytes() for of, _ in TOKENIZER.pieces(NAMES)}
    assert names <= known
    assert all(batch.marks[::2])
    assert not any(batch.marks[1::2])


def test_each_passage_that_answers_gets_a_made_question_beside_near_ones_without_its_answer():
    of = some()
    made = made_tasks(of.tasks, of.chunks, TOKENIZER)
    assert sorted(task.good[0] for task in made) == sorted(of.chunks)
    for task in made:
        [good], [answer] = task.good, task.answers
        assert answer == NAMES[good]
        assert set(task.bad) == set(of.chunks) - {good}
        assert len(of.marks(good, task.answers)) == 1


def test_answers_are_marked_as_whole_words_behind_the_headings():
    text = "Rome\n\nCats live in Rome, and Romeo in Verona; rome again."
    [(_, offsets)] = TOKENIZER.pieces([text])
    pieces = [text[slice(*span)].lower() for span in offsets.tolist()]
    found = marks_of(text, 6, offsets, ["Rome.", ""])
    assert [pieces[first : last + 1] for first, last in found] == [["rome"], ["rome"]]
    assert all(first > 0 for first, _ in found)
    assert marks_of(text, 6, offsets, ["Paris"]) == []
