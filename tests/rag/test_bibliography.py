"""Lists of references are known by their form, and quoted where they are what is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexes.late_weights import late_reader
from rag.bibliography import entries, is_asked_for
from tests.rag.hits import a_hit

DIET = (
    "## Diet\n\nThe river otter eats fish for the most part, trout and eel before all others. In winter it also takes "
    "frogs and crayfish.[1] An adult eats about one kilogram a day.[2]"
)
REFERENCES = """1. Kruuk, H. (2006). *Otters: Ecology, Behaviour and Conservation*. Oxford. ISBN 978-0-19-856587-1.
2. Carss, D. N. (1998). "How much do otters eat in a day? Daily food intake of otters". Oikos. 47 (3): 516–527.
3. "What rivers do otters live in? Otter habitat". Wildlife Trust. Archived from the original on 3 May 2011.
4. Green, J. & Jefferies, D. J. (1984). A radio-tracking survey of otters. Lutra 27, pp. 85–145.
5. Carss, David (3 May 2011). "What do otters eat?" (https://otters.exa
mple.org/diet-1-2). The Otter. Retrieved 14 June 2012.
- [Otter food: what do otters eat](https://otters.example.org/food)"""


def quoted(question: str, *texts: str) -> list[str]:
    reading = late_reader().read(question, [a_hit(n, text) for n, text in enumerate(texts)])
    return [texts[one.hit][one.start : one.end] for one in reading.spans]


def test_titles_of_references_are_no_answers():
    first, *others = quoted("How much do otters eat in a day?", REFERENCES, DIET)
    assert first == "An adult eats about one kilogram a day.[2]"
    assert all(one in DIET for one in others)
    assert all(one in DIET for one in quoted("What do otters eat?", REFERENCES, DIET))


def test_they_are_quoted_where_they_are_asked_for_and_where_nothing_else_is_there():
    assert quoted("Who wrote Otters: Ecology, Behaviour and Conservation?", REFERENCES, DIET)[0] in REFERENCES
    assert quoted("What do otters eat?", REFERENCES)
    assert is_asked_for("Which papers are cited?")
    assert not is_asked_for("Who won the match?")


def test_every_entry_is_known_and_prose_is_none():
    chunk = a_hit(1, REFERENCES).chunk
    assert len(entries(chunk)) == 6
    assert entries(a_hit(1, DIET).chunk) == []


@pytest.mark.parametrize(
    "prose",
    [
        "Otters were rare by 1984 (Green et al., 1984; see also doi:10.1111/j.1095-8649), and lived by clean rivers.",
        "Smith, J. was the keeper of the otters from 1984 to 1990, when he left for a farm near Looe.",
        "The report on the match stands at https://example.org/report, and there are pictures of the goals there, too.",
        "| Otter, A. | https://otters.example.org | Retrieved 3 May 2011 |",
        "1. Press the button on page 12 and wait.",
        "Workshop on Friday, 14 March 2025, 10:00–12:00, room 204.",
        "- Scrum Master (2021)",
        "“Business Hours” means 9:00–17:00 on weekdays.",
        "“Premises” means the flat described on p. 5 of the plan.",
        "Housing Fund (2024): 1,200–1,500 EUR for each family.",
    ],
)
def test_prose_that_cites_is_none(prose: str):
    assert entries(a_hit(1, prose).chunk) == []


def test_below_the_heading_of_such_a_list_one_sign_is_enough():
    chunk = a_hit(1, "Carboneras, p. 536.").chunk
    assert entries(chunk) == []
    assert entries(replace(chunk, heading="Duck > References")) == [(0, 19)]
    below = a_hit(1, "## References\n\nCarboneras, p. 536.\n\n## Diet\n\nSee page 3, p. 4 of it.").chunk
    assert [below.text[slice(*span)] for span in entries(below)] == ["Carboneras, p. 536."]
