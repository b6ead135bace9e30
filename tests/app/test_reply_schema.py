"""Endpoints that can are asked for JSON by its schema, and no request carries one that did not ask for JSON."""

from __future__ import annotations

import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from app.anthropic_model import AnthropicChatModel
from app.chat_facts import ChatFacts
from app.chat_model import OpenAIChatModel
from app.chat_profiles import ANTHROPIC, COMPATIBLE, LLAMA_CPP, LM_STUDIO, OLLAMA, OPENAI, VLLM, Profile
from app.detection import Found
from app.fallback import FallbackModel
from app.forms import PydanticForm
from app.local_model import LocalChatModel
from app.masking import MaskedModel
from app.reply_schema import is_strict
from evals.asking import Asked, Said
from evals.judge import Judge
from indexes.support_weights import support
from rag.errors import ModelError
from rag.forms import FormFiller
from rag.settings import Settings
from rag.types import Message
from rag.verification.verifier import Verifier
from tests import fake_messages
from tests.app.local import model_file
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import DONE, FakeEndpoint, Reply, answers, event, says, streams
from tests.rag.hits import a_hit


class Lighthouse(BaseModel):
    height: int
    keeper: str | None = None


ASKED = [Message("system", "Reply with JSON."), Message("user", "How high is it?")]
SCHEMA = PydanticForm(Lighthouse).schema
FORM = says('{"height": 41}')
HITS = [a_hit(1, "The lighthouse of Varn has a height of 41 metres.")]
SENT = {"type": "json_schema", "json_schema": {"name": "form", "schema": json.loads(SCHEMA), "strict": False}}


def opened(endpoint: FakeEndpoint, profile: Profile = VLLM, **given: Any) -> OpenAIChatModel:  # noqa: ANN401
    facts = ChatFacts(Found(profile))
    place = {"base_url": endpoint.url, "model": "tiny", "timeout": 20.0, "sleep": lambda _: None, **given}
    return OpenAIChatModel(facts=lambda _: facts, **place)


def carried(endpoint: FakeEndpoint) -> list[bool]:
    return ["response_format" in request for request in endpoint.requests]


def asked(*replies: Reply, profile: Profile = VLLM, times: int = 1) -> list[dict[str, Any]]:
    """The requests of a form that is asked for so many times."""
    with FakeEndpoint(*replies) as endpoint, closing(opened(endpoint, profile)) as model:
        for _ in range(times):
            assert "".join(one.text for one in model.stream(ASKED, schema=SCHEMA)) == '{"height": 41}'
    return endpoint.requests


@pytest.mark.parametrize("profile", [OPENAI, VLLM, OLLAMA, LLAMA_CPP, LM_STUDIO], ids=lambda one: one.name)
def test_where_it_is_supported_a_form_is_asked_for_by_its_schema(profile: Profile):
    (request,) = asked(FORM, profile=profile)
    assert request["response_format"] == SENT


def test_where_nobody_knows_it_is_not():
    (request,) = asked(FORM, profile=COMPATIBLE)
    assert "response_format" not in request


def test_a_workspace_sends_it_for_forms_and_never_for_questions(tmp_path: Path):
    with asking(tmp_path, FORM, says("It is 41 metres high. [1]"), chat_profile="vllm") as (workspace, endpoint):
        assert workspace.ask_in_form(QUESTION, Lighthouse).value == Lighthouse(height=41)
        workspace.answerer.ask(QUESTION)
        form, plain = workspace.audit.rows()
    assert carried(endpoint) == [True, False]
    assert endpoint.requests[0]["response_format"] == SENT
    assert (form["settings"]["schema"], "schema" in plain["settings"]) == (True, False)
    sent = {"messages": endpoint.requests[0]["messages"], "schema": json.loads(SCHEMA)}
    written = json.dumps(sent, ensure_ascii=False, separators=(",", ":"))
    assert form["requests"][0]["sent_sha256"] == sha256(written.encode()).hexdigest()


