"""A made question asks for something that stands in the passage once, by words around it."""

import random
import re

from tests.rag.hits import a_hit
from training.cloze import clozes

TEXT = (
    "According to the census of 1901, out of 711,988 inhabitants 56.2% were Catholics and 35.7% Jews. "
    "The old theatre stood in Warsaw for decades, and Marta Kowalska said that it had twelve balconies. "
    "Nobody knows why."
)
ANSWERS = {"1901", "711,988", "56.2%", "35.7%", "Catholics", "Jews", "Warsaw", "Marta Kowalska", "twelve"}
ASKING = {
    "1901": "when|what year|in which year",
    "711,988": "how many|what number",
    "56.2%": "what percentage|how many percent|what share",
    "35.7%": "what percentage|how many percent|what share",
    "Warsaw": "where|what|which",
    "Marta Kowalska": "who",
    "twelve": "how many|what number",
}


def test_every_number_and_name_is_asked_for_by_words_around_it():
    seen = set()
    words = set(re.findall(r"[\w%.,]+", TEXT.lower().replace(".", " ").replace(",", " ")))
    for seed in range(60):
        for one in clozes(a_hit(1, TEXT).chunk, 2, random.Random(seed)):
            assert one.answer in ANSWERS
            assert one.answer.lower() not in one.question
            assert re.match(ASKING.get(one.answer, "what|which|who|where"), one.question)
            asked = one.question.rstrip("?").split()[3:]
            assert {word for word in asked if word.isalpha()} <= words
            seen.add(one.answer)
    assert seen == ANSWERS


def test_what_stands_twice_or_alone_is_not_asked_for():
    chunk = a_hit(1, "Both Ann and her aunt Ann live there. Near Paris. Nothing else is known of them.").chunk
    assert not [one for seed in range(40) for one in clozes(chunk, 9, random.Random(seed))]
