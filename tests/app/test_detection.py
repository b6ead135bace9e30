"""What endpoints tell about themselves, and that a hostile one neither delays, nor fills, nor misleads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.chat_facts import ChatFacts, facts_of
from app.chat_model import open_chat_model
from app.chat_profiles import PROFILES, profile_of, with_address
from app.detection import Found
from app.wiring import Workspace
from indexes.endpoint import Endpoint
from rag.errors import ModelError
from rag.settings import CHAT_PROFILES, Settings
from rag.tokens import estimated
from tests.app.chatting import KEY, QUESTION
from tests.fake_endpoint import FakeEndpoint, Reply, answers, hangs_up, says, stays_silent, streams
from tests.ingest.working import until

OLLAMA = {
    "/v1/models": answers(200, {"data": [{"id": "tiny:latest", "owned_by": "library"}]}),
    "/api/version": answers(200, {"version": "0.12.3"}),
    "/api/show": answers(
        200, {"model_info": {"llama.context_length": 131072}, "capabilities": ["completion", "tools"]}
    ),
    "/api/ps": answers(200, {"models": [{"name": "other:latest", "context_length": 777}]}),
}
LOADED = {"/api/ps": answers(200, {"models": [{"name": "tiny:latest", "context_length": 16384}]})}
NUM_CTX = {"/api/show": answers(200, {"parameters": 'stop "x"\nnum_ctx    9000\n'})}
SHORT = {"/api/show": answers(200, {"model_info": {"gemma.context_length": 2048}})}
VLLM = {
    "/v1/models": answers(200, {"data": [{"id": "tiny", "owned_by": "vllm", "max_model_len": 40960}]}),
    "/version": answers(200, {"version": "0.11.0"}),
}
LLAMA_CPP = {
    "/v1/models": answers(
        200, {"data": [{"id": "tiny.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}}]}
    ),
    "/props": answers(200, {"default_generation_settings": {"n_ctx": 8192}, "build_info": "b6000"}),
}
LM_STUDIO = {
    "/api/v0/models": answers(
        200, {"data": [{"id": "tiny", "max_context_length": 32768, "loaded_context_length": 6144}, {"id": "big"}]}
    )
}
NOT_LOADED = {"/api/v0/models": answers(200, {"data": [{"id": "tiny", "max_context_length": 32768}]})}
ROUTER = {
    "/v1/models": answers(200, {"data": [{"id": "big", "context_length": 9}, {"id": "tiny", "context_length": 65536}]})
}


@contextmanager
def facts(pages: Mapping[str, Reply], **settings: str) -> Iterator[tuple[ChatFacts, FakeEndpoint]]:
    with FakeEndpoint(says("x"), pages=pages) as endpoint:
        given = Settings(base_url=endpoint.url, chat_model="tiny", api_key=KEY, **settings)  # type: ignore[arg-type]
        yield facts_of(given, Endpoint(endpoint.url, KEY, "tiny")), endpoint


def looking() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "chat-facts"}


def found(pages: Mapping[str, Reply], **settings: str) -> Found:
    with facts(pages, **settings) as (known, _):
        return known.found(patience=30)


@pytest.mark.parametrize(
    ("pages", "profile", "tokens", "is_assumed"),
    [
        (OLLAMA, "ollama", 4096, True),
        (OLLAMA | LOADED, "ollama", 16384, False),
        (OLLAMA | NUM_CTX, "ollama", 9000, False),
        (OLLAMA | SHORT, "ollama", 2048, True),
        (OLLAMA | {"/api/show": answers(404, {"error": "no such model"})}, "ollama", None, False),
        (VLLM, "vllm", 40960, False),
        (LLAMA_CPP, "llama.cpp", 8192, False),
        (LM_STUDIO, "lmstudio", 6144, False),
        (NOT_LOADED, "lmstudio", 4096, True),
        (ROUTER, "compatible", 65536, False),
        ({}, "compatible", None, False),
    ],
)
@pytest.mark.parametrize("is_set", [False, True])
def test_what_it_is_and_how_long_its_context(
    pages: Mapping[str, Reply], profile: str, tokens: int | None, is_assumed: bool, is_set: bool
):
    known = found(pages, chat_profile=profile if is_set else "auto")
    assert (known.profile.name, known.context_tokens, known.is_assumed) == (profile, tokens, is_assumed)


def test_versions_models_and_abilities():
    assert (found(OLLAMA).version, found(OLLAMA).models, found(OLLAMA).tools) == ("0.12.3", ("tiny:latest",), True)
    assert (found(VLLM).version, found(VLLM).tools) == ("0.11.0", None)
    assert found(OLLAMA | NUM_CTX).tools is None
    assert found(LM_STUDIO).tools is True


def test_only_what_is_set_is_asked_and_with_the_key():
    with facts(LLAMA_CPP | OLLAMA, chat_profile="llama.cpp") as (known, endpoint):
        assert known.found(patience=30).profile.name == "llama.cpp"
    assert [path for path, _ in endpoint.looks] == ["/v1/models", "/props"]
    assert {headers["authorization"] for _, headers in endpoint.looks} == {f"Bearer {KEY}"}
    assert endpoint.requests == []


def test_the_length_that_is_set_wins():
    with FakeEndpoint(says("x"), pages=VLLM) as endpoint:
        settings = Settings(base_url=endpoint.url, context_tokens=5000)
        known = facts_of(settings, Endpoint(endpoint.url, "", "tiny"))
        assert known.found().context_tokens == 5000
        after = known.found(patience=30)
    assert (after.context_tokens, after.profile.name) == (5000, "vllm")


HUGE = streams(*[b'{"data": "' + b"x" * 1_000_000] * 5000, is_chunked=False)


ENDLESS = streams(*[part for _ in range(1200) for part in (b" ", 0.05)])
BOMB = answers(200, "x", content_encoding="gzip", content_type="application/json")
GARBAGE: dict[str, Reply] = {
    "silent": stays_silent(60.0),
    "drips": ENDLESS,
    "gigabytes": HUGE,
    "hangs up": hangs_up,
    "redirects": answers(302, location="http://other.example/v1"),
    "packed": BOMB,
    "web page": answers(200, "<html>hello</html>"),
    "cut": streams(b'{"data": [{"id"', ends=False),
    "deep": answers(200, "[" * 200_000, content_type="application/json"),
    "number": answers(200, "9" * 10_000),
    "not utf-8": streams(b"\xff\xfe\x00{}"),
    "null": answers(200, "null"),
    "list": answers(200, '[{"data": 1}]'),
    "odd": answers(200, {"data": {"id": 1}, "version": 7, "models": "x", "default_generation_settings": [1]}),
    "odd lengths": answers(
        200, {"data": [{"id": "tiny", "max_model_len": v} for v in (-1, 0, 1e9, 10**30, "9", True, None)]}
    ),
    "odd names": answers(200, {"data": [{"id": 7}, {"id": None}, {}, 3, None, {"id": ""}]}),
}


@pytest.mark.parametrize("reply", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("profile", ["auto", "ollama", "vllm"])
def test_a_hostile_one_is_not_believed_and_delays_nothing(reply: Reply, profile: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.chat_facts.LOOK_SECONDS", 0.6)
    others = looking()
    paths = ("/v1/models", "/api/version", "/api/show", "/api/ps", "/props", "/version", "/api/v0/models")
    with facts(dict.fromkeys(paths, reply), chat_profile=profile) as (known, _):
        start = time.monotonic()
        known.found(patience=0.2)
        assert time.monotonic() - start < 5, "it would take a minute"
        start = time.monotonic()
        last = known.found(patience=30)
        assert time.monotonic() - start < 10, "an answer waits once"
        until(lambda: not looking() - others)
        last = known.found()
    assert last.context_tokens is None
    assert last.profile.name == ("compatible" if profile == "auto" else profile)


@pytest.mark.parametrize(("n_bytes", "tokens"), [(3_000_000, 4096), (5_000_000, None)])
def test_so_many_bytes_are_read_and_no_more(n_bytes: int, tokens: int | None):
    listed = {"data": [{"id": "tiny", "max_model_len": 4096}], "padding": "x" * n_bytes}
    assert found({"/v1/models": answers(200, listed)}, chat_profile="vllm").context_tokens == tokens


def crawls(request: BaseHTTPRequestHandler) -> None:
    """Headers that come letter by letter, each in time."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        request.wfile.write(b"x")
        time.sleep(0.2)
    request.close_connection = True


