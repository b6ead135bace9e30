"""What is kept of a conversation is what was answered, passages and checks included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.answer_form import answer_row
from app.kept_turns import as_json, read
from rag.types import Turn
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import event, says, streams


@pytest.mark.parametrize(
    "question", [QUESTION, "What is the capital of Australia?", "List all heights", "Summarise note.txt"]
)
def test_a_quoted_answer_comes_back_as_it_was(tmp_path: Path, question: str):
    with asking(tmp_path) as (workspace, _):
        turn = Turn(question, workspace.answerer.ask(question))
    assert read(as_json(turn)) == turn


def test_a_written_answer_comes_back_with_what_checking_found(tmp_path: Path):
    with asking(tmp_path, says("It is 41 metres high. [1] It is 12 years old. [1] It is tall. [1]")) as (workspace, _):
        turn = Turn(QUESTION, workspace.answerer.ask(QUESTION))
    assert any(one.check and one.check.findings for one in turn.answer.sentences)
    assert turn.answer.usage
    assert read(as_json(turn)) == turn


def test_one_that_was_cut_is_kept_and_logged_as_that(tmp_path: Path):
    with asking(tmp_path, streams(event("It is 41 metres high. [1] It is"), ends=False)) as (workspace, endpoint):
        turn = Turn(QUESTION, workspace.answerer.ask(QUESTION))
        endpoint.replies = [says("It is 41 metres high. [1]")]
        whole = Turn(QUESTION, workspace.answerer.ask(QUESTION))
        logged = [row["settings"].get("cut", False) for row in workspace.audit.rows()]
    assert [read(as_json(one)).answer.is_cut for one in (turn, whole)] == [True, False]
    assert logged == [True, False]
    assert answer_row(turn.answer)["cut"]
    former = as_json(turn).replace(', "is_cut": true', "")
    assert (former != as_json(turn), read(former).answer.is_cut) == (True, False)


def test_what_another_version_kept_is_shown_as_words(tmp_path: Path):
    with asking(tmp_path) as (workspace, _):
        turn = Turn(QUESTION, workspace.answerer.ask(QUESTION))
    found = read(as_json(turn).replace('"trace":', '"traces":'))
    assert (found.question, found.answer.text) == (QUESTION, turn.answer.text)
    assert "another version" in found.answer.notice
    assert found.answer.citations == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"question": 1}', "null", "[" * 100_000])
def test_damage_is_no_end_of_a_conversation(text: str):
    assert "another version" in read(text).answer.notice


def test_half_of_a_surrogate_pair_does_not_hinder(tmp_path: Path):
    with asking(tmp_path) as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
    assert read(as_json(Turn("a\ud800b", replace(answer, question="a\ud800b")))).answer.text == answer.text
