from __future__ import annotations

from ingest.probing import made_questions
from rag.types import Chunk

SENTENCES = ("The harbour master opens the gate at six.", "Boats that draw much water leave with the tide.")


def chunk(number: int, text: str, heading: str = "", title: str = "") -> Chunk:
    return Chunk(number, 1, number, 0, len(text), text, heading, "", None, None, "a.md", title, "default")


def test_a_sentence_is_asked_for_and_its_passage_loses_its_words():
    made = made_questions([chunk(n, " ".join(SENTENCES)) for n in range(60)], 30)
    assert len(made) == 30
    kept = set()
    for one in made:
        (passage,) = one.passages
        assert one.text in SENTENCES
        other = SENTENCES[1 - SENTENCES.index(one.text)]
        assert other in passage.text
        rest = passage.text.replace(other, "").split()
        assert set(rest) <= set(one.text.split())
        kept.add(round(len(rest) / len(one.text.split()), 1))
    assert min(kept) == 0
    assert 0.4 <= max(kept) <= 0.6


def test_a_heading_is_asked_for_and_taken_out_of_its_passages():
    below = [
        chunk(n, f"Opening hours of the harbour\n\n{SENTENCES[0]}", "Town > Opening hours of the harbour")
        for n in (1, 2)
    ]
    (one,) = [one for one in made_questions(below, 4) if len(one.passages) == 2]
    assert one.text == "Opening hours of the harbour"
    assert {(passage.heading, passage.text) for passage in one.passages} == {("Town", SENTENCES[0])}


def test_nothing_is_asked_that_would_leave_nothing():
    alone = chunk(1, SENTENCES[0])
    general = [chunk(n, "Yes. No.", "Related work") for n in range(2, 5)]
    assert made_questions([alone, *general], 10) == []


def test_no_passage_is_in_two_questions_and_they_repeat():
    chunks = [chunk(n, " ".join(SENTENCES), f"Heading number {n // 2}") for n in range(100)]
    made = made_questions(chunks, 40)
    used = [passage.id for one in made for passage in one.passages]
    assert len(used) == len(set(used))
    assert made == made_questions(chunks, 40)


def test_words_without_blanks_between_them_are_taken_out_as_well():
    text = "港长每天早上六点打开大门让船只进入港口。吃水深的船只随着潮水离开港口前往大海。"
    made = made_questions([chunk(n, text) for n in range(9)], 9)
    assert made
    assert all(one.text not in one.passages[0].text for one in made)
