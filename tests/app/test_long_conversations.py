"""What a chat model is told of questions that were asked long before."""

from __future__ import annotations

import json
from pathlib import Path

from rag.types import Answer, Trace, Turn
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import says

TEXT = "The lighthouse of Varn is 41 metres high. Its keeper is reached at anna@varn.example.org."
SAID = "The lighthouse of Varn is 41 metres high. [1]"


def between(n: int) -> list[Turn]:
    asked = [f"What colour has pier {i}?" for i in range(n)]
    return [Turn(one, Answer(one, "Not found.", (), (), (), Trace(), refused=True, model="tiny")) for one in asked]


def test_what_was_found_ten_questions_ago_stands_in_the_request(tmp_path: Path):
    with asking(tmp_path, says(SAID), text=TEXT) as (workspace, endpoint):
        first = workspace.answerer.ask(QUESTION)
        assert [one.check.state for one in first.sentences if one.check] == ["supported"]
        workspace.answerer.ask(QUESTION, history=(Turn(QUESTION, first), *between(9)))
        rules, asked, told, *whole, last = (one["content"] for one in endpoint.requests[-1]["messages"])
    assert rules == endpoint.requests[0]["messages"][0]["content"]
    assert asked.endswith("None of it is a passage.")
    assert told.startswith(
        f"Question: {QUESTION}\nAnswer: The lighthouse of Varn is 41 metres high. (From: note.txt)\n"
        "Question: What colour has pier 0?\nAnswer: Not found in the documents.\n"
    )
    assert told.count("Question: ") == 7
    assert whole[::2] == [f"What colour has pier {i}?" for i in (6, 7, 8)]
    assert last.startswith("BEGIN PASSAGES")


def test_private_details_of_what_is_told_in_short_are_masked(tmp_path: Path):
    said = "Its keeper is reached at EMAIL_1. [1]"
    question = "How is the keeper of the lighthouse of Varn reached?"
    with asking(tmp_path, says(said), text=TEXT, mask="always") as (workspace, endpoint):
        first = workspace.answerer.ask(question)
        assert "anna@varn.example.org" in first.text
        told = f"{question} Not at +44 20 7946 0018?"
        workspace.answerer.ask(QUESTION, history=(Turn(told, first), *between(9)))
        sent = json.dumps(endpoint.requests)
        in_short = endpoint.requests[-1]["messages"][2]["content"]
    assert "reached at `EMAIL_1`." in in_short.split("\n")[1]
    assert not [one for one in ("anna@", "7946") if one in sent]
