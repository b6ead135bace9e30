"""Answers of texts that put questions themselves are quoted whole."""

from collections.abc import Sequence

import pytest

from rag.candidates import Candidates
from rag.put_questions import whole_answer
from rag.quoting import readable
from tests.rag.hits import a_hit

FAQ = """## May I alter my order?

Yes, as long as it has not been packed. Ring us before noon.

Q: My son has asthma. May he swim?
A: Not at all. Leave an inhaler with the coach.

**How is it washed?**
1. Fill a basin with water.
2. Let it soak.
3. Press the water out.
4. Dry it flat.

## What should they bring?

- goggles
- the yellow cap

Who is it for? It is for all who like it. There are many of them. They come each week, and stay until noon.
"""


def told(question: str, quoted: Sequence[str]) -> list[str]:
    """By how each sentence begins."""
    hit = a_hit(1, FAQ)
    places = [(0, span) for span in readable(hit.chunk)]
    among = Candidates(question, [hit], places)
    numbers = [next(n for n, text in enumerate(among.texts) if text.startswith(one)) for one in quoted]
    return [among.texts[n] for n in whole_answer(numbers, among)]


@pytest.mark.parametrize(
    ("quoted", "answer"),
    [
        (["## May", "Yes", "## What"], ["Yes, as long as it has not been packed.", "Ring us before noon."]),
        (["Ring"], ["Yes, as long as it has not been packed.", "Ring us before noon."]),
        (["Q: My son"], ["A: Not at all.", "Leave an inhaler with the coach."]),
        (["2. Let"], ["1. Fill a basin with water.", "2. Let it soak.", "3. Press the water out.", "4. Dry it flat."]),
    ],
)
def test_all_of_a_short_answer_is_quoted_and_not_its_question(quoted: list[str], answer: list[str]):
    assert told("Can I do it?", quoted) == answer


def test_one_thing_of_a_list_stays_alone():
    assert told("What colour is the cap?", ["- the yellow cap"]) == ["- the yellow cap"]


def test_of_a_long_text_behind_a_question_it_stays_at_what_was_chosen():
    quoted = ["There are many of them.", "They come each week, and stay until noon."]
    assert told("How many are there?", quoted) == quoted
