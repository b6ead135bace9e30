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


@pytest.mark.parametrize("greeting", ["Thanks! ", "Ok, ", "ok ", "Perfect, ", "Thank you very much. "])
def test_thanks_stand_before_a_follow_up(greeting: str):
    assert (
        condensed(f"{greeting}and in 2023?", turn("What was the revenue in 2022?")) == "What was the revenue in 2023?"
    )


def test_who_was_asked_for_is_added_for_a_person():
    first = turn("Who built the tower?", "It was designed by Maurice Koechlin in 1884.")
    assert "Maurice Koechlin" in condensed("When was he born?", first)


def test_another_thing_is_asked_the_same():
    found = condensed("What about the Danube?", turn("How long is the Rhine in Germany?"))
    assert found == "How long is the Danube in Germany?"


@pytest.mark.parametrize(
    ("earlier", "question", "whole"),
    [
        ("What is the density of oak?", "And of pine?", "What is the density of pine?"),
        ("What are Anna's skills?", "And Peter?", "What are Peter's skills?"),
        ("What are Anna's skills?", "And Peter's?", "What are Peter's skills?"),
        ("Is Anna's CV complete?", "And Peter's?", "Is Peter's CV complete?"),
        ("What's Anna's salary?", "And Peter?", "What's Peter's salary?"),
        ("What is the cat's name?", "And the dog's?", "What is the dog's name?"),
        ("What is Anna Keller's phone number?", "And her email?", "What is Anna Keller's email?"),
        ("What is the tenant's name?", "And his address?", "What is the tenant's address?"),
        ("Who is Anna's manager at Acme?", "And Beta?", "Who is Anna's manager at Beta?"),
        ("Where was Anna Keller born?", "And Peter Smith?", "Where was Peter Smith born?"),
        ("When was the bridge built?", "And the tunnel?", "When was the tunnel built?"),
        ("When is the pool open?", "And the sauna?", "When is the sauna open?"),
        ("When was Anna hired?", "And fired?", "When was Anna fired?"),
        ("Where is the main office?", "And the branch?", "And the branch? (office)"),
        ("Was verdient Anna?", "Und Peter?", "Was verdient Peter?"),
        ("Was kostet die Wohnung?", "Und heute?", "Und heute? (kostet Wohnung)"),
        ("Wie hoch ist der Eintritt?", "Und ermäßigt?", "Und ermäßigt? (hoch Eintritt)"),
        ("Wie hoch ist der Eintritt?", "Und Kinder?", "Und Kinder? (hoch Eintritt)"),
        ("Wann öffnet das Museum am Samstag?", "Und Sonntag?", "Wann öffnet das Museum am Sonntag?"),
        ("Wie hoch war der Umsatz im April?", "Und Mai?", "Wie hoch war der Umsatz im Mai?"),
        ("When is the pool closed?", "And Sunday?", "And Sunday? (pool closed)"),
        ("When is the pool open?", "And today?", "And today? (pool open)"),
        ("How good is Anna's English?", "And Spanish?", "And Spanish? (Anna English)"),
        ("Who is Bosch's CFO?", "And CEO?", "And CEO? (Bosch CFO)"),
        ("When was Anna hired?", "And Fred?", "When was Fred hired?"),
        ("Where was Anna born?", "And Ahmed?", "Where was Ahmed born?"),
        ("Was kostet das Ticket?", "Und die Karte?", "Was kostet die Karte?"),
        ("Wie viele Zimmer hat es?", "Und Peter?", "Und Peter? (viele Zimmer)"),
        ("How many guests came in 2022?", "And in 2023?", "How many guests came in 2023?"),
        ("In 2022, who paid?", "And in 2023?", "In 2023, who paid?"),
        ("What does the first clause say?", "What about the second one?", "What does the second clause say?"),
        ("Who runs the branch in the city of York?", "And in Leeds?", "Who runs the branch in Leeds?"),
        ("Do people in Germany smoke?", "And in France?", "Do people in France smoke?"),
        ("How much does a single room cost?", "And a double room?", "How much does a double room cost?"),
        ("How often must the filter be cleaned?", "And the pump?", "How often must the pump be cleaned?"),
        ("At what temperature does butter melt?", "And chocolate?", "At what temperature does chocolate melt?"),
        ("Was kostet ein Tisch aus Eiche?", "Und aus Kiefer?", "Was kostet ein Tisch aus Kiefer?"),
        ("Wann öffnet das Museum am Sonntag?", "Und im Sommer?", "Und im Sommer? (Wann öffnet Museum Sonntag)"),
        ("Wann öffnet das Museum am Sonntag?", "Und am Montag?", "Wann öffnet das Museum am Montag?"),
        ("Wie viel Strom braucht der Trockner?", "Und die Pumpe?", "Wie viel Strom braucht die Pumpe?"),
        ("Wie hoch war der Umsatz im Jahr 2022?", "Und 2023?", "Wie hoch war der Umsatz im Jahr 2023?"),
        # Nothing in the earlier question is of the same kind, or what is named points back itself.
        ("What was the profit in 2022?", "And in Germany?", "And in Germany? (profit 2022)"),
        ("What is the notice period in Hamburg?", "And after it?", "And after it? (Hamburg)"),
    ],
)
def test_what_is_named_takes_the_place_of_its_like_in_the_question_before(earlier: str, question: str, whole: str):
    assert condensed(question, turn(earlier)) == whole


def test_what_was_put_in_takes_part_in_the_next_question():
    second = turn("And of pine?", query=Query("What is the density of pine?", is_completed=True))
    assert condensed("And of ash?", turn("What is the density of oak?"), second) == "What is the density of ash?"


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
