"""A few questions to learn from."""

import numpy as np
import pytest

from indexes.minilm import model_directory
from indexes.word_pieces import WordPieces
from rag.types import Chunk
from tests.rag.hits import a_hit
from training.mining import Mined, Task

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


class _Steps:
    """A clock that is looked at twice a step, so that a run is as many steps on every machine."""

    def __init__(self) -> None:
        self._looks = 0

    def monotonic(self) -> float:
        self._looks += 1
        return self._looks / 2


def few_steps(patch: pytest.MonkeyPatch) -> None:
    """A run of 0.2 minutes is 12 steps, all of them told."""
    patch.setattr("training.loop._SHOWN", 1)
    patch.setattr("training.loop._WARM", 10)
    patch.setattr("training.loop.time", _Steps())
