"""What is searched for: completed, and in more ways, with a chat model behind a real endpoint or without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.answer_form import answer_row, answer_text
from app.components.answer_card import card
from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.query.nouns import told
from rag.settings import Settings
from rag.types import Answer, Turn
from tests.fake_endpoint import FakeEndpoint, Reply, answers, says, stays_silent

TEXTS = {
    "harbour.md": "# Harbour\n\nThe harbour opens at six. Boats leave with the tide.\n\nIts master is Ada Moor.",
    "bees.txt": "A honey bee visits about fifty flowers on one flight. Bees dance to tell where flowers are.",
    "steel.txt": "Steel melts at about 1,400 degrees Celsius. It is an alloy of iron and carbon.",
    "moor.txt": "Ada Moor was born in Tromsø in 1961. She learned to sail at the age of nine.",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    workspace = Workspace(Settings(home=folder / "home", reranker="none"))
    pipeline = Pipeline(workspace.library, "default")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    assert [one.state for one in pipeline.add(File(folder / name, name) for name in TEXTS)] == ["ready"] * len(TEXTS)
    workspace.close()
    return folder / "home"


@pytest.fixture
def plain(home: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(home=home, reranker="none"))
    yield workspace
    workspace.close()


def asked(workspace: Workspace, *questions: str) -> list[Answer]:
    history: list[Turn] = []
    for question in questions:
        history.append(Turn(question, workspace.answerer.ask(question, history=tuple(history))))
    return [turn.answer for turn in history]


def with_model(
    home: Path, *replies: Reply, query: str = "", history: tuple[str, ...] = ()
) -> tuple[list[Answer], list[str]]:
    """The answers to the questions of `history`, and what the endpoint was asked beside writing an answer."""
    with FakeEndpoint(*replies) as endpoint:
        settings = Settings(
            home=home, reranker="none", chat_model="tiny", base_url=endpoint.url, query=query, timeout=2
        )
        workspace = Workspace(settings)
        found = asked(workspace, *history)
        workspace.close()
        systems = [request["messages"][0]["content"] for request in endpoint.requests]
    return found, [system for system in systems if "You answer questions" not in system]


def test_a_follow_up_is_completed_by_rules_and_shown(plain: Workspace):
    first, second = asked(plain, "Who is the harbour master?", "Where was she born?")
    assert (first.query, told(first.query)) == (None, "")
    assert second.query is not None
    assert second.query.is_completed
    assert "Ada Moor" in second.query.text
    assert second.hits[0].chunk.source == "moor.txt"
    assert second.question == "Where was she born?"
    assert answer_row(second)["searched_for"]["text"] == second.query.text
    assert f"Searched for: {second.query.text}" in answer_text(second)
    assert card(second)["searched"] == f"Searched for: {second.query.text}"
    assert (card(first)["searched"], answer_row(first)["searched_for"]["text"]) == ("", "Who is the harbour master?")


def test_a_misspelt_word_is_read_as_the_documents_write_it(plain: Workspace):
    (answer,) = asked(plain, "When does the harbuor open?")
    assert answer.sentences[0].text == "The harbour opens at six."
    assert "Searched for “harbour” instead of “harbuor”." in answer_text(answer)
    assert answer_row(answer)["searched_for"]["instead"] == [{"typed": "harbuor", "known": "harbour"}]


def test_a_chat_model_completes_a_follow_up_and_gets_the_question_as_it_was_asked(home: Path):
    written = says("Ada Moor. [1]")
    found, systems = with_model(
        home, written, says('1. "Where was Ada Moor born?"'), says("In Tromsø. [1]"),
        history=("Who is the harbour master?", "Where was she born?"),
    )  # fmt: skip
    assert found[1].query is not None
    assert found[1].query.text == "Where was Ada Moor born?"
    assert found[1].hits[0].chunk.source == "moor.txt"
    assert found[1].question == "Where was she born?"
    assert len(systems) == 1
    assert found[1].notice == ""


def test_a_question_without_anything_that_points_back_costs_no_request(home: Path):
    found, systems = with_model(
        home,
        says("At six. [1]"),
        history=("When does the harbour open?", "At how many degrees Celsius does steel melt?"),
    )
    assert systems == []
    assert found[1].query is None


def test_a_question_that_the_chat_model_repeats_is_shown_as_it_was_typed(home: Path):
    found, systems = with_model(
        home, says("At six. [1]"), says("When does it open"), says("At six. [1]"),
        history=("When does the harbour open?", "When does it open?"),
    )  # fmt: skip
    assert len(systems) == 1
    assert found[1].query is None


@pytest.mark.parametrize(
    "failing", [answers(500, {"error": "boom"}), says("x " * 2000), says("\n\n", "\"\""), stays_silent(3)]
)  # fmt: skip
def test_a_chat_model_that_fails_leaves_it_to_the_rules_with_a_notice(home: Path, failing: Reply):
    found, _ = with_model(
        home, says("Ada Moor. [1]"), failing, says("In Tromsø. [1]"),
        history=("What is the name of Ada Moor's harbour?", "When was she born?"),
    )  # fmt: skip
    assert found[1].query is not None
    assert found[1].query.text == "When was she born? (Ada Moor)"
    assert "The question was completed by rules instead." in found[1].notice
    assert "In Tromsø." in found[1].text


def test_other_wordings_are_searched_for_too(home: Path):
    (answer,), systems = with_model(
        home, says("- How hot must iron alloys be?\n- Temperature of liquid steel?\n"), says("Hot. [1]"),
        query="multi", history=("When does it get soft?",),
    )  # fmt: skip
    assert len(systems) == 1
    assert answer.query is not None
    assert answer.query.wordings == ("How hot must iron alloys be?", "Temperature of liquid steel?")
    assert "Also searched for: How hot must iron alloys be?; Temperature of liquid steel?" in answer_text(answer)


def test_a_likely_passage_finds_what_is_near_it(home: Path, plain: Workspace):
    question = "What do insects do all day?"
    (answer,), _ = with_model(
        home, says("Steel is an alloy of iron and carbon that melts at 1,400 degrees Celsius."), says("Dance. [1]"),
        query="hyde", history=(question,),
    )  # fmt: skip
    before = {hit.chunk.source: hit.score for hit in asked(plain, question)[0].hits}
    after = {hit.chunk.source: hit.score for hit in answer.hits}
    assert after["steel.txt"] > before["steel.txt"]
    assert answer.query is not None
    assert answer.query.passages[0].startswith("Steel is an alloy")


def test_the_parts_of_a_question_are_searched_for_and_their_passages_alternate(home: Path):
    (answer,), _ = with_model(
        home, says("When does the harbour open?\nAt how many degrees does steel melt?"), says("At six. [1] Hot. [2]"),
        query="parts", history=("When can boats leave and how hot is molten metal?",),
    )  # fmt: skip
    assert {hit.chunk.source for hit in answer.hits[:3]} >= {"harbour.md", "steel.txt"}
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.chunk.id for hit in answer.hits}) == len(answer.hits)
    one, _ = with_model(
        home, says("NONE"), says("At six. [1]"), query="parts", history=("When does the harbour open?",)
    )
    assert one[0].query is None


def test_a_second_search_follows_what_the_first_has_found(home: Path):
    (answer,), systems = with_model(
        home, says("Where was Ada Moor born?"), says("In Tromsø. [1]"),
        query="hops", history=("Where was the master of the harbour born?",),
    )  # fmt: skip
    assert len(systems) == 1
    assert "moor.txt" in {hit.chunk.source for hit in answer.hits[:2]}
    assert "Also searched for: Where was Ada Moor born?" in answer_text(answer)
    assert {"plan", "hop"} <= answer.trace.milliseconds().keys()


def test_ways_that_fail_leave_the_plain_search_and_one_notice(home: Path, plain: Workspace):
    question = "When does the harbour open?"
    (answer,), _ = with_model(home, answers(400, {"error": "no"}), query="multi,hyde,parts,hops", history=(question,))
    assert [hit.chunk.id for hit in answer.hits] == [hit.chunk.id for hit in asked(plain, question)[0].hits]
    assert answer.notice.count("The question was searched for without that.") == 1
    assert answer.sentences[0].text == "The harbour opens at six."


def test_without_a_chat_model_hops_look_for_words_of_the_best_passages(home: Path):
    workspace = Workspace(replace(Settings(home=home, reranker="none"), query="hops"))
    (answer,) = asked(workspace, "Who is the harbour master?")
    workspace.close()
    assert answer.query is not None
    assert "moor" in answer.query.words[0]
    assert answer.hits[0].chunk.source == "harbour.md"
