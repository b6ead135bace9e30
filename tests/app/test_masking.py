"""No private detail reaches a chat model elsewhere, and the answer reads as if it had."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.masking import MaskedModel, is_masked
from rag.prompt import PLACEHOLDERS
from rag.settings import Settings
from rag.tools import Tool, ToolCall
from rag.types import Delta, Message
from tests.app.recording_home import asking
from tests.fake_endpoint import DONE, event, says, streams

TEXT = (
    "The keeper of Varn is reached at anna@varn.example.org or +44 20 7946 0018; "
    "dues go to DE89 3704 0044 0532 0130 00."
)
QUESTION = "How is the keeper of Varn reached, at anna@varn.example.org?"
REPLY = ("The keeper of Varn is reached at EM", "AIL_1 or PHONE_", "1. [", "1]")
WRITTEN = "The keeper of Varn is reached at anna@varn.example.org or +44 20 7946 0018. [1]"


def test_the_endpoint_sees_placeholders_and_the_answer_has_the_details(tmp_path: Path):
    with asking(tmp_path, says(*REPLY), text=TEXT, mask="always", audit="texts") as (workspace, endpoint):
        events = list(workspace.answerer.stream(QUESTION))
        (row,) = workspace.audit.rows()
    answer = events[-1]
    sent = json.dumps(endpoint.requests)
    assert not [one for one in ("anna@", "7946", "DE89", "3704") if one in sent]
    assert "reached, at EMAIL_1?" in sent
    assert "or PHONE_1; dues go to IBAN_1." in sent
    assert endpoint.requests[0]["messages"][0]["content"].endswith(PLACEHOLDERS)
    assert answer.text.replace("`", "") == WRITTEN  # where nothing is masked an address is made inert, too
    assert "".join(event for event in events if isinstance(event, str)) == WRITTEN
    assert [one.check.state for one in answer.sentences if one.check] == ["supported"]
    assert row["settings"]["mask"] == "always"


def test_what_breaks_off_within_a_placeholder_is_shown(tmp_path: Path):
    stream = streams(event("It is EMAIL_1 or PHONE_1"), ends=False)
    with asking(tmp_path, stream, text=TEXT, mask="always") as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
    assert answer.text.startswith("It is `anna@varn.example.org` or +44 20 7946 0018")
    assert "broke off" in answer.notice


class Replies:
    name = "scripted"

    def __init__(self, *deltas: Delta) -> None:
        self.deltas = deltas
        self.messages: Sequence[Message] = ()

    def stream(self, messages: Sequence[Message], _tools: Sequence[Tool] = (), _schema: str = "") -> Iterator[Delta]:
        self.messages = messages
        yield from self.deltas


def asked(model: Replies, *calls: ToolCall) -> list[Delta]:
    said = [Message("system", "s"), Message("user", "mail ada@x.com, or DE89 3704 0044\n0532 0130 00")]
    return list(MaskedModel(model).stream([*said, Message("assistant", "", calls)]))


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ('{"query": "foo\\nada@x.com \\u00e9"}', {"query": "foo\nEMAIL_1 é"}),
        ('{"query": "ada\\u0040x.com"}', {"query": "EMAIL_1"}),
        ('{"passage": 4111111111111111, "k": 3}', {"passage": "CARD_1", "k": 3}),
        ('{"in": ["a", {"ada@x.com": null}]}', {"in": ["a", {"EMAIL_1": None}]}),
        ('{"query": "DE89 3704 0044\\n0532 0130 00"}', {"query": "IBAN_1"}),
    ],
)
def test_the_arguments_of_a_call_stay_json(arguments: str, sent: dict[str, object]):
    model = Replies(Delta("x", "stop"))
    asked(model, ToolCall("c1", "search", arguments))
    assert model.messages[2].calls[0].given() == sent
    masked = model.messages[2].calls[0]
    (_, delta) = asked(Replies(Delta("It is EMA"), Delta("", calls=(masked,))), ToolCall("c1", "search", arguments))
    given = json.loads(arguments)
    assert delta.text == "EMA"
    assert delta.calls[0].given() == json.loads(json.dumps(given).replace("4111111111111111", '"4111111111111111"'))


@pytest.mark.parametrize("arguments", ['{"query":  "caf\\u00e9"}', '{"k": 1e400}', "", "{}"])
def test_arguments_without_details_are_sent_as_they_are(arguments: str):
    model = Replies(Delta("x", "stop"))
    asked(model, ToolCall("c1", "search", arguments))
    assert model.messages[2].calls[0].arguments == arguments


def test_arguments_that_are_no_json_are_masked_as_they_stand():
    model = Replies(Delta("x", "stop"))
    asked(model, ToolCall("c1", "search", '{"query": "ada@x.com'))
    assert model.messages[2].calls[0].arguments == '{"query": "EMAIL_1'


def test_a_stream_without_a_reason_to_end_is_whole():
    assert "".join(delta.text for delta in asked(Replies(Delta("hello EMAIL_1 EMA"), Delta("IL_1")))) == (
        "hello ada@x.com ada@x.com"
    )


@pytest.mark.parametrize(("mask", "text"), [("remote", TEXT), ("off", TEXT), ("always", "The keeper of Varn is Anna.")])
def test_near_endpoints_and_texts_without_details_are_sent_as_they_are(tmp_path: Path, mask: str, text: str):
    question = "Who is the keeper of Varn?"
    with asking(tmp_path, says("It is Anna. [1]"), text=text, mask=mask) as (workspace, endpoint):
        workspace.answerer.ask(question)
    sent = json.dumps(endpoint.requests)
    assert text in sent
    assert PLACEHOLDERS not in sent


def test_a_stopped_answer_ends_its_request(tmp_path: Path):
    stream = streams(
        event("It is EMAIL_1, and "), *[part for _ in range(100) for part in (0.05, event("so on "))], DONE
    )
    with asking(tmp_path, stream, text=TEXT, mask="always") as (workspace, endpoint):
        events = workspace.answerer.stream(QUESTION)
        while not isinstance(next(events), str):
            pass
        events.close()
        assert endpoint.hung_up.wait(5)


@pytest.mark.parametrize(
    ("url", "elsewhere"),
    [
        ("https://api.openai.com/v1", True),
        ("http://8.8.8.8:8000/v1", True),
        ("http://[2001:4860:4860::8888]/v1", True),
        ("http://127.0.0.1:8080/v1", False),
        ("http://[::1]:8080/v1", False),
        ("http://localhost:11434/v1", False),
        ("http://192.168.1.7/v1", False),
        ("http://10.0.0.5/v1", False),
        ("http://ollama:11434/v1", False),
        ("http://host.docker.internal:11434/v1", False),
        ("http://localhost.evil.example/v1", True),
        ("http://134744072/v1", True),  # 8.8.8.8 as one number
        ("http://0x08080808/v1", True),
        ("http://2130706433/v1", False),
        ("http://gpu2:8000/v1", False),
        ("http://8ball:8000/v1", False),
    ],
)
def test_what_is_elsewhere(url: str, elsewhere: bool):
    near = "http://127.0.0.1/v1"
    assert is_masked(Settings(base_url=url)) is elsewhere
    assert is_masked(Settings(base_url=near, fallback_model="x", fallback_url=url)) is elsewhere
    assert not is_masked(Settings(base_url=url, mask="off"))
    assert is_masked(Settings(base_url=near, mask="always"))


def test_the_profiles_own_address_counts():
    assert not is_masked(Settings(chat_profile="ollama"))
    assert is_masked(Settings(chat_profile="openai"))
    assert not is_masked(Settings(chat_model="/models/small.gguf"))  # runs here
    assert is_masked(Settings(chat_model="/models/small.gguf", fallback_model="x", fallback_url="https://a.example/v1"))
