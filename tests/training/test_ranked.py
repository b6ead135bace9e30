"""Hits as late interaction ranks them, for mining."""

from indexes.late_weights import FOLDER
from tests.rag.hits import a_hit
from training.ranked import by_interaction

TEXTS = (
    "The ferry to the island leaves the harbour at nine.",
    "The mill was built of oak and stone.",
    "A honey bee visits about fifty flowers on one flight.",
)


def test_what_meets_the_question_best_comes_first():
    hits = [a_hit(number, text) for number, text in enumerate(TEXTS)]
    ranked = by_interaction(FOLDER, 10)
    for question, best in (("How many flowers does a bee visit?", 2), ("What was the mill built of?", 1)):
        found = ranked(question, hits)
        assert found[0] is hits[best]
        assert sorted(hit.chunk.id for hit in found) == [0, 1, 2]
    assert ranked("What was the mill built of?", []) == []
