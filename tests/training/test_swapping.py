"""A question keeps its window that answers, and gets one of another name or code beside it."""

import random

import numpy as np

from indexes.minilm import model_directory
from indexes.word_pieces import WordPieces
from rag.pieces import PieceIds
from tests.rag.hits import a_hit
from training.mining import Mined, marks_of
from training.swapping import Swapper, Window

TOKENIZER = WordPieces(model_directory() / "tokenizer.json")
NAMES = [
    f"{first}{last}" for first in ("Quorn", "Wolfs", "Ant", "Trom") for last in ("don", "burg", "werp", "mandu")
] * 4
NAMES = [f"{name}{n // 16 or ''}" for n, name in enumerate(NAMES)]
TEXTS = [f"The mayor of {name} was born in {1800 + 7 * n}, and {name} is proud of it." for n, name in enumerate(NAMES)]


def pieces(text: str) -> PieceIds:
    [(ids, _)] = TOKENIZER.pieces([text])
    return np.array(ids, dtype=np.int32)


def shown(ids: PieceIds) -> str:
    tokens = TOKENIZER.tokens()
    return " ".join(tokens[number] for number in ids.tolist()).replace(" ##", "")


def of_set() -> Mined:
    chunks = {number: a_hit(number, text).chunk for number, text in enumerate(TEXTS)}
    found = TOKENIZER.pieces([chunk.text for chunk in chunks.values()])
    kept = {number: (np.array(ids, dtype=np.int32), spans) for number, (ids, spans) in zip(chunks, found, strict=True)}
    return Mined("towns", [], chunks, kept)


def window_of(answer: str) -> Window:
    [(ids, offsets)] = TOKENIZER.pieces([TEXTS[0]])
    return Window(np.array(ids, dtype=np.int32), marks_of(TEXTS[0], 0, offsets, [answer]))


def test_only_the_name_differs_and_the_answer_stays_marked():
    of = of_set()
    swapper, right = Swapper(TOKENIZER, [of]), window_of("1800")
    question = pieces("When was the mayor of Quorndon born?")
    seen = set()
    for seed in range(40):
        swap = swapper.swap(of, question, right, random.Random(seed))
        assert swap
        [(first, last)] = swap.right.marks
        assert shown(swap.right.ids[first : last + 1]) == "1800"
        asked, good, wrong = shown(swap.question), shown(swap.right.ids), shown(swap.wrong)
        name = good.removeprefix("the mayor of ").split(" was born")[0]
        other = wrong.removeprefix("the mayor of ").split(" was born")[0]
        assert name != other
        assert asked == f"when was the mayor of {name} born ?"
        assert good == f"the mayor of {name} was born in 1800 , and {name} is proud of it ."
        assert wrong == good.replace(name, other)
        seen.add(name == "quorndon")
        assert name != "quorndon" or other in {town.lower() for town in NAMES} or other.isdigit()
    assert seen == {True, False}, "names and codes"


def test_nothing_is_swapped_that_answers_or_that_stands_everywhere():
    of, chance = of_set(), random.Random(1)
    swapper = Swapper(TOKENIZER, [of])
    assert swapper.swap(of, pieces("Is it Quorndon?"), window_of("Quorndon"), chance) is None
    assert swapper.swap(of, pieces("Who is proud of the mayor?"), window_of("1800"), chance) is None
