import numpy as np
import pytest

from rag.selection import diverse, select
from rag.types import Hit
from tests.rag.hits import a_hit

TEXT = "The harbour of the old town opens at six in the morning and closes at ten in the evening every day"


def numbers(hits: list[Hit]) -> list[int]:
    return [hit.chunk.id for hit in hits]


def test_a_passage_that_stands_twice_is_shown_once():
    hits = [a_hit(1, TEXT), a_hit(2, TEXT.upper() + "!"), a_hit(3, "Something else entirely, about boats.")]
    assert numbers(select(hits, 5)) == [1, 3]


def test_passages_of_fewer_words_than_a_run_are_compared_whole():
    hits = [a_hit(1, "six boats"), a_hit(2, "Six, boats!"), a_hit(3, "six old boats"), a_hit(4, ""), a_hit(5, "?")]
    assert numbers(select(hits, 5)) == [1, 3, 4]


def test_a_part_of_a_passage_is_not_a_duplicate():
    assert numbers(select([a_hit(1, TEXT), a_hit(2, TEXT[:40])], 5)) == [1, 2]


def test_at_most_so_many_of_one_document():
    hits = [a_hit(n, f"passage number {n} about {'abc'[n % 3]}", document=n // 4) for n in range(8)]
    assert numbers(select(hits, 8, per_document=2)) == [0, 1, 4, 5]
    assert len(select(hits, 3)) == 3
    assert select([], 3) == []


@pytest.mark.parametrize(
    ("weight", "order"),
    [
        (1.0, [1, 2, 3]),
        (0.5, [1, 3, 2]),  # .8 - 1 is less than .4 - 0
        (0.7, [1, 3, 2]),  # .56 - .3 and .28 - 0
        (0.8, [1, 2, 3]),  # .64 - .2 and .32 - 0
        (0.0, [1, 3, 2]),
    ],
)
def test_the_next_is_the_best_that_is_least_like_one_before(weight: float, order: list[int]):
    hits = [a_hit(1, "a", score=1.0), a_hit(2, "b", score=0.8), a_hit(3, "c", score=0.4)]
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert numbers(diverse(hits, vectors, weight)) == order


def test_the_nearest_one_before_counts_and_not_the_last():
    hits = [a_hit(n, str(n), score=score) for n, score in enumerate([1.0, 0.9, 0.8, 0.75])]
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0.6, 0.8]], dtype=np.float32)
    assert numbers(diverse(hits, vectors, 0.5)) == [0, 1, 3, 2], "halves of .8 - 1 and of .75 - .8"
    assert diverse([], np.zeros((0, 2), dtype=np.float32), 0.5) == []
