"""The joint layers learn from a handful of questions, and a second run goes on where the first one ended."""

from pathlib import Path

import numpy as np
import pytest
import torch

from indexes.minilm import model_directory
from indexes.token_encoder import MiniLMTokens
from rag.types import Chunk
from tests.rag.hits import a_hit
from training.joint import train
from training.mining import Mined, Task, marks_of

NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Finn", "Greta", "Hugo")
PLACES = ("harbour", "mill", "school", "bakery", "museum", "tower", "farm", "station")


def some() -> Mined:
    """Who keeps which place: the place stands in the question, the name is the answer."""
    encoder = MiniLMTokens()
    chunks: dict[int, Chunk] = {}
    for number, (name, place) in enumerate(zip(NAMES, PLACES, strict=True)):
        chunks[number] = a_hit(number, f"The {place} is old. Its keeper, {name}, sweeps the {place} every day.").chunk
    states = dict(zip(chunks, encoder.encode([chunk.text for chunk in chunks.values()]), strict=True))
    asked = encoder.encode([f"Who keeps the {place}?" for place in PLACES])
    tasks = [
        Task(question, [number], [other for other in chunks if other != number], [NAMES[number]])
        for number, question in enumerate(asked)
    ] * 4
    return Mined("tiny", tasks, chunks, states)


@pytest.mark.slow
def test_it_learns_and_goes_on(tmp_path: Path):
    told: list[str] = []
    rarity = np.ones(MiniLMTokens().tokenizer.size(), dtype=np.float32)
    encoder = model_directory() / "model.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.joint._SHOWN", 1)
        patch.setattr("training.joint._WARM", 10)
        for _ in range(2):
            model = train([some()], rarity, encoder, tmp_path / "state", minutes=0.4, told=told.append)
    losses = [float(line.rsplit(", ", 1)[1]) for line in told if line.startswith("step")]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) / 2
    assert [line for line in told if line.startswith("taken up again after")]
    assert {of.dtype for of in model.weights().values()} == {np.dtype(np.float16)}
    assert not any(torch.isnan(of).any() for of in model.parameters())


def test_answers_are_marked_as_whole_words_behind_the_headings():
    text = "Rome\n\nCats live in Rome, and Romeo in Verona; rome again."
    [states] = MiniLMTokens().encode([text])
    pieces = [text[slice(*span)].lower() for span in states.offsets.tolist()]
    found = marks_of(text, 6, states.offsets, ["Rome.", ""])
    assert [pieces[first : last + 1] for first, last in found] == [["rome"], ["rome"]]
    assert all(first > 0 for first, _ in found)
    assert marks_of(text, 6, states.offsets, ["Paris"]) == []
