"""`python -m app doctor` says in a sentence what is wrong with a chat endpoint, or what it is."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping

import pytest

from app.chat_doctor import Health, examined
from app.cli import main
from rag.settings import Settings
from tests.app.chatting import KEY
from tests.app.test_detection import LLAMA_CPP, LM_STUDIO, OLLAMA, VLLM
from tests.fake_endpoint import DONE, FakeEndpoint, Reply, answers, calls, event, says, stays_silent, streams, usage

WELL = streams(
    event("yes", model="tiny-2026", system_fingerprint="fp_1"), event(finish_reason="stop"), usage(9, 1), DONE
)
OTHERS = {"/v1/models": answers(200, {"data": [{"id": "big"}]})}
CALLED = calls(("search", '{"query": "rent"}'))
REFUSED = answers(400, {"error": "this model does not support tools"})
WHOLE = answers(200, {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]})
SLOW = streams(0.6, event("yes", finish_reason="stop"), DONE)


def health(*replies: Reply, pages: Mapping[str, Reply] | None = None, slow: float = 10, **settings: object) -> Health:
    with FakeEndpoint(*replies, pages=pages) as endpoint:
        given = {"chat_model": "tiny", "base_url": endpoint.url, "api_key": KEY, "timeout": 2.0, **settings}
        (found,) = examined(Settings(**given), slow=slow)  # type: ignore[arg-type]
    assert KEY not in repr(found)
    assert "\n" not in found.said
    return found


@pytest.mark.parametrize(
    ("replies", "pages", "words"),
    [
        ([answers(401, {"error": f"bad key {KEY}"})], {}, ["refused the key", "OPENAI_API_KEY"]),
        ([answers(404, {"error": "?"})], VLLM | OTHERS, ["one of big"]),
        ([answers(400, {"error": "no model"})], LM_STUDIO | OTHERS, ["one of big"]),
        ([answers(404, {"error": "?"})], {}, ["check FOOTNOTE_CHAT_MODEL, and OPENAI_BASE_URL"]),
        ([stays_silent(20)], {}, ["sent nothing for 2 seconds", "FOOTNOTE_TIMEOUT"]),
        ([says("")], {}, ["sent an empty answer"]),
        ([WHOLE], {}, ["does not stream", "choose an endpoint that does"]),
        ([answers(200, "<html>hello</html>")], {}, ["web page", "OPENAI_BASE_URL"]),
        ([answers(500, {"error": "boom"})], OLLAMA, ["failed with status 500 (boom)"]),
        ([SLOW], {}, ["is slow, its first word comes after 0.", "a smaller or a nearer one"]),
    ],
)  # fmt: skip
def test_what_is_wrong(replies: list[Reply], pages: Mapping[str, Reply], words: list[str]):
    found = health(*replies, pages=pages, slow=0.5)
    assert not found.is_well
    assert [word for word in words if word not in found.said] == []
    assert found.facts["model"] == "tiny"


def test_a_model_that_is_loaded_by_the_first_request_is_not_slow():
    found = health(SLOW, WELL, slow=0.5)
    assert found.is_well
    assert found.facts["first_token_ms"] < 500


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        (OLLAMA, "Ollama 0.12.3, first word after 0."),
        (OLLAMA, "a context of 4,096 tokens, as such servers have unless told otherwise, JSON schema yes, tools yes ("),
        (VLLM, "a context of 40,960 tokens, JSON schema yes, tools yes (it called one), log-probabilities yes, seeds"),
        (LLAMA_CPP, "llama.cpp b6000, first word"),
        ({}, "an OpenAI-compatible endpoint, first word"),
        (
            {},
            "context length unknown, JSON schema unknown, tools yes (it called one), log-probabilities unknown, seeds",
        ),
    ],
)
def test_what_it_is(pages: Mapping[str, Reply], words: str):
    found = health(WELL, CALLED, pages=pages)
    assert found.is_well
    assert found.facts["supports"]["tools"] is True
    assert found.said.startswith("the chat model 'tiny' at http://127.0.0.1:")
    assert " answers as 'tiny-2026': " in found.said
    assert words in found.said


@pytest.mark.parametrize(
    ("reply", "settings", "takes", "words"),
    [
        (WELL, {}, False, "tools no (it was asked to call one and wrote words instead)"),
        (REFUSED, {}, False, "takes no tools (this model does not support tools))"),
        (answers(500, {"error": "boom"}), {}, None, "failed with status 500 (boom)"),
        (CALLED, {"agent": "off"}, None, "tools unknown, "),
    ],
)
def test_what_came_of_a_call_is_told(reply: Reply, settings: dict[str, str], takes: bool | None, words: str):
    found = health(WELL, reply, **settings)
    assert found.is_well
    assert found.facts["supports"]["tools"] is takes
    assert words in found.said


def test_what_it_does_not_take_is_told():
    found = health(answers(400, {"error": "'seed' is not supported"}), WELL, seed=7)
    assert found.is_well
    assert found.said.endswith("price unknown; it does not take seed")
    assert found.facts["refused"] == ["seed"]


@pytest.mark.usefixtures("token_table")
def test_a_known_price():
    found = health(WELL, chat_model="gpt-4o", chat_profile="openai")
    assert "a context of 128,000 tokens" in found.said
    assert "$2.5 and $10 for a million tokens" in found.said
    assert found.facts["price"] == {"prompt": 2.5, "completion": 10}


def test_no_model_is_set():
    (found,) = examined(Settings())
    assert (found.is_well, found.facts) == (True, {})
    assert "set FOOTNOTE_CHAT_MODEL to have them written" in found.said
    assert health(WELL, chat_model="", pages=OLLAMA).said.endswith("set FOOTNOTE_CHAT_MODEL to one of tiny:latest")
    assert "to have them written" in health(WELL, chat_model="").said


def test_an_address_without_a_model_is_wrong():
    assert not health(WELL, chat_model="").is_well


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--json"], 0), (["--require-model"], 1)])
def test_without_a_model_the_command_says_so(
    options: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name in ("FOOTNOTE_CHAT_MODEL", "OPENAI_BASE_URL", "FOOTNOTE_CHAT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    assert main(["doctor", *options]) == code
    assert "no chat model is set, so answers are quoted" in capsys.readouterr().out


def test_nobody_listens_and_a_key_that_is_none():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    (found,) = examined(Settings(chat_model="tiny", base_url=url))
    assert "nobody listens there" in found.said
    (found,) = examined(Settings(chat_model="tiny", base_url=url, api_key="a b"))
    assert found.said.startswith("OPENAI_API_KEY has characters")


@pytest.mark.parametrize(("first", "code"), [(WELL, 0), (answers(401), 1)])
def test_the_command(first: Reply, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    with FakeEndpoint(first, pages=VLLM) as one, FakeEndpoint(WELL) as other:
        environment = {
            "FOOTNOTE_CHAT_MODEL": "tiny",
            "OPENAI_BASE_URL": one.url,
            "OPENAI_API_KEY": KEY,
            "FOOTNOTE_FALLBACK_MODEL": "small",
            "FOOTNOTE_FALLBACK_URL": other.url,
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert main(["doctor", "--json"]) == code
        shown = capsys.readouterr()
        assert main(["doctor"]) == code
        lines = capsys.readouterr().out.splitlines()
    row = json.loads(shown.out)
    assert (row["ok"], [one["ok"] for one in row["endpoints"]]) == (code == 0, [code == 0, True])
    assert [one["model"] for one in row["endpoints"]] == ["tiny", "small"]
    assert row["endpoints"][0]["context_tokens"] == 40960
    assert set(row["endpoints"][0]["supports"]) == {"json_schema", "tools", "log_probabilities", "seeds"}
    assert KEY not in shown.out + shown.err + "".join(lines)
    assert [line.split(" at ")[0] for line in lines][1] == "the chat model 'small'"
    assert all(KEY not in str(request) for request in other.headers)
