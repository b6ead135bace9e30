"""Names at the beginning of a document are read with each of its passages: there people say what it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indexes.late_weights import late_reader
from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.embedding_text import opening, read_text_of, text_of
from rag.settings import Settings
from tests.rag.hits import a_hit

LETTER = "Discharge letter for Eileen Harcastle, ward 7, St Brannoc's Hospital."
DRUGS = "At home please take:\n\n- Doxycycline 100 mg, once a day until 14 March\n- Amlodipine 5 mg, every morning"


def test_the_chance_counts_names_that_stand_at_the_beginning_alone():
    hit = a_hit(1, DRUGS, start=900)
    begun = replace(hit, chunk=replace(hit.chunk, opening=LETTER))
    question = "What dose of amlodipine is Eileen Harcastle on?"
    alone, known = (late_reader().read(question, [one]) for one in (hit, begun))
    assert alone.answerability < 0.3 < known.answerability
    assert DRUGS[known.spans[0].start - 900 : known.spans[0].end - 900] == "- Amlodipine 5 mg, every morning"


def test_the_beginning_is_never_quoted():
    hit = a_hit(1, DRUGS, start=900)
    begun = replace(hit, chunk=replace(hit.chunk, opening=LETTER))
    reading = late_reader().read("Whose discharge letter is it?", [begun])
    assert all(900 <= span.start < span.end <= 900 + len(DRUGS) for span in reading.spans)


@pytest.mark.parametrize(
    ("question", "above"),
    [
        ("What dose of amlodipine is Eileen Harcastle on?", "Eileen Harcastle"),
        ("what dose of amlodipine is eileen on", "Eileen"),
        ("What does ward 7 prescribe?", "7"),
        ("What doxycycline is taken until March?", ""),
    ],
)
def test_names_and_numbers_of_the_beginning_are_read_that_the_question_has(question: str, above: str):
    chunk = replace(a_hit(1, DRUGS, start=900).chunk, opening=LETTER)
    assert read_text_of(chunk, question) == "\n".join(filter(None, [above, text_of(chunk)]))


def test_what_the_beginning_says_is_no_answer_of_a_later_passage():
    begins = "MiniLM-L6 maps sentences to a vector space of 384 dimensions."
    code = "tokens = MiniLM.encode(sentences)\nvectors = pool(tokens)\nprint(vectors)"
    first, later = a_hit(1, begins, document=1), a_hit(2, code, document=1, start=900)
    later = replace(later, chunk=replace(later.chunk, opening=begins))
    reading = late_reader().read("How many dimensions does the vector space of MiniLM have?", [later, first])
    assert reading.spans[0].hit == 1


def test_the_first_words_are_on_one_line():
    assert opening("# Notes\n\nFor the *harbour*.") == "Notes For the *harbour*."
    long = opening("harbour " * 100)
    assert len(long) <= 400
    assert set(long.split()) == {"harbour"}
    assert opening("") == ""


def test_every_passage_but_the_first_comes_with_it(tmp_path: Path):
    path = tmp_path / "log.txt"
    path.write_text("Log of the cutter Petrel.\n\n" + "\n\n".join(f"On day {n} the wind blew. " * 30 for n in range(9)))
    library = Library(Settings(home=tmp_path / "home"))
    assert [one.state for one in Pipeline(library, "default").add([File(path, "log.txt")])] == ["ready"]
    first, *others = library.catalogue.chunks_of(library.catalogue.documents()[0].id)
    assert others
    assert first.opening == ""
    assert all(one.opening.startswith("Log of the cutter Petrel.") for one in others)
    library.close()
