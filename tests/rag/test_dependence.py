"""Which questions need the conversation before them."""

import pytest

from rag.query.dependence import depends, may_depend


@pytest.mark.parametrize(
    "question",
    [
        "How long is it?",
        "What's her phone number?",
        "Who's her manager?",
        "What’s its weight?",
        "Und wann endet er?",
        "Und wie lautet seine Adresse?",
        "Who built it?",
        "When was he born?",
        "What did she say about the king?",
        "In what year was it finished?",
        "How many universities does it have?",
        "Why?",
        "How so?",
        "And in winter?",
        "In winter?",
        "What about him?",
        "What about the Danube?",
        "And the second one?",
        "What is the name of their son?",
        "Why is that?",
        "What happened then?",
        "How many people live there?",
        "What are the symptoms of it?",
        "Does the author like it?",
        "Tell me more",
        "Und am Montag?",
        "How did this war end?",
    ],
)
def test_follow_ups(question: str):
    assert depends(question)
    assert may_depend(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "And what is the capital of France?",
        "What did the Snow Man wish he could do?",
        "Why did the king sell his horse?",
        "Which university has its origins in a school of medicine?",
        "How long does it take to charge the battery?",
        "Is it possible to remove a document?",
        "When has Toyota said it will close its plant?",
        "What part of Luther's career was one of his most productive?",
        "What is the battle that ended the war?",
        "How many manuscripts are there?",
        "What happened to those that selected claws?",
        "Who was setting?",
        "heat loss of windows",
        "Why couldn't the dog say bow wow properly?",
        "Did the restored tapes keep the colour that was added to them?",
        "",
    ],
)
def test_questions_that_stand_alone(question: str):
    assert not depends(question)
