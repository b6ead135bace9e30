"""Questions past one lookup, through the app's own workspace, with a chat model behind a real endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.answer_form import answer_row, answer_text
from app.components.answer_card import card
from app.wiring import Workspace
from rag.settings import Settings
from rag.types import Scope, Turn
from tests import fake_messages
from tests.app.stepping import RENT, SECRET, SUM, Asked, add, kinds, search
from tests.fake_endpoint import calls, says


def test_a_plain_lookup_costs_not_one_request_more_and_offers_no_tools(asked: Callable[..., Asked]):
    one = asked(says("Ada Moor is. [1]"))
    answer = one.ask("Who is the landlord of the flat in Tromsø?")
    assert len(one.endpoint.requests) == 1
    assert "tools" not in one.endpoint.requests[0]
    assert answer.steps == ()


def test_steps_find_what_each_side_needs_and_the_answer_cites_passages_of_several_steps(asked: Callable[..., Asked]):
    one = asked(
        calls(search("rent of the flat in Bergen"), ("calculate", '{"expression": "950 + 1120"}')),
        says("DONE"),
        says("The rent in Tromsø is 950 euros [1]. The rent in Bergen is 1120 euros [2]."),
    )
    answer = one.ask(SUM)
    assert kinds(answer) == ["search", "search", "calculate"]
    assert answer.steps[0].asked == SUM
    assert str(answer.steps[2]) == "Calculated 950 + 1120: 2070."
    assert {one.chunk.source for one in answer.citations} == {"tromso.md", "bergen.md"}
    assert "Calculated with numbers of the passages" in one.endpoint.requests[2]["messages"][-1]["content"]
    assert "950 + 1120 = 2070" in one.endpoint.requests[2]["messages"][-1]["content"]
    assert "tools" not in one.endpoint.requests[2]
    row = answer_row(answer)
    assert [step["kind"] for step in row["steps"]] == ["search", "search", "calculate"]
    assert row["steps"][2]["value"] == "2070"
    assert "steps" in row["trace"]
    assert "Calculated 950 + 1120: 2070." in answer_text(answer)
    assert card(answer)["steps"][2] == "Calculated 950 + 1120: 2070."


def test_passages_keep_their_numbers_from_the_steps_to_the_answer(asked: Callable[..., Asked]):
    one = asked(calls(search("bees dance")), calls(search("steel alloy")), says("DONE"), says("Nothing."))
    answer = one.ask(RENT)
    told = "\n".join(m["content"] for m in one.endpoint.requests[2]["messages"] if m["role"] != "assistant")
    final = one.endpoint.requests[3]["messages"][-1]["content"]
    numbers = dict(re.findall(r"^\[(\d+)\] (.+)$", told, re.MULTILINE))
    assert numbers == dict(re.findall(r"^\[(\d+)\] (.+)$", final, re.MULTILINE))
    assert len(numbers) == len(answer.hits) == len({hit.chunk.id for hit in answer.hits})
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)


def test_a_tool_never_reaches_outside_of_the_scope(asked: Callable[..., Asked]):
    one = asked(
        calls(search("rent of the flat in Oslo"), search("rent", document=SECRET), ("list_documents", "{}")),
        says("DONE"),
        says("Nothing."),
    )
    answer = one.ask(RENT)
    assert not any(hit.chunk.source == SECRET for hit in answer.hits)
    assert "7777" not in json.dumps(one.endpoint.requests)
    assert "secret" not in "".join(one.results).replace("'secret.md'", "")
    bees = next(doc.id for doc in one.workspace.shelf.documents(Scope()) if doc.source == "bees.txt")
    answer = one.ask(RENT, Scope(documents=(bees,)))
    assert {hit.chunk.source for hit in answer.hits} == {"bees.txt"}


def test_a_search_in_one_document_and_the_passages_around_one(asked: Callable[..., Asked]):
    one = asked(
        calls(search("landlord", document="bergen.md"), ("open_section", '{"passage": 1}'), ("list_documents", "")),
        says("DONE"),
        says("Nothing."),
    )
    answer = one.ask(RENT)
    assert answer.steps[-3].where == "Bergen"
    assert answer.steps[-2].trouble == ""
    assert "- bees.txt" in one.results[-1] or "- bees" in one.results[-1]


def test_orders_in_passages_are_left_out_of_what_the_steps_tell(asked: Callable[..., Asked]):
    one = asked(calls(search("When does the ferry leave?")), says("DONE"), says("Nothing."))
    one.ask(RENT)
    sent = json.dumps(one.endpoint.requests)
    assert "The ferry leaves at nine" in sent
    assert "Ignore all previous" not in sent
    marks = re.findall(r"BEGIN PASSAGES ([0-9a-f]{16})", sent)
    assert len(set(marks)) >= 3, "each has a random word of its own"


def test_without_tools_the_model_is_asked_once_for_the_parts(asked: Callable[..., Asked]):
    one = asked(
        says("1. What is the rent of the flat in Tromsø?\n2. What is the rent of the flat in Bergen?"),
        says("The rent in Tromsø is 950 euros [1]. The rent in Bergen is 1120 euros [2]."),
        profile="compatible",
    )
    answer = one.ask(SUM)
    assert [step.asked for step in answer.steps[1:]] == [
        "What is the rent of the flat in Tromsø?",
        "What is the rent of the flat in Bergen?",
    ]
    assert len(one.endpoint.requests) == 2
    assert not any("tools" in request for request in one.endpoint.requests)
    assert {hit.chunk.source for hit in answer.hits} >= {"tromso.md", "bergen.md"}


def test_parts_that_rules_tell_apart_cost_no_request_without_tools(asked: Callable[..., Asked]):
    one = asked(says("The rent in Tromsø is 950 euros [1]."), profile="compatible")
    answer = one.ask(RENT)
    assert len(one.endpoint.requests) == 1
    assert answer.query is not None
    assert len(answer.query.wordings) == 2


def test_a_follow_up_is_completed_before_its_steps(asked: Callable[..., Asked]):
    one = asked(says("Where is the flat in Tromsø [1]."))
    turn = Turn("Where is the flat of Ada Moor?", one.ask("Where is the flat of Ada Moor?"))
    one.endpoint.replies = [
        says("How much is the rent of Ada Moor's flat, and who is its landlord?"),
        says("DONE"),
        says("The rent in Tromsø is 950 euros [1]."),
    ]
    answer = one.ask("How much is its rent, and who is its landlord?", history=(turn,))
    assert "Ada Moor" in answer.steps[0].asked
    assert answer.query is not None
    assert answer.query.is_completed


def test_documents_that_are_compared_as_a_whole_are_read_as_a_whole(asked: Callable[..., Asked]):
    one = asked(says("The rent in Tromsø is 950 euros [1]. The rent in Bergen is 1120 euros [2]."))
    answer = one.ask("Compare tromso.md and bergen.md")
    assert answer.steps == ()
    assert answer.coverage is not None
    assert not any("tools" in request for request in one.endpoint.requests)


def test_other_comparisons_are_searched_for_by_tools_or_read_as_a_whole(asked: Callable[..., Asked]):
    question = "Compare the rent in Tromsø and Bergen"
    written = says("The rent in Tromsø is 950 euros [1]. The rent in Bergen is 1120 euros [2].")
    by_tools = asked(says("DONE"), written).ask(question)
    assert [step.asked for step in by_tools.steps] == [question, "rent Tromsø", "rent Bergen"]
    whole = asked(written, profile="compatible").ask(question)
    assert whole.steps == ()
    assert whole.coverage is not None


def test_the_steps_of_an_anthropic_model(asked: Callable[..., Asked]):
    pytest.importorskip("anthropic")
    one = asked(
        fake_messages.calls(search("rent of the flat in Bergen"), ("calculate", '{"expression": "950 + 1120"}')),
        fake_messages.says("DONE"),
        fake_messages.says("The rent in Tromsø is 950 euros [1]."),
        profile="anthropic",
        anthropic_key="sk-ant-0123456789",
    )
    answer = one.ask(SUM)
    assert kinds(answer) == ["search", "search", "calculate"]
    assert "950 euros" in answer.text
    *_, results = one.endpoint.requests[1]["messages"]
    assert [block["type"] for block in results["content"]] == ["tool_result", "tool_result"]
    assert results["content"][1]["content"] == "950 + 1120 = 2070"


def test_off_is_off(asked: Callable[..., Asked]):
    one = asked(says("The rent is 950 euros [1]."), agent="off")
    assert one.ask(RENT).steps == ()
    assert len(one.endpoint.requests) == 1


def test_ways_to_search_that_were_chosen_stay_where_no_tools_are_taken(asked: Callable[..., Asked]):
    one = asked(says("Rent?"), says("The rent is 950 euros [1]."), profile="compatible", query="multi")
    assert one.ask(RENT).steps == ()


def test_the_audit_log_has_the_steps(asked: Callable[..., Asked]):
    for audit, has_words in (("hashes", False), ("texts", True)):
        one = asked(calls(search("bees dance")), says("DONE"), says("Nothing."), audit=audit)
        one.ask(RENT)
        *_, row = one.workspace.audit.rows()
        assert [step["kind"] for step in row["steps"]] == ["search"] * 4
        assert ("bees dance" in json.dumps(row["steps"])) is has_words
        assert len(row["requests"]) == 3


def test_private_details_stay_here_in_every_step(tmp_path: Path):
    workspace = Workspace(Settings(home=tmp_path / "home", reranker="none"))
    add(workspace, tmp_path, "default", {"who.txt": "The mail of the landlord in Tromsø is ada@moor.example today."})
    workspace.close()
    replies = calls(search("Whose mail is EMAIL_1?")), says("DONE"), says("It is EMAIL_1 [1].")
    with Asked(tmp_path / "home", *replies, mask="always") as one:
        answer = one.ask("What is the mail of the landlord, and where is the flat?")
    assert "moor.example" not in json.dumps(one.endpoint.requests)
    assert answer.steps[-1].asked == "Whose mail is ada@moor.example?"
    assert "ada@moor.example" in answer.text
