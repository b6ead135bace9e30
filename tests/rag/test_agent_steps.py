"""Which questions are taken for more than one lookup, and how passages are numbered over several steps."""

from __future__ import annotations

import pytest

from rag.agent.deciding import needs_steps, parts_by_rules
from rag.agent.gathered import Gathered
from rag.agent.nouns import Calculation, Step
from tests.rag.hits import a_hit


@pytest.mark.parametrize(
    "question",
    [
        "What is the rent, and when is it due?",
        "Compare the rent in Berlin and Munich",
        "How does the notice period of the lease differ from that of the contract?",
        "Which is older, the lease or the contract?",
        "Who was born first, Ada Moor or Ben Lee?",
        "Is the lease longer than the contract?",
        "How much more does a room in June cost than one in May?",
        "How much does a stay cost for 3 nights?",
        "How much rent do Berlin and Munich pay together?",
        "What is the sum of the rent and the deposit?",
        "Wie viel kostet das für drei Monate?",
        "By how much did the revenue of Nordwind AG grow from 2022 to 2023?",
        "By what percentage has the rent risen since 2020?",
        "How much rent does the tenant pay in a year plus the deposit?",
        "How did the allowance for home office equipment change?",
        "Um wie viel ist der Umsatz gestiegen?",
    ],
)
def test_more_than_one_lookup(question: str):
    assert needs_steps(question)


@pytest.mark.parametrize(
    "question",
    [
        "When does the harbour open?",
        "How much is the rent?",
        "Who is the lighthouse keeper or his deputy?",
        "Why did the ball leap higher than before?",
        "Was the drought longer than 3 years?",
        "How many people live in Berlin and Brandenburg?",
        "Which rooms are free and can be booked?",
        "Summarise the lease",
        "List all deadlines",
        "Compare these documents",
        "What does the writer say he or she is?",
        "In total how many people came?",
        "How did the king change?",
        "How did the old man change his mind?",
        "How much did the tower cost?",
        "How much does a year at the school cost?",
        "",
        "a " * 500,
    ],
)
def test_one_lookup(question: str):
    assert not needs_steps(question)


def test_parts_by_rules():
    assert parts_by_rules("Compare the rent in Berlin and Munich") == ("rent Berlin", "rent Munich")
    assert parts_by_rules("What is the rent, and when is it due?")[1].startswith("When is it due?")
    assert parts_by_rules("Who came first, Ada or Ben?") == ()


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What is the difference between the revenue of Nordwind AG in 2022 and in 2023?",
            ("the revenue of Nordwind AG in 2022", "the revenue of Nordwind AG in 2023"),
        ),
        (
            "What is the difference between the revenue of Nordwind AG in 2022 and 2023?",
            ("the revenue of Nordwind AG in 2022", "the revenue of Nordwind AG in 2023"),
        ),
        (
            "How does the notice period of the lease differ from that of the contract?",
            ("the notice period of the lease", "the notice period of the contract"),
        ),
        ("Compare the rent in Berlin with that in Munich", ("rent Berlin", "rent in Munich")),
        (
            "What is the difference between the price for adults and for children?",
            ("the price for adults", "the price for children"),
        ),
        ("What is the difference between the lease and that of Bob?", ("the lease", "the lease of Bob")),
        ("What is the difference between salt and pepper?", ("salt", "pepper")),
        ("What is the difference between Form 1040 and the W-2 of 2023?", ("Form 1040", "the W-2 of 2023")),
        (
            "Which is heavier, oak or pine, and how much does each cost?",
            ("Which is heavier, oak or pine?", "How much does each cost? (heavier oak pine)"),
        ),
    ],
)
def test_a_part_has_the_words_that_it_shares_with_the_first(question: str, parts: tuple[str, ...]):
    assert parts_by_rules(question) == parts


def test_passages_are_numbered_once_and_fit():
    gathered = Gathered(4_000)
    hits = [a_hit(n, f"Passage {n}. " + "It says more. " * 50, score=1.0 - n / 10) for n in range(1, 9)]
    first, second = gathered.add(hits[:3]), gathered.add([hits[1], hits[4], hits[5]])
    assert (first.new, first.known) == ((1, 2, 3), ())
    assert second.known == (2,)
    assert second.new[0] == 4
    assert gathered.text(4).startswith("[4] Doc 5, page 1\nPassage 5.")
    gathered.add(hits)
    assert gathered.is_full
    assert gathered.add([a_hit(99, "Late.")]).new == ()
    assert sum(len(gathered.text(n)) for n in range(1, len(gathered.hits) + 1)) < 4_000 + 1_000
    scores = [hit.score for hit in gathered.hits]
    assert scores == sorted(scores, reverse=True)


def test_a_passage_longer_than_the_room_is_cut():
    gathered = Gathered(800)
    gathered.add([a_hit(n, "It says more. " * 500) for n in range(1, 5)])
    assert len(gathered.hits) >= 4 - 1
    assert all(len(gathered.text(n)) < 300 for n in range(1, len(gathered.hits) + 1))


def test_steps_are_told_on_one_line():
    assert str(Step("search", "rent", n=1)) == "Searched for “rent”: 1 new passage."
    assert str(Step("search", "rent\n\nof {asked}")) == "Searched for “rent of {asked}”: 0 new passages."
    assert str(Step("search", "rent", "lease.pdf", n=3)) == "Searched for “rent” in lease.pdf: 3 new passages."
    assert str(Step("open", "passage 2", n=2)) == "Read around passage 2: 2 new passages."
    assert str(Step("calculate", "1 + 1", calculation=Calculation("1 + 1", "2"))) == "Calculated 1 + 1: 2."
    assert str(Step("wrong", "fly", trouble="there is no such tool")) == "Made no step of “fly”: there is no such tool."
