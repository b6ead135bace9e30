"""Tools offered to a chat model and called by it, in each protocol, through each wrapper; against real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.anthropic_model import AnthropicChatModel
from app.chat_facts import ChatFacts
from app.chat_model import OpenAIChatModel
from app.detection import Found
from app.fallback import FallbackModel
from app.masking import MaskedModel
from app.metering import Meter, MeteredModel, as_sent
from app.opening import OpenedModel
from app.tool_calls import CallPieces
from indexes.audit_log import digest_of
from indexes.audit_records import Sent
from rag.errors import ModelError, NoTools
from rag.tools import MOST_CALLS, Tool, ToolCall
from rag.types import Delta, Message
from tests import fake_endpoint, fake_messages
from tests.fake_endpoint import FakeEndpoint, Reply, answers, streams

TOOLS = (Tool("search", "Search.", {"type": "object", "properties": {"query": {"type": "string"}}}),)
QUESTION = [Message("system", "Rules."), Message("user", "Which one?")]
SEARCH = ("search", '{"query": "bees"}')
LATER = [
    *QUESTION,
    Message("assistant", "", (ToolCall("a1", "search", '{"query": "bees"}'), ToolCall("a2", "search", "{broken"))),
    Message("tool", "Two passages.", call_id="a1"),
    Message("tool", "No JSON.", call_id="a2"),
]


@dataclass(frozen=True)
class Protocol:
    """How the same things are said in each protocol."""

    opened: Callable[..., OpenedModel]
    calls: Callable[..., Reply]
    says: Callable[..., Reply]
    called: Callable[[dict[str, Any]], Sequence[tuple[str, object]]]
    """Ids and arguments of the calls that a request holds."""
    results: Callable[[dict[str, Any]], Sequence[tuple[str, str]]]


def _openai_called(request: dict[str, Any]) -> list[tuple[str, object]]:
    calls = [call for one in request["messages"] for call in one.get("tool_calls", ())]
    return [(call["id"], json.loads(call["function"]["arguments"])) for call in calls]


def _openai_results(request: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["tool_call_id"], one["content"]) for one in request["messages"] if one["role"] == "tool"]


def _blocks(request: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    lists = [one["content"] for one in request["messages"] if isinstance(one["content"], list)]
    return [block for blocks in lists for block in blocks if block["type"] == kind]


OPENAI = Protocol(OpenAIChatModel, fake_endpoint.calls, fake_endpoint.says, _openai_called, _openai_results)
ANTHROPIC = Protocol(
    AnthropicChatModel,
    fake_messages.calls,
    fake_messages.says,
    lambda request: [(one["id"], one["input"]) for one in _blocks(request, "tool_use")],
    lambda request: [(one["tool_use_id"], one["content"]) for one in _blocks(request, "tool_result")],
)


@pytest.fixture(params=[OPENAI, ANTHROPIC], ids=["openai", "anthropic"])
def spoken(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    if found is ANTHROPIC:
        pytest.importorskip("anthropic")
    return found


def opened(spoken: Protocol, endpoint: FakeEndpoint, *, tools: bool | None = True) -> OpenedModel:
    facts = ChatFacts(Found(tools=tools))
    return spoken.opened(base_url=endpoint.url, model="tiny", facts=lambda _: facts, timeout=5.0, sleep=lambda _: None)


def last(spoken: Protocol, *replies: Reply, messages: Sequence[Message] = QUESTION) -> tuple[Delta, FakeEndpoint]:
    with FakeEndpoint(*replies) as endpoint:
        model = opened(spoken, endpoint)
        *_, end = model.stream(messages, TOOLS)
        model.close()
    return end, endpoint


def test_calls_are_put_together_from_their_pieces(spoken: Protocol):
    end, endpoint = last(spoken, spoken.calls(SEARCH, ("other", '{"n": [1, {"é": "\\u00fc"}]}'), text="Let me look."))
    assert [(call.name, call.given()) for call in end.calls] == [
        ("search", {"query": "bees"}),
        ("other", {"n": [1, {"é": "ü"}]}),
    ]
    assert len({call.id for call in end.calls}) == 2
    (offered,) = endpoint.requests[0]["tools"]
    assert "search" in (offered.get("name"), offered.get("function", {}).get("name"))


def test_calls_and_results_are_sent_back(spoken: Protocol):
    _, endpoint = last(spoken, spoken.says("Done."), messages=LATER)
    request = endpoint.requests[0]
    assert spoken.called(request) == [("a1", {"query": "bees"}), ("a2", {})], "what is no object would be refused"
    assert spoken.results(request) == [("a1", "Two passages."), ("a2", "No JSON.")]
    roles = [one["role"] for one in request["messages"]]
    assert roles in (["system", "user", "assistant", "tool", "tool"], ["user", "assistant", "user"])


def test_broken_arguments_and_names_are_told_apart(spoken: Protocol):
    end, _ = last(spoken, spoken.calls(("search", '{"query": "be'), ("sea rch\n", "[1]"), ("x" * 100, "")))
    assert [call.given() for call in end.calls] == [None, None, {}]
    assert [call.name for call in end.calls] == ["search", "unknown", "unknown"]


@pytest.mark.parametrize("broken", ['{"query": "\\ud800 rent"}', '{"passage": 1e999}', '{"passage": NaN}'])
def test_arguments_that_could_not_be_sent_back_are_none(spoken: Protocol, broken: str):
    end, _ = last(spoken, spoken.calls(("search", broken)))
    assert end.calls[0].given() is None
    with FakeEndpoint(spoken.says("x")) as endpoint:
        model = opened(spoken, endpoint)
        list(model.stream([*QUESTION, Message("assistant", "", end.calls), Message("tool", "?", call_id="x")], TOOLS))
        model.close()
    assert [given for _, given in spoken.called(endpoint.requests[0])] == [{}]


@pytest.mark.parametrize("ids", [["call_2", ""], ["", "call_1"], ["a b", "call_1", "", "call_1", "call_3"]])
def test_ids_that_are_made_are_nobody_elses(ids: list[str]):
    pieces = CallPieces()
    for place, id in enumerate(ids):
        pieces.add(place, id, "search", f'{{"query": "{place}"}}')
    made = pieces.calls()
    assert [one.arguments for one in made] == [f'{{"query": "{place}"}}' for place in range(len(ids))]
    assert len({one.id for one in made}) == len(ids)
    assert "call_1" not in ids or [one.id for one in made].index("call_1") == ids.index("call_1")


def test_missing_equal_and_odd_ids_become_ids_of_their_own(spoken: Protocol):
    end, _ = last(spoken, spoken.calls(SEARCH, SEARCH, SEARCH, SEARCH, ids=["", "same", "same", "a b/c"]))
    ids = [call.id for call in end.calls]
    assert ids[1] == "same"
    assert len(set(ids)) == 4
    assert all(id.replace("_", "").isalnum() for id in ids)


def test_a_thousand_calls_in_one_reply(spoken: Protocol):
    end, _ = last(spoken, spoken.calls(*[SEARCH] * 1000))
    assert len(end.calls) <= MOST_CALLS
    assert all(call.given() in ({"query": "bees"}, None) for call in end.calls)


def test_arguments_without_end_are_ended(spoken: Protocol):
    end, _ = last(spoken, spoken.calls(("search", '{"query": "' + "x" * 100_000 + '"}')))
    (call,) = end.calls
    assert call.given() is None
    assert len(call.arguments) < 32 * 512 + 100


def test_calls_that_nobody_asked_for_are_no_answer(spoken: Protocol):
    with FakeEndpoint(spoken.calls(SEARCH)) as endpoint:
        model = opened(spoken, endpoint)
        with pytest.raises(ModelError, match="asked for a tool instead of writing"):
            list(model.stream(QUESTION))
        model.close()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "registry.ollama.ai/library/tiny does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (404, "No endpoints found that support tool use."),
        (422, "bad request"),
        (500, "tools param requires --jinja flag"),
    ],
)
def test_an_endpoint_that_refuses_tools_is_offered_none_any_more(spoken: Protocol, status: int, reason: str):
    refusal = answers(status, {"error": {"message": reason}})
    replies = [refusal] * (4 if status == 422 else 1)  # it may have complained of another parameter
    with FakeEndpoint(*replies, spoken.says("Fine.")) as endpoint:
        model = opened(spoken, endpoint)
        assert model.takes_tools()
        with pytest.raises(NoTools, match="takes no tools") as error:
            list(model.stream(QUESTION, TOOLS))
        assert "\n" not in str(error.value)
        assert not model.takes_tools()
        endpoint.replies = [spoken.says("Fine.")]
        assert "".join(delta.text for delta in model.stream(QUESTION)) == "Fine."
        model.close()


@pytest.mark.parametrize("tools", [None, False])
def test_tools_are_offered_only_where_they_are_known_to_be_taken(spoken: Protocol, tools: bool | None):
    with FakeEndpoint(spoken.says("x")) as endpoint:
        model = opened(spoken, endpoint, tools=tools)
        assert not model.takes_tools()
        model.close()


def test_calls_of_an_endpoint_that_does_not_stream():
    call = {"id": "c9", "type": "function", "function": {"name": "search", "arguments": {"query": "bees"}}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    end, _ = last(OPENAI, answers(200, {"choices": [{"message": message, "finish_reason": "tool_calls"}]}))
    assert [(one.id, one.name, one.given()) for one in end.calls] == [("c9", "search", {"query": "bees"})]


def test_calls_without_numbers_or_all_of_one_number():
    for places in ((None, None, None), (0, 0, 0)):
        pieces = CallPieces()
        pieces.add(places[0], "a", "search", '{"query": ')
        pieces.add(places[1], "", "", '"x"}')
        pieces.add(places[2], "b", "search", "{}")
        assert [(call.id, call.arguments) for call in pieces.calls()] == [("a", '{"query": "x"}'), ("b", "{}")]


@pytest.mark.parametrize(
    "junk",
    [
        {"tool_calls": "no"},
        {"tool_calls": [None, 3, {"function": 1}, {"index": "x", "function": {"name": 5}}]},
        {"tool_calls": [{"index": -1, "function": {"arguments": "lost"}}]},
    ],
)
def test_calls_that_are_no_calls(junk: dict[str, object]):
    reply = streams(fake_endpoint.event(delta=junk), fake_endpoint.event("hm", finish_reason="stop"))
    assert last(OPENAI, reply)[0].calls == ()


def test_details_are_masked_in_calls_and_results_and_put_back(spoken: Protocol):
    mail = "ada@moor.example"
    messages = [
        Message("system", "Rules."),
        Message("user", "Who is it?"),
        Message("assistant", "", (ToolCall("a1", "search", json.dumps({"query": mail})),)),
        Message("tool", f"{mail} and ben@lee.example", call_id="a1"),
    ]
    with FakeEndpoint(spoken.calls(("search", '{"query": "EMAIL_2"}'))) as endpoint:
        model = opened(spoken, endpoint)
        *_, end = MaskedModel(model).stream(messages, TOOLS)
        model.close()
    sent = json.dumps(endpoint.requests)
    assert "moor.example" not in sent
    assert "lee.example" not in sent
    assert spoken.called(endpoint.requests[0]) == [("a1", {"query": "EMAIL_1"})]
    assert end.calls[0].given() == {"query": "ben@lee.example"}


def test_the_meter_counts_and_hashes_calls_and_tools(spoken: Protocol):
    told: list[Sent] = []
    with FakeEndpoint(spoken.calls(SEARCH), spoken.says("x")) as endpoint:
        model = opened(spoken, endpoint)
        metered = MeteredModel(model, Meter(told.append), count=len, price=lambda _: None)
        list(metered.stream(LATER, TOOLS))
        list(metered.stream(QUESTION))
        model.close()
    assert told[0].sent_sha256 == digest_of(as_sent(LATER, TOOLS))
    assert told[0].returned_sha256 == digest_of('search {"query": "bees"}')
    assert told[1].sent_sha256 == digest_of(as_sent(QUESTION))
    assert as_sent(LATER) != as_sent(LATER, TOOLS)


def test_the_second_model_gets_the_tools_where_the_first_fails(spoken: Protocol):
    with FakeEndpoint(answers(401)) as one, FakeEndpoint(spoken.calls(SEARCH)) as other:
        first, second = opened(spoken, one), opened(spoken, other)
        both = FallbackModel(first, second)
        assert both.takes_tools()
        *_, end = both.stream(QUESTION, TOOLS)
        for model in (first, second):
            model.close()
    assert end.calls[0].given() == {"query": "bees"}
