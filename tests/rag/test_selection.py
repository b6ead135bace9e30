from rag.selection import select
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
