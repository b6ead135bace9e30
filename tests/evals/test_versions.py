"""The measurement of versions makes its documents as it says."""

from collections.abc import Iterator
from pathlib import Path

from evals.datasets import Dataset, Passage, Query
from evals.versions import YEARS, made


def a_set() -> Dataset:
    places = ("Tromsø", "Bergen", "Lisbon", "Porto", "Bremen")

    def corpus() -> Iterator[Passage]:
        for n, place in enumerate(places):
            yield Passage(str(n), f"Boat {place}", f"The boat was built in {place}. It is {n + 11} metres long.")

    queries = [Query(f"w{n}", f"Where was boat {n} built?", (place,)) for n, place in enumerate(places)]
    queries += [Query(f"l{n}", f"How long is boat {n}?", (f"{n + 11} metres",)) for n in range(len(places))]
    return Dataset(Path("boats"), tuple(queries), {query.id: {query.id[1:]: 1} for query in queries}, corpus)


def test_each_version_has_another_answer_to_the_changed_question_and_the_same_to_others():
    passages, questions = made(a_set(), 3)
    assert len(passages) == 3 * len(YEARS)
    texts = {passage.id: passage.text for passage in passages}
    assert {question.is_changed for question in questions} == {True, False}
    for question in questions:
        for year in YEARS:
            assert question.answers[year] in texts[f"{question.document} {year}.txt"]
        assert len(set(question.answers.values())) in (1, len(YEARS))