def test_headers_that_crawl_delay_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.chat_model.CONNECT_SECONDS", 0.5)
    with FakeEndpoint(answers(404, {"error": "?"}), pages={"/v1/models": crawls}) as endpoint:
        model = open_chat_model(Settings(chat_model="tiny", base_url=endpoint.url))
        assert model is not None
        start = time.monotonic()
        assert model.window().context_tokens is None
        with pytest.raises(ModelError, match="check FOOTNOTE_CHAT_MODEL"):
            list(model.stream(QUESTION))
        assert time.monotonic() - start < 10, "it would take twenty seconds"
        model.close()


def test_a_redirect_takes_no_key_along():
    with FakeEndpoint(says("x")) as other:
        page = answers(307, location=f"{other.url}/models")
        assert found({"/v1/models": page, "/api/version": page}).profile.name == "compatible"
    assert other.looks == other.requests == []


def test_an_endpoint_that_says_the_key_again():
    known = found(
        {"/v1/models": answers(200, {"data": [{"id": f"model-{KEY}"}]}), "/api/version": answers(200, {"version": KEY})}
    )
    assert KEY not in repr(known)
    assert known.models == ("model-[key]",)


def test_nobody_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    known = facts_of(Settings(base_url=url), Endpoint(url, "", "tiny"))
    assert known.found(patience=30) == Found()


