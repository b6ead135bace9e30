"""What is kept of a conversation is what was answered, passages and checks included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.kept_turns import as_json, read
from rag.types import Turn
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import says


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
