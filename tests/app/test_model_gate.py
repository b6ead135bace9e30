"""With FOOTNOTE_MODEL_GATE a chat model writes once an evaluation of it, with these settings, has reached the bar."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.chat_doctor import examined
from app.cli import main as app_main
from app.evaluation.lane import Lane
from app.evaluation.runs import Runs
from app.evaluation.sets import QuestionSets
from app.fallback import fallback_settings
from app.model_gate import ModelGate
from app.model_passes import ModelPasses, id_of
from app.question_sets.rows import SetQuestion
from app.wiring import Workspace
from evals.cli import main as evals_main
from indexes.home import environment
from ingest.evaluated import FOLDER
from rag.errors import ConfigError, InputError
from rag.settings import SAMPLING, Settings, with_sampling
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import FakeEndpoint, answers, says
from tests.ingest.working import until

MAIN = Path(__file__).parents[2] / "app" / "main.py"
WRITTEN = says("The lighthouse of Varn is 41 metres high. [1]")
GATE = "token_f1>=.5, questions>=1"


def set_environment(monkeypatch: pytest.MonkeyPatch, home: Path, endpoint: FakeEndpoint, **env: str) -> None:
    given = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_CHAT_MODEL": "tiny", "OPENAI_BASE_URL": endpoint.url}
    for name, value in ({"FOOTNOTE_MODEL_GATE": GATE} | given | env).items():
        monkeypatch.setenv(name, value)


def measure(home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, **env: str) -> int:
    """`python -m evals run` over one question of the home's collection."""
    set_environment(monkeypatch, home, endpoint, **env)
    questions = home / "q.jsonl"
    questions.write_text(json.dumps({"id": "q1", "question": QUESTION, "answers": ["41 metres high"]}))
    what = ["run", "--collection", "default", "--indexed", "--questions", str(questions), "--out", str(home / "out")]
    return evals_main([*what, "--progress"])


def asked(endpoint: FakeEndpoint) -> int:
    return len(endpoint.requests)


def test_a_model_writes_after_its_evaluation_and_not_with_another_temperature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with asking(tmp_path, WRITTEN, model_gate=GATE) as (workspace, endpoint):
        quoted = workspace.answerer.ask(QUESTION)
        assert (quoted.model, asked(endpoint)) == ("", 0)
        assert "41 metres" in quoted.text
        assert "it was not evaluated with these settings" in quoted.notice
        assert "python -m evals run" in quoted.notice
        assert measure(tmp_path, endpoint, monkeypatch) == 0
        assert "has passed FOOTNOTE_MODEL_GATE" in capsys.readouterr().err
        n = asked(endpoint)
        written = workspace.answerer.ask(QUESTION)  # the same process
        assert (written.model, written.notice, asked(endpoint)) == ("tiny", "", n + 1)
        warmer = with_sampling(workspace.settings, {"temperature": "0.7"})
        assert workspace.answerer.ask(QUESTION, sampling=warmer).model == ""
        other = Workspace(replace(workspace.settings, temperature=0.7))
        assert other.answerer.ask(QUESTION).model == ""
        other.close()
        assert asked(endpoint) == n + 1
        assert app_main(["models"]) == 0
        listed = capsys.readouterr().out
        assert "tiny at http://127.0.0.1:" in listed
        assert app_main(["models", "--remove", listed.split()[0]]) == 0
        assert workspace.answerer.ask(QUESTION).model == ""
        assert app_main(["models"]) == 1


@pytest.mark.slow
def test_a_run_of_the_evaluation_page_is_a_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with asking(tmp_path, WRITTEN, model_gate=GATE) as (workspace, endpoint):
        set_environment(monkeypatch, tmp_path, endpoint)
        lane = Lane("measuring", tmp_path, environment())
        sets, runs = QuestionSets(tmp_path, lane), Runs(tmp_path, lane, lane)
        id = sets.create("Towers", "default", [SetQuestion("q1", QUESTION, ("41 metres high",))])
        run = runs.start(sets, id, "usual", {}, None)
        until(lambda: not runs.one(run).task.is_moving, 120)
        assert runs.one(run).task.state == "done"
        assert workspace.answerer.ask(QUESTION).model == "tiny"


def test_the_health_page_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with asking(tmp_path, WRITTEN) as (_, endpoint):
        set_environment(monkeypatch, tmp_path, endpoint)
        st.cache_resource.clear()
        page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/admin.py").run()
        st.cache_resource.clear()
        assert not page.exception
        assert any("has not passed FOOTNOTE" in one.value for one in page.warning)
        assert asked(endpoint) == 0


