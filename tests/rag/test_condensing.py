"""Follow-ups completed by rules, from the turn before."""

import pytest

from rag.query.condensing import RuleCondenser
from rag.query.nouns import Query
from rag.query.words import names_of
from rag.types import Answer, Sentence, Trace, Turn


def turn(question: str, answer: str = "", query: Query | None = None) -> Turn:
    sentences = (Sentence(answer, (1,)),) if answer else ()
    return Turn(question, Answer(question, answer, sentences, (), (), Trace(), query=query))


def condensed(question: str, *history: Turn) -> str:
    return RuleCondenser().condensed(question, history)


def test_what_a_pronoun_stands_for_is_added():
    assert condensed("How long is it?", turn("Which countries does the Rhine flow through?")).startswith(
        "How long is it? ("
    )
    assert "Rhine" in condensed("How long is it?", turn("Which countries does the Rhine flow through?"))


def test_who_was_asked_for_is_added_for_a_person():
    first = turn("Who built the tower?", "It was designed by Maurice Koechlin in 1884.")
    assert "Maurice Koechlin" in condensed("When was he born?", first)


def test_another_thing_is_asked_the_same():
    found = condensed("What about the Danube?", turn("How long is the Rhine in Germany?"))
    assert "Rhine" not in found
    assert found.startswith("What about the Danube?")


def test_a_chain_goes_on_with_what_was_completed():
    second = turn("How long is it?", query=Query("How long is it? (Rhine)", is_completed=True))
    assert "Rhine" in condensed("And how deep is it?", turn("Where does the Rhine flow?"), second)


@pytest.mark.parametrize("question", ["How long is the Danube?", "Why did the king sell his horse?"])
def test_a_question_that_stands_alone_is_left_alone(question: str):
    assert condensed(question, turn("Which countries does the Rhine flow through?")) == question


def test_without_a_conversation_nothing_is_added():
    assert condensed("How long is it?") == "How long is it?"
    assert condensed("How long is it?", turn("Why?")) == "How long is it?"


def test_names_are_runs_of_capitals():
    assert names_of("Where did Marie Curie meet the King of Sweden? I'm sure.") == ["Marie Curie", "King", "Sweden"]
