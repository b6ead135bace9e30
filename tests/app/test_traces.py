"""A question leaves spans at a real collector, none of which says a word of it or a key unless that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.traced_model import TracedModel
from app.wiring import Workspace
from rag.errors import InputError
from rag.trace_settings import TraceSettings
from rag.types import Answer, Turn
from tests.app.recording_home import QUESTION, TEXT, asking
from tests.app.test_audit import SECRETS
from tests.collector import Collector, Seen
from tests.fake_endpoint import DONE, FakeEndpoint, Reply, answers, event, says, streams, usage

KEY = "my-own-key-without-a-known-form"
WRITTEN = streams(event("It is 41 metres high. [1]", model="tiny-1"), event(finish_reason="stop"), usage(200, 9), DONE)


@contextmanager
def traced(home: Path, *replies: Reply, texts: bool = False, **settings: Any) -> Iterator[tuple[Workspace, Collector]]:  # noqa: ANN401
    """A workspace that tells the collector; what it told is there once the workspace is closed."""
    with Collector() as collector:
        traces = TraceSettings(collector.url, (("x-key", KEY),), has_texts=texts)
        with asking(home, *replies, api_key=KEY, traces=traces, **settings) as (workspace, _):
            yield workspace, collector


def spans_of(home: Path, *replies: Reply, **settings: Any) -> list[Seen]:  # noqa: ANN401
    with traced(home, *replies, **settings) as (workspace, collector):
        workspace.answerer.ask(QUESTION)
    return collector.spans()


def one(spans: list[Seen], name: str) -> Seen:
    (found,) = [span for span in spans if span.name == name]
    return found


def test_a_written_answer_is_a_tree_of_spans(tmp_path: Path):
    spans = spans_of(tmp_path, WRITTEN, temperature=0.5, sample_top_k=3)
    question = one(spans, "invoke_workflow answer")
    assert question.parent == b""
    assert question.attributes["gen_ai.operation.name"] == "invoke_workflow"
    assert question.attributes["footnote.outcome"] == "written"
    assert question.attributes["footnote.citations"] == 1
    retrieval = one(spans, "retrieval")
    below = {span.name for span in spans if span.parent == retrieval.id}
    assert {"words", "dense", "keyword", "fuse", "select", "rerank"} <= below
    assert {span.name for span in spans if span.parent == question.id} == {
        "retrieval",
        "read",
        "write",
        "verify",
        "chat tiny",
    }
    assert one(spans, "fuse").attributes == {"footnote.count": 1}
    assert one(spans, "verify").attributes == {"footnote.count": 1, "footnote.claims": 1, "footnote.unsupported": 0}
    assert all(0 <= span.seconds <= question.seconds for span in spans)


def test_a_form_that_is_asked_for_by_its_schema_says_so(tmp_path: Path):
    class Height(BaseModel):
        metres: int

    with traced(tmp_path, says('{"metres": 41}'), chat_profile="vllm") as (workspace, collector):
        workspace.ask_in_form(QUESTION, Height)
    assert one(collector.spans(), "chat tiny").attributes["gen_ai.output.type"] == "json"


def test_a_chat_request_has_the_names_of_the_conventions(tmp_path: Path):
    chat = one(spans_of(tmp_path, WRITTEN, temperature=0.5, sample_top_k=3, seed=7), "chat tiny")
    seconds = chat.attributes.pop("gen_ai.response.time_to_first_chunk")
    port = chat.attributes.pop("server.port")
    assert chat.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "compatible",
        "gen_ai.request.model": "tiny",
        "gen_ai.request.stream": True,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 512,
        "gen_ai.request.top_k": 3,
        "gen_ai.request.seed": 7,
        "gen_ai.response.model": "tiny-1",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 200,
        "gen_ai.usage.output_tokens": 9,
        "server.address": "127.0.0.1",
    }
    assert chat.kind == 3  # a client's
    assert 0 < seconds <= chat.seconds
    assert port > 0
    assert not chat.has_failed


def test_the_conventions_have_these_names():
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes  # noqa: PLC2701
    from opentelemetry.semconv.attributes import error_attributes, server_attributes

    known = {
        value
        for module in (gen_ai_attributes, error_attributes, server_attributes)
        for name, value in vars(module).items()
        if name.isupper()
    }
    code = "".join(Path(path).read_text() for path in ("app/traced_model.py", "app/traced_question.py"))
    code += Path("indexes/telemetry.py").read_text()
    used = {word.rstrip(".") for word in code.replace("{name}", "temperature").split('"') if word.startswith("gen_ai.")}
    assert {"gen_ai.request.temperature", "gen_ai.input.messages"} <= used
    assert used | {"error.type", "server.address", "server.port"} <= known
    assert {f"gen_ai.request.{name}" for name in TRACED} <= known


TRACED = ("temperature", "top_p", "max_tokens", "top_k", "frequency_penalty", "presence_penalty", "seed")


def test_a_quoted_answer_and_a_refusal(tmp_path: Path):
    assert "chat tiny" not in {span.name for span in spans_of(tmp_path)}
    with traced(tmp_path) as (workspace, collector):
        workspace.answerer.ask("Who won the chess championship of 1972?")
    assert one(collector.spans(), "invoke_workflow answer").attributes["footnote.outcome"] == "refused"


def test_a_failed_request_says_its_kind_and_the_second_model_has_its_own_span(tmp_path: Path):
    with FakeEndpoint(WRITTEN) as second:
        refused = answers(401, {"error": f"The question {QUESTION} with {KEY} is refused"})
        spans = spans_of(tmp_path, refused, fallback_model="other", fallback_url=second.url)
    first, other = one(spans, "chat tiny"), one(spans, "chat other")
    assert (first.has_failed, first.attributes["error.type"]) == (True, "ModelError")
    assert (other.has_failed, other.attributes["gen_ai.response.model"]) == (False, "tiny-1")
    assert first.parent == other.parent


def test_requests_that_go_side_by_side_are_parts_of_the_question(tmp_path: Path):
    spans = spans_of(tmp_path, says("one wording"), query="multi,hyde")
    question = one(spans, "invoke_workflow answer")
    chats = [span for span in spans if span.name == "chat tiny"]
    assert len(chats) == 3
    assert {span.parent for span in chats} == {question.id}


def test_a_stopped_answer_ends_its_spans(tmp_path: Path):
    with traced(tmp_path, streams(event("It is "), 0.2, event("41"), 5.0, DONE)) as (workspace, collector):
        events = workspace.answerer.stream(QUESTION)
        for said in events:
            if isinstance(said, str):
                events.close()
    spans = collector.spans()
    assert one(spans, "invoke_workflow answer").attributes["footnote.outcome"] == "stopped"
    assert "gen_ai.response.finish_reasons" not in one(spans, "chat tiny").attributes


@pytest.mark.parametrize("name", SECRETS)
def test_no_word_and_no_secret_gets_into_a_trace(tmp_path: Path, name: str):
    said = says(f"It is 41 metres high, {SECRETS[name]} says {KEY}. [1]", finish_reason=f"stop {KEY}")
    earlier = Turn(QUESTION, Answer(QUESTION, TEXT, (), (), (), trace=None))  # type: ignore[arg-type]
    with traced(tmp_path, said, query="multi") as (workspace, collector):
        workspace.answerer.ask(f"{QUESTION} {SECRETS[name]} {KEY}", history=[earlier])
        with pytest.raises(InputError):
            workspace.answerer.ask("lighthouse " * 1000)
    held = b"".join(collector.bodies)
    assert b"gen_ai.request.model" in held
    for word in (KEY, "lighthouse", "Varn", "41 metres", "note.txt", "default"):
        assert word.encode() not in held
    assert SECRETS[name].removeprefix("https://").removeprefix("Bearer ").split("@")[0].encode() not in held


def test_texts_are_told_when_asked_for_without_secrets(tmp_path: Path):
    private, secret = "ada@example.org", SECRETS["github"]
    question = f"{QUESTION} {private} asks with {KEY} and {secret}"
    with traced(tmp_path, WRITTEN, texts=True, mask="always") as (workspace, collector):
        workspace.answerer.ask(question)
    chat, asked = one(collector.spans(), "chat tiny"), one(collector.spans(), "invoke_workflow answer")
    sent = json.loads(chat.attributes["gen_ai.input.messages"])
    assert [message["role"] for message in sent] == ["system", "user"]
    assert QUESTION in sent[-1]["parts"][0]["content"]
    assert private not in str(sent)  # it did not leave for the model either
    (reply,) = json.loads(chat.attributes["gen_ai.output.messages"])
    assert reply == {
        "role": "assistant",
        "parts": [{"type": "text", "content": "It is 41 metres high. [1]"}],
        "finish_reason": "stop",
    }
    assert "[secret]" in asked.attributes["gen_ai.input.messages"]
    assert KEY not in str(collector.spans())
    assert secret not in str(collector.spans())


def test_without_a_collector_nothing_is_wrapped(tmp_path: Path):
    with asking(tmp_path, WRITTEN) as (workspace, _):
        assert workspace.answerer.ask(QUESTION).text == "It is 41 metres high. [1]"
        assert not isinstance(workspace._chat_model, TracedModel)