def test_below_the_bar_the_figures_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gate = "questions>=20"
    with asking(tmp_path, WRITTEN, model_gate=gate) as (workspace, endpoint):
        assert measure(tmp_path, endpoint, monkeypatch, FOOTNOTE_MODEL_GATE=gate) == 0
        n = asked(endpoint)
        answer = workspace.answerer.ask(QUESTION)
        assert (answer.model, asked(endpoint)) == ("", n)
        assert "questions is 1.0000, but must be >= 20" in answer.notice
        health = examined(workspace.settings)[0]
        assert not health.is_well
        assert "questions is 1.0000" in health.said


def test_a_figure_that_no_run_has_is_not_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with asking(tmp_path, WRITTEN, model_gate="beauty>=.1") as (workspace, endpoint):
        measure(tmp_path, endpoint, monkeypatch)
        assert "the run has no metric 'beauty'" in workspace.answerer.ask(QUESTION).notice


def test_a_run_whose_model_failed_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with asking(tmp_path, answers(400, {"error": "no"}), model_gate=GATE) as (workspace, endpoint):
        measure(tmp_path, endpoint, monkeypatch)
        assert "failed at 1 question" in capsys.readouterr().err
        assert workspace.gate.why_not()


@pytest.mark.parametrize("harm", ["torn", "edited", "renamed", "listed"])
def test_a_file_that_was_harmed_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str):
    with asking(tmp_path, WRITTEN, model_gate=GATE) as (workspace, endpoint):
        measure(tmp_path, endpoint, monkeypatch)
        assert workspace.gate.why_not() == ""
        (path,) = (tmp_path / "evaluation" / "models").glob("*.json")
        text = path.read_text()
        path.write_text({"torn": text[:-9], "edited": text.replace("tiny", "huge"), "listed": "[]"}.get(harm, text))
        settings = workspace.settings
        if harm == "renamed":
            settings = replace(settings, temperature=1.5)
            path.rename(path.with_stem(id_of(settings)))
        other = Workspace(settings)
        assert str(tmp_path) in other.answerer.ask(QUESTION).notice
        assert other.answerer.ask(QUESTION).model == ""
        other.close()


def test_the_second_model_has_to_pass_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with asking(tmp_path, WRITTEN, model_gate=GATE, fallback_model="small") as (workspace, endpoint):
        measure(tmp_path, endpoint, monkeypatch)
        why_not = workspace.gate.why_not()
        assert why_not.startswith("the chat model 'small'")
        assert f"started with FOOTNOTE_CHAT_MODEL=small OPENAI_BASE_URL={endpoint.url}, its key" in why_not
        measure(tmp_path, endpoint, monkeypatch, FOOTNOTE_CHAT_MODEL="small")
        assert workspace.gate.why_not() == ""


def test_settings_that_make_another_writer_need_another_pass(tmp_path: Path):
    usual = Settings(chat_model="tiny")
    others = [replace(usual, **{name: 1.25}) for name in SAMPLING]
    others += [replace(usual, base_url="http://a/v1"), replace(usual, chat_model="b"), usual]
    assert len({id_of(one) for one in others}) == len(others)
    assert id_of(replace(usual, home=tmp_path, timeout=5.0)) == id_of(usual)


def test_a_file_that_was_exchanged_is_another_model_and_the_same_as_second_one(tmp_path: Path):
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF one")
    settings = Settings(chat_model=str(path), model_gate=GATE)
    before = id_of(settings)
    second = fallback_settings(Settings(chat_model="big", base_url="http://a/v1", fallback_model=str(path)))
    assert second is not None
    assert id_of(second) == before
    path.write_bytes(b"GGUF another")
    assert id_of(settings) != before
    path.unlink()
    assert id_of(settings) != before
    assert f"the chat model {str(path)!r} has not passed" in ModelGate(replace(settings, home=tmp_path)).why_not()


def test_a_gate_that_is_none_is_told():
    with pytest.raises(ConfigError, match="FOOTNOTE_MODEL_GATE: 'good' is no demand"):
        Settings.from_env({"FOOTNOTE_MODEL_GATE": "f1>=.6, good"})
    with pytest.raises(InputError, match="0 evaluations"):
        ModelPasses(Path("nowhere")).remove("abc")


def test_a_number_of_many_digits_stays_as_it_is():
    gate = Settings.from_env({"FOOTNOTE_MODEL_GATE": " questions >= 1000000 ,token_f1>.00001"}).model_gate
    assert gate == "questions>=1000000, token_f1>.00001"
    assert "it was not evaluated" in ModelGate(Settings(chat_model="tiny", model_gate=gate)).why_not()


def test_a_folder_that_cannot_be_looked_into_is_no_pass(tmp_path: Path):
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "models").write_text("", "utf-8")
    reason = ModelGate(Settings(home=tmp_path, chat_model="tiny", model_gate=GATE)).why_not()
    assert f"{tmp_path / FOLDER / 'models'}" in reason
    assert "cannot be read" in reason
