"""An endpoint repeats the key and the address it was asked at: neither is told, kept, logged, traced or exported."""

from __future__ import annotations

import json
import logging
import traceback
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pytest

from app.answer_form import answer_row, answer_text
from app.audit_export import as_csv, as_json_lines
from app.chat_doctor import examined
from app.export import as_json, as_markdown
from app.model_passes import of_settings
from app.opening import open_model
from app.setting_list import shown
from evals.cli import main as evals
from evals.config import Config
from indexes.openai_embedder import OpenAIEmbedder
from indexes.terminal import run_command
from rag.errors import FootnoteError
from rag.settings import Settings
from rag.trace_settings import TraceSettings
from rag.types import Message, Turn
from tests.app.recording_home import QUESTION, asking
from tests.collector import Collector
from tests.evals import tiny_sets
from tests.fake_endpoint import FakeEndpoint, Reply, answers

KEY, CODE, PASSWORD = "plain-words-of/a+key", "words-of-the-query", "words@of-the-password"
UNSEEN = "\u200b"
FORMS = (KEY, quote(KEY, safe=""), CODE, PASSWORD, quote(PASSWORD), b64encode(f"me:{PASSWORD}".encode()).decode())


def echoes(status: int, *, is_html: bool = False) -> Reply:
    """What a careless proxy says of a request that it does not take."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        said = f"no such key: {request.headers['authorization']} {KEY} at {request.path} of http://me:{PASSWORD}@host/"
        body = f"<p>{escape(said)}</p>" if is_html else {"error": {"message": said, "url": request.path}}
        answers(status, body)(request)

    return reply


@contextmanager
def careless(reply: Reply, *, signed: bool) -> Iterator[Settings]:
    with FakeEndpoint(reply) as endpoint:
        url = f"{endpoint.url}?code={CODE}"
        if signed:
            url = url.replace("//", f"//me:{quote(PASSWORD)}@")
        yield Settings(chat_model="tiny", base_url=url, api_key=KEY, timeout=5.0)


def leaked(text: str) -> list[str]:
    return [secret for secret in FORMS if secret in text]


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("is_html", [True, False])
@pytest.mark.parametrize("status", [400, 401, 500, 307])
def test_what_is_asked_and_kept(
    status: int, is_html: bool, signed: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    with careless(echoes(status, is_html=is_html), signed=signed) as settings, Collector() as collector:
        traces = TraceSettings(f"{collector.url}?code={CODE}", (("x-key", KEY),), has_texts=True)
        given = replace(settings, home=tmp_path)
        set_to = {"base_url": given.base_url, "api_key": KEY, "chat_model": "tiny", "traces": traces, "audit": "texts"}
        with asking(tmp_path, echoes(status, is_html=is_html), **set_to) as (workspace, _):
            answer = workspace.answerer.ask(f"{QUESTION} {KEY} {CODE}")
            rows = list(workspace.audit.rows())
        told = [one.said + json.dumps(one.facts) for one in examined(given)]
        told += [json.dumps(of_settings(given)), json.dumps(Config("a", given).values(), default=str)]
    said = replace(answer, question=QUESTION)  # that is the person's own, and was not sent by anybody
    told += [json.dumps(answer_row(said)), answer_text(said), as_json_lines(rows), as_csv(rows)]
    told += [as_json("t", [Turn(QUESTION, said)]), as_markdown("t", [Turn(QUESTION, said)]), caplog.text]
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".txt")
    assert leaked("\n".join(told)) == []
    assert leaked((held + b"".join(collector.bodies)).decode("utf-8", "replace")) == []
    assert answer.notice
    assert rows


@pytest.mark.parametrize("profile", ["compatible", "anthropic"])
def test_an_error_with_all_that_led_to_it(profile: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with careless(echoes(401), signed=False) as settings:
        model = open_model(replace(settings, chat_profile=profile, anthropic_key=KEY), retries=0)
        assert model is not None
        with pytest.raises(FootnoteError) as error:
            list(model.stream([Message("user", "What?")]))
        model.close()
    assert leaked("".join(traceback.format_exception(error.value)) + caplog.text) == []


def test_a_key_that_stands_where_a_reason_is_cut():
    with careless(answers(400, {"error": f"{UNSEEN * 600}{'a' * 185} {KEY} {'b' * 999}"}), signed=False) as settings:
        (found,) = examined(settings)
    assert f"{'a' * 185} [key]" in found.said
    assert KEY[:6] not in found.said


def test_an_embedder(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]):
    caplog.set_level(logging.DEBUG)
    with careless(echoes(401), signed=False) as settings:
        embedder = OpenAIEmbedder(
            model="text-embedding-3-small", base_url=settings.base_url, api_key=KEY, timeout=5.0, retries=0
        )
        assert run_command(lambda: int(embedder.embed_query("a")[0])) == 1
        embedder.close()
    err = capsys.readouterr().err
    assert "no such key" in err
    assert leaked(err + caplog.text) == []


def test_an_evaluation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    given, out = tmp_path / "a.toml", tmp_path / "out"
    given.write_text("reranker = 'none'\nchat_model = 'tiny'\nchat_profile = 'compatible'\n", "utf-8")
    with careless(echoes(401), signed=True) as settings:
        monkeypatch.setenv("OPENAI_BASE_URL", settings.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        set_of = str(tiny_sets.beir(tmp_path / "tiny"))
        evals(["run", set_of, "--config", str(given), "--out", str(out), "--cache", str(tmp_path / "cache")])
    said = capsys.readouterr()
    kept = "".join(path.read_text("utf-8", "replace") for path in out.rglob("*") if path.is_file())
    assert '"tiny' in kept
    assert leaked(said.err + said.out + kept) == []


def test_the_list_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = f"http://me:{quote(PASSWORD)}@host.example/v1?code={CODE}"
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    found = shown(Settings(base_url=url, fallback_url=url))
    values = "".join(one.value + one.later for one in found)
    assert "host.example" in values
    assert leaked(values) == []
