"""What is taken from a file of questions, and what is said of one that cannot be used."""

from __future__ import annotations

import json

import pytest

from app.evaluation.taking import taken_from_file
from app.question_sets.rows import SetQuestion
from rag.errors import InputError


def test_every_row_of_a_file_that_cannot_be_used_is_told():
    content = (
        b'question,answers,documents,pages\nWhen?,1743,bridge.txt,2\nWho?,,,\nWhat?,x,nowhere.txt,\n"Why?",y,,zero\n'
    )
    taken = taken_from_file("mine.csv", content, {"/docs/bridge.txt"})
    assert [question.documents for question in taken.questions] == [("/docs/bridge.txt",)]
    assert [error.split(":")[0] for error in taken.errors] == [f"mine.csv, line {n}" for n in (3, 4, 5)]
    assert "there is no document 'nowhere.txt'" in taken.errors[1]
    squad = {
        "data": [
            {
                "title": "Wend",
                "paragraphs": [
                    {
                        "context": "It was 1743.",
                        "qas": [
                            {"id": "a", "question": "When?", "answers": [{"text": "1743"}]},
                            {"id": "b", "question": "Why?", "answers": [], "is_impossible": True},
                        ],
                    }
                ],
            }
        ]
    }
    found = taken_from_file("squad.json", json.dumps(squad).encode(), set())
    assert [(one.id, one.answers, one.is_answerable) for one in found.questions] == [
        ("a", ("1743",), True),
        ("b", (), False),
    ]
    assert taken_from_file("x.jsonl", b"not json\n", set()).errors == ("x.jsonl, line 1: not a JSON object",)
    with pytest.raises(InputError, match=r"none of the forms"):
        taken_from_file("x.docx", b"", set())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_taken_as_excel_writes_it_here_and_elsewhere(delimiter: str):
    rows = [
        ["question", "answers", "documents", "answerable"],
        ["When, and where?", "1743|in 1743", "bridge.txt", "WAHR"],
        ["Who; or what?", "", "", "FALSCH"],
    ]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    taken = taken_from_file("x.csv", f"\ufeff{text}\r\n".encode(), {"/docs/bridge.txt"})
    assert taken.errors == ()
    assert taken.questions == (
        SetQuestion("q1", "When, and where?", ("1743", "in 1743"), ("/docs/bridge.txt",)),
        SetQuestion("q2", "Who; or what?", is_answerable=False),
    )
    (told,) = taken_from_file("x.csv", b"question;answers\nWhy?;so;on\n", set()).errors
    assert "quote a cell that has a semicolon in it" in told


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.json"])
def test_an_empty_file_is_told_to_be_empty(name: str):
    with pytest.raises(InputError, match="'x.* is empty"):
        taken_from_file(name, b"\n", set())


@pytest.mark.parametrize(
    ("name", "content"), [("x.jsonl", b""), ("x.csv", b"question,answers\n"), ("x.json", b'{"data": []}')]
)
def test_a_file_without_a_question_is_no_set(name: str, content: bytes):
    with pytest.raises(InputError, match="has no question in it"):
        taken_from_file(name, content, set())