def test_an_endpoint_that_tells_what_it_is_gets_it(tmp_path: Path):
    with asking(tmp_path, FORM) as (workspace, endpoint):
        endpoint.pages["/v1/models"] = answers(200, {"data": [{"id": "tiny", "owned_by": "vllm"}]})
        endpoint.pages["/version"] = answers(200, {"version": "0.9.0"})
        workspace.ask_in_form(QUESTION, Lighthouse)
        (row,) = workspace.audit.rows()
    assert carried(endpoint) == [True]
    assert row["settings"]["schema"] is True


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        (400, "bad request"),
        (422, "body.response_format.type: Input should be 'text' or 'json_object'"),
        (404, "No endpoints found that can handle the requested parameter response_format"),
        (500, "failed to parse grammar"),
        (501, "json_schema is not implemented"),
    ],
)
def test_one_that_refuses_it_is_asked_again_without_and_from_then_on(status: int, reason: str):
    requests = asked(answers(status, {"error": {"message": reason}}), FORM, times=2)
    assert ["response_format" in one for one in requests] == [True, False, False]
    assert [one["stream_options"] for one in requests] == [{"include_usage": True}] * 3, "nothing else is given up"


def test_one_that_refuses_it_within_the_stream_is_asked_again_without():
    refusal = streams(event(error={"message": "'response_format.type' must be 'text'"}), DONE)
    assert ["response_format" in one for one in asked(refusal, FORM)] == [True, False]


def test_a_refusal_is_remembered_by_all_that_share_the_endpoint_and_is_told():
    refusal = answers(400, {"error": {"message": "response_format is not supported"}})
    with FakeEndpoint(refusal, FORM) as endpoint, closing(opened(endpoint)) as model:
        deltas = list(model.stream(ASKED, schema=SCHEMA))
        list(model.sampled(Settings(temperature=1.0)).stream(ASKED, schema=SCHEMA))
        assert model.refused == ["response_format"]
    assert carried(endpoint) == [True, False, False]
    assert not any(delta.has_schema for delta in deltas)


def test_what_another_parameter_is_refused_for_leaves_the_schema_alone():
    refusal = answers(400, {"error": {"message": "Unsupported value: 'temperature' does not support 0."}})
    first, second = asked(refusal, FORM)
    assert ("temperature" in first, "temperature" in second) == (True, False)
    assert "response_format" in second


@pytest.mark.parametrize("status", [404, 500])
def test_a_failure_that_names_no_schema_is_told_as_ever(status: int):
    with FakeEndpoint(answers(status, {"error": "out of order"})) as endpoint:
        with closing(opened(endpoint, retries=0)) as model, pytest.raises(ModelError):
            list(model.stream(ASKED, schema=SCHEMA))
        assert carried(endpoint) == [True]


def test_a_refused_question_is_never_taken_for_a_refused_schema():
    refusal = answers(404, {"error": {"message": "response_format"}})
    with FakeEndpoint(refusal) as endpoint, closing(opened(endpoint)) as model:
        with pytest.raises(ModelError, match="knows no model"):
            list(model.stream(ASKED))
        assert model.refused == []


@pytest.mark.parametrize(("first", "second"), [(VLLM, COMPATIBLE), (COMPATIBLE, VLLM)])
def test_the_second_endpoint_gets_it_by_its_own_profile(first: Profile, second: Profile):
    with (
        FakeEndpoint(answers(401)) as one,
        FakeEndpoint(FORM) as other,
        closing(opened(one, first)) as large,
        closing(opened(other, second)) as small,
    ):
        *_, end = FallbackModel(large, small).stream(ASKED, schema=SCHEMA)
    assert (carried(one), carried(other)) == ([first is VLLM], [second is VLLM])
    assert end.has_schema is (second is VLLM)