def test_what_was_found_is_kept_while_the_endpoint_is_too_busy_to_tell():
    looks = [Found(version="1", context_tokens=512), Found()]
    known = ChatFacts(Found(), lambda: looks.pop(0) if looks else Found(), fresh=0.0, told=0.0)
    assert known.found(patience=30).context_tokens == 512
    until(lambda: known.found() and not looks)
    time.sleep(0.05)  # the second look ends after it began
    assert known.found().context_tokens == 512


def test_nothing_is_asked_before_somebody_wants_to_know():
    with FakeEndpoint(says("x"), pages=VLLM) as endpoint:
        model = open_chat_model(Settings(chat_model="tiny", base_url=endpoint.url))
        assert endpoint.looks == []
        assert model is not None
        list(model.stream(QUESTION))
        until(lambda: len(endpoint.looks) == 2)
        assert model.window().context_tokens == 40960
        model.close()


def test_profiles_by_name_and_by_address():
    assert ("auto", *PROFILES) == CHAT_PROFILES
    assert profile_of(Settings()).name == "openai"
    assert profile_of(Settings(base_url="https://api.openai.com.evil.example/v1")).name == "compatible"
    assert profile_of(Settings(chat_profile="vllm")).name == "vllm"
    assert with_address(Settings(chat_profile="ollama")).base_url == "http://127.0.0.1:11434/v1"
    own = Settings(chat_profile="ollama", base_url="http://10.0.0.1/v1")
    assert (with_address(own), with_address(Settings())) == (own, Settings())


@pytest.mark.usefixtures("token_table")
def test_openai_is_known_without_a_request():
    known = facts_of(Settings(), Endpoint(Settings().base_url, "", "gpt-4"))
    assert known.found().context_tokens == 8192
    counted = known.found(patience=30).count
    assert (counted("1234567890"), estimated("1234567890")) == (4, 10)
    newer = facts_of(Settings(), Endpoint(Settings().base_url, "", "gpt-4o")).found(patience=30)
    assert (newer.context_tokens, newer.count("1234567890")) == (128_000, 4)
    price = known.found().profile.price("gpt-4")
    assert price is not None
    assert price.of(1_000_000, 100_000) == 36
    assert known.found().profile.price("gpt-4-0613") is None


def test_an_assumed_length_is_asked_for_again_and_a_told_one_is_believed():
    looks = [Found(version="1", context_tokens=4096, is_assumed=True), Found(version="1", context_tokens=8192), Found()]
    known = ChatFacts(Found(), lambda: looks.pop(0), fresh=0.0, told=600.0)
    assert known.found(patience=30).context_tokens == 4096
    until(lambda: known.found().context_tokens == 8192)
    known.found()
    assert len(looks) == 1


def test_two_models_at_one_endpoint_ask_it_once(tmp_path: Path):
    others = looking()
    with FakeEndpoint(says("x"), pages=VLLM) as endpoint:
        workspace = Workspace(Settings(home=tmp_path, chat_model="tiny", base_url=endpoint.url))
        workspace.answerer.ask("What is there?")
        until(lambda: not looking() - others)
        workspace.close()
    assert [path for path, _ in endpoint.looks] == ["/v1/models", "/version"]