@pytest.mark.parametrize("profile", [VLLM, COMPATIBLE], ids=lambda one: one.name)
def test_prose_in_spite_of_it_is_asked_again_and_told_as_ever(profile: Profile):
    def filled(*replies: Reply) -> list[bool]:
        with FakeEndpoint(*replies) as endpoint, closing(opened(endpoint, profile)) as model:
            try:
                FormFiller(model, Verifier(support)).fill(PydanticForm(Lighthouse), "How high?", HITS)
            finally:
                sent = carried(endpoint)
        return sent

    assert filled(says("It is high."), FORM) == [profile is VLLM] * 2
    with pytest.raises(ModelError, match="tiny replied twice with something else than the form: it holds no JSON"):
        filled(says("It is high."))


def test_private_details_of_a_schema_are_masked():
    class Mail(BaseModel):
        to: str = Field(description="as ada@x.com")

    asked = [Message("system", "s"), Message("user", "Who is ada@x.com?")]
    with FakeEndpoint(says('{"to": "EMAIL_1"}')) as endpoint, closing(opened(endpoint)) as model:
        said = "".join(one.text for one in MaskedModel(model).stream(asked, schema=PydanticForm(Mail).schema))
    schema = endpoint.requests[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["to"]["description"] == "as EMAIL_1"
    assert said == '{"to": "ada@x.com"}'


def test_anthropic_is_asked_without():
    pytest.importorskip("anthropic")
    with FakeEndpoint(fake_messages.says('{"height": 41}')) as endpoint:
        facts = ChatFacts(Found(ANTHROPIC))
        with closing(AnthropicChatModel(base_url=endpoint.url, model="m", facts=lambda _: facts)) as model:
            deltas = list(model.stream(ASKED, schema=SCHEMA))
            list(model.stream(ASKED))
    assert endpoint.requests[0] == endpoint.requests[1]
    assert not any(delta.has_schema for delta in deltas)


def test_a_judge_is_asked_by_its_schema():
    case = Asked("q1", "When?", ("1743",), is_answerable=True, said=Said("In 1743.", False, 0.9, 1.0, None, ()))
    verdict = says('{"correct": 1, "grounded": 0.5, "relevant": 1}')
    with FakeEndpoint(verdict) as endpoint, closing(opened(endpoint)) as model:
        assert Judge(model).grade(case)["judge_correct"] == 1
    schema = endpoint.requests[0]["response_format"]["json_schema"]["schema"]
    assert set(schema["required"]) == {"correct", "grounded", "relevant"}


class Exact(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    n: int | None


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: list[Exact]


class Optional(Exact):
    note: str = ""


class Optionals(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: list[Optional]


class Described(BaseModel):
    model_config = ConfigDict(extra="forbid")
    default: Exact = Field(description="with a word beside its reference")


class Numbers(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by_name: dict[str, int]


class Default(BaseModel):
    model_config = ConfigDict(extra="forbid")
    default: str
    allOf: float = Field(gt=0)


@pytest.mark.parametrize(
    ("form", "expected"),
    [(Exact, True), (Whole, True), (Default, True)]
    + [(one, False) for one in (Lighthouse, Optional, Optionals, Described, Numbers)],
)
def test_strict_is_said_only_of_a_schema_that_openai_takes_so(form: type[BaseModel], expected: bool):
    with FakeEndpoint(FORM) as endpoint, closing(opened(endpoint, OPENAI)) as model:
        list(model.stream(ASKED, schema=PydanticForm(form).schema))
    assert endpoint.requests[0]["response_format"]["json_schema"]["strict"] is expected


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "properties": {"a": True}, "required": ["a"], "additionalProperties": False},
        {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False},
    ],
)
def test_odd_schemas_are_not_strict(schema: dict[str, object]):
    assert not is_strict(schema)


class Known(BaseModel):
    is_high: bool


@pytest.mark.slow
def test_a_model_in_a_file_keeps_to_it():
    """Its 135 million weights write no JSON of their own accord."""
    given = Settings(chat_model=str(model_file()), chat_threads=1, max_answer_tokens=120, timeout=120)
    with closing(LocalChatModel(given)) as model:
        deltas = list(model.stream([Message("user", "Is a tower high?")], schema=PydanticForm(Known).schema))
    assert isinstance(Known.model_validate_json("".join(one.text for one in deltas)), Known)
    assert deltas[-1].has_schema
