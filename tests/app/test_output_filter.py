"""What a chat model wrote is shown once a filter has let it pass, and what comes of that is on record."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

from app.cli import main
from app.kept_turns import as_json
from app.moderation import Moderation
from app.output_filter import WITHHELD, open_filter
from app.patterns import Patterns, load_patterns
from app.serve import main as serve
from indexes.audit_file import NAME
from rag.agent.nouns import Step
from rag.answerer import refusal
from rag.errors import ConfigError, ModelError
from rag.settings import Settings
from rag.types import Answer, Retrieval, Scope, Trace, Turn
from rag.verification.verified import Checked
from tests.app.recording_home import QUESTION, asking
from tests.app.stepping import RENT, Asked, search, with_texts
from tests.app.test_endless_endpoint import CHUNK, CRAWLING_HEADERS, chunked, on_and_on
from tests.fake_endpoint import FakeEndpoint, Reply, answers, calls, hangs_up, says, stays_silent

SAID = "It is 41 metres high. [1]"
WRITTEN = says(SAID)
KEY = "sk-planted-0123456789abcdef"
FINE = answers(200, {"results": [{"flagged": False, "categories": {"hate": False}}]})
FLAGGED = answers(200, {"results": [{"flagged": True, "categories": {"hate": True, "self-harm": False, "x": 1}}]})


def patterns(folder: Path, *lines: str) -> str:
    path = folder / "patterns.txt"
    path.write_text("\n".join(lines))
    return str(path)


def moderated(endpoint: FakeEndpoint) -> str:
    return f"{endpoint.url}/omni"


def test_a_pattern_withholds_the_answer_and_says_which(tmp_path: Path):
    path = patterns(tmp_path, "# heights", "", r"\b\d+ metres\b")
    with asking(tmp_path, WRITTEN, filter_patterns=path, audit="texts") as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
        (row,) = workspace.audit.rows()
        held = (tmp_path / NAME).read_bytes() + (tmp_path / f"{NAME}-wal").read_bytes()
    assert (answer.text, answer.refused, answer.sentences, answer.citations) == (WITHHELD, True, (), ())
    assert answer.filtered == "line 3 of patterns.txt matches it"
    assert answer.notice == "The answer was withheld, since line 3 of patterns.txt matches it."
    assert answer.hits
    assert "41 metres high. [1]" not in repr(answer)
    assert (row["outcome"], row["settings"]["filtered"]) == ("filtered", answer.filtered)
    assert (row["model"], row["requests"][0]["ended"]) == ("tiny", "stop")
    assert b"41 metres high. [1]" not in held


def test_what_passes_is_as_it_was_and_quotes_are_not_filtered(tmp_path: Path):
    path = patterns(tmp_path, "lighthouse")
    with asking(tmp_path, WRITTEN, filter_patterns=path) as (workspace, _):
        assert workspace.answerer.ask(QUESTION).text == SAID
        (row,) = workspace.audit.rows()
        assert (row["outcome"], "filtered" in row["settings"]) == ("written", False)
    with asking(tmp_path, filter_patterns=path) as (workspace, _):
        assert "lighthouse" in workspace.answerer.ask(QUESTION).text


def test_what_is_withheld_as_unsupported_is_filtered_too(tmp_path: Path):
    wrong = says("The lighthouse of Varn is 97 metres high and sings. [1]")
    with asking(tmp_path, wrong) as (workspace, _):
        assert "97 metres" in workspace.answerer.ask(QUESTION).withheld
    with asking(tmp_path, wrong, filter_patterns=patterns(tmp_path, "97")) as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
    assert (answer.text, answer.withheld) == (WITHHELD, "")


def test_holding_shows_nothing_before_it_has_passed(tmp_path: Path):
    for mode, seen in (("stream", SAID), ("hold", "")):
        with asking(tmp_path, WRITTEN, filter=mode, filter_patterns=patterns(tmp_path, "tower")) as (workspace, _):
            events = list(workspace.answerer.stream(QUESTION))
        assert "".join(event for event in events if isinstance(event, str)) == seen
        assert any(event == "" for event in events) or mode == "stream"  # one may stop while it is written
        assert events[-1].text == SAID  # type: ignore[union-attr]


def test_what_came_of_checking_is_held_like_the_text_that_it_repeats(tmp_path: Path):
    two = says(SAID, " It was built in 1868. [1]", " It is a tower. [1]")
    for mode, is_told in (("stream", True), ("hold", False)):
        with asking(tmp_path, two, filter=mode, filter_patterns=patterns(tmp_path, "castle")) as (workspace, _):
            events = list(workspace.answerer.stream(QUESTION))
        assert any(isinstance(event, Checked) for event in events) is is_told


STEPS = {
    "a query": (calls(search("tower rent in Tromsø")), says("DONE"), says("The rent in Tromsø is 950 euros [1].")),
    "a document": (calls(search("rent", document="tower")), says("DONE"), says("The rent in Tromsø is 950 euros [1].")),
    "a name": (calls(("tower", "{}")), says("DONE"), says("The rent in Tromsø is 950 euros [1].")),
    "all": (calls(search("tower")), says("DONE"), says("The rent in the tower is 950 euros [1].")),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_words_of_steps_are_held_and_filtered_with_the_answer(tmp_path: Path, name: str):
    path = patterns(tmp_path, "tower")
    with Asked(with_texts(tmp_path / "home"), *STEPS[name], filter="hold", filter_patterns=path, audit="texts") as one:
        events = list(one.workspace.answerer.stream(RENT, Scope(("default",))))
        kept = as_json(Turn(RENT, events[-1]))  # type: ignore[arg-type]
        rows = repr(one.workspace.audit.rows())
    assert events[-1].text == WITHHELD  # type: ignore[union-attr]
    assert "tower" not in repr(events) + kept + rows
    assert not any(isinstance(event, Step) for event in events)


def test_a_question_in_other_words_is_held_and_filtered(tmp_path: Path):
    before = Turn("Where is the harbour of Varn?", refusal("Where is the harbour of Varn?", (), Trace()))
    replies = says("How high is the tower of Varn?"), WRITTEN
    with asking(tmp_path, *replies, filter="hold", filter_patterns=patterns(tmp_path, "tower")) as (workspace, _):
        events = list(workspace.answerer.stream("And how high is it?", None, (before,)))
    assert events[-1].text == WITHHELD  # type: ignore[union-attr]
    assert "tower" not in repr([event for event in events if isinstance(event, str | Retrieval | Answer)])


def test_the_words_of_the_question_itself_are_not_filtered(tmp_path: Path):
    home, path = with_texts(tmp_path / "home"), patterns(tmp_path, "Bergen")
    with Asked(home, *STEPS["a query"][1:], filter_patterns=path) as one:
        answer = one.ask(RENT)
    assert "950 euros" in answer.text
    assert any("Bergen" in step.asked for step in answer.steps)


def test_a_form_that_does_not_pass_is_not_handed_out(tmp_path: Path):
    class Lighthouse(BaseModel):
        height: int

    with asking(tmp_path, says('{"height": 41}'), filter_patterns=patterns(tmp_path, "41")) as (workspace, _):
        with pytest.raises(ModelError, match=r"the form was withheld by the filter: line 1 of patterns.txt matches it"):
            workspace.ask_in_form(QUESTION, Lighthouse)
        assert [row["outcome"] for row in workspace.audit.rows()] == ["filtered"]


@pytest.mark.slow
def test_the_page_draws_nothing_of_what_was_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with asking(tmp_path):
        pass  # a document is there
    with FakeEndpoint(WRITTEN) as endpoint:
        given = {"FOOTNOTE_HOME": str(tmp_path), "FOOTNOTE_CHAT_MODEL": "tiny", "OPENAI_BASE_URL": endpoint.url}
        given |= {"FOOTNOTE_FILTER": "hold", "FOOTNOTE_FILTER_PATTERNS": patterns(tmp_path, r"41 metres high\. \[1\]")}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        st.cache_resource.clear()
        page = AppTest.from_file(str(Path(__file__).parents[2] / "app" / "main.py"), default_timeout=120).run()
        page.chat_input(key="question").set_value(QUESTION).run()
        st.cache_resource.clear()
    assert not page.exception
    (card,) = [json.loads(found.proto.json) for found in page.get("bidi_component") if found.key == "answer-0"]
    assert (card["kind"], card["title"], card["withheld"]) == ("refused", WITHHELD, [])
    assert card["notice"] == "The answer was withheld, since line 1 of patterns.txt matches it."
    assert "metres high. [1]" not in str(page)


def test_without_a_filter_holding_changes_nothing(tmp_path: Path):
    with asking(tmp_path, WRITTEN, filter="hold") as (workspace, _):
        events = list(workspace.answerer.stream(QUESTION))
    assert "".join(event for event in events if isinstance(event, str)) == SAID


def test_a_moderation_endpoint_is_asked_for_each_written_answer(tmp_path: Path):
    with FakeEndpoint(FINE, FLAGGED) as endpoint:
        settings = {"moderation": moderated(endpoint), "moderation_key": KEY}
        with asking(tmp_path, WRITTEN, **settings) as (workspace, _):
            assert workspace.answerer.ask(QUESTION).text == SAID
            answer = workspace.answerer.ask(QUESTION)
            assert [row["outcome"] for row in workspace.audit.rows()] == ["written", "filtered"]
    assert answer.text == WITHHELD
    assert answer.notice == "The answer was withheld, since the moderation model 'omni' flags it (hate)."
    assert endpoint.requests[0] == {"model": "omni", "input": [SAID]}
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"


def test_keys_go_where_they_belong_and_private_details_nowhere(tmp_path: Path):
    with asking(tmp_path, says("It is 41 metres high, says ada@example.org. [1]"), mask="always") as (workspace, chat):
        base = chat.url
    with FakeEndpoint(FINE) as endpoint:
        own = Settings(moderation=moderated(endpoint), api_key="the-key-of-another", base_url=base, mask="always")
        made = open_filter(own)
        assert made is not None
        with asking(tmp_path, says("ada@example.org says it is 41 metres high. [1]")) as (workspace, _):
            answer = workspace.answerer.ask(QUESTION)
        assert made.passed(answer) == answer
        assert "authorization" not in endpoint.headers[0]
        assert "ada@example.org" not in endpoint.requests[0]["input"][0]
        same = open_filter(Settings(moderation=moderated(endpoint), api_key=KEY, base_url=endpoint.url))
        assert same is not None
        assert same.passed(answer) == answer
        assert endpoint.headers[1]["authorization"] == f"Bearer {KEY}"
        made.close()
        same.close()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answers(401, {"error": f"bad key {KEY}"}), "refused the key (bad key [key]): set FOOTNOTE_MODERATION_KEY"),
        (answers(404, {"error": "?"}), "knows no model 'omni'"),
        (answers(500, {"error": "boom"}), "failed with status 500 (boom)"),
        (answers(307, location="http://elsewhere/"), "redirects to another address"),
        (answers(200, "<html>"), "no list of moderation results"),
        (answers(200, {"results": []}), "no list of moderation results"),
        (answers(200, {"results": [{"flagged": "no"}]}), "no list of moderation results"),
        (hangs_up, "it hung up"),
        (stays_silent(20), "sent nothing for 1 seconds"),
        (CRAWLING_HEADERS, "sent nothing for 1 seconds"),
        (on_and_on(chunked("200 OK", "application/json"), b"1\r\n \r\n", 0.05), "sent nothing for 1 seconds"),
        (on_and_on(chunked("200 OK", "application/json"), CHUNK, 0), "no list of moderation results"),
        (on_and_on(chunked("403 no", "text/plain"), CHUNK, 0), "denies access to 'omni'"),
    ],
)  # fmt: skip
def test_what_a_moderation_endpoint_does_wrong_is_one_sentence_in_time(reply: Reply, words: str):
    start = time.monotonic()
    with (
        FakeEndpoint(reply) as endpoint,
        closing(Moderation(endpoint.url, "omni", KEY, seconds=1.0)) as moderation,
        pytest.raises(ModelError) as error,
    ):
        moderation.objection("text")
    assert time.monotonic() - start < 8
    assert words in str(error.value)
    assert KEY not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_long_answer_is_asked_about_in_pieces():
    two = answers(
        200, {"results": [{"flagged": False}, {"flagged": True, "categories": {f"c{n}": True for n in range(9)}}]}
    )
    with FakeEndpoint(two) as endpoint, closing(Moderation(endpoint.url, "omni")) as moderation:
        said = moderation.objection("x" * 30_000)
    assert [len(piece) for piece in endpoint.requests[0]["input"]] == [20_000, 10_000]
    assert said == "the moderation model 'omni' flags it (c0, c1, c2, c3, c4)"


@pytest.mark.parametrize("choice", ["withhold", "show"])
def test_what_comes_of_an_answer_where_the_endpoint_is_down_is_a_setting(tmp_path: Path, choice: str):
    with FakeEndpoint(answers(400, {"error": "no"})) as endpoint:
        settings = {"moderation": moderated(endpoint), "filter_failure": choice}
        with asking(tmp_path, WRITTEN, **settings) as (workspace, _):
            answer = workspace.answerer.ask(QUESTION)
            (row,) = workspace.audit.rows()
    assert "The moderation model at http://127.0.0.1" in answer.notice
    if choice == "show":
        assert (answer.text, answer.filtered, row["outcome"]) == (SAID, "", "written")
        assert "So this answer is shown as it was written, unfiltered." in answer.notice
    else:
        assert (answer.text, row["outcome"]) == (WITHHELD, "filtered")
        assert "set FOOTNOTE_FILTER_FAILURE=show" in answer.notice


def test_a_pattern_that_takes_for_ever_is_stopped(tmp_path: Path):
    slow = load_patterns(Path(patterns(tmp_path, "fine", r"(?:a|aa|a.)+c(?!b)\b")))
    limited = Patterns("patterns.txt", slow._lines, seconds=0.2)
    start = time.monotonic()
    with pytest.raises(ModelError, match="longer than 0.2 s, the last one tried stands in line 2"):
        limited.objection("a" * 5_000)
    assert time.monotonic() - start < 20, "it would take for ever"


def test_the_clock_is_looked_at_between_short_patterns(tmp_path: Path):
    one = load_patterns(Path(patterns(tmp_path, "[a-y]z")))._lines[0]
    many = Patterns("patterns.txt", tuple(replace(one, number=n) for n in range(1, 100_001)), seconds=0.2)
    start = time.monotonic()
    with pytest.raises(ModelError, match=r"longer than 0.2 s, the last one tried stands in line \d+: make it simpler"):
        many.objection("a short text " * 20)
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["fine", "(open"], "patterns.txt, line 2: '(open' is no regular expression (missing )"),
        (["# only this", ""], "has no pattern"),
        (["a*"], "line 1: 'a*' matches every text"),
        (["x"] * 100_000, "has 100,000 patterns, and 1,000 are taken: join some with |"),
    ],
)
def test_a_bad_file_is_refused_at_the_start(
    tmp_path: Path, lines: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = patterns(tmp_path, *lines)
    with pytest.raises(ConfigError) as error:
        load_patterns(Path(path))
    assert words in str(error.value)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOOTNOTE_FILTER_PATTERNS", path)
    assert main(["ask", "?"]) == 2
    assert words in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        serve({"FOOTNOTE_FILTER_PATTERNS": path, "PORT": "0", "FOOTNOTE_HOME": str(tmp_path / "home")})
    assert end.value.code == 2


def test_other_settings_that_cannot_be_used(tmp_path: Path):
    for given, words in (
        ({"filter_patterns": str(tmp_path)}, "is no file"),
        ({"filter_patterns": str(tmp_path / "gone")}, "is no file"),
        ({"moderation": "https://"}, "must be an address with a model behind it"),
        ({"moderation": "http://:1/omni"}, "is no address"),
        ({"moderation": "http://x/omni", "moderation_key": "a b"}, "FOOTNOTE_MODERATION_KEY has characters"),
    ):
        with pytest.raises(ConfigError, match=words):
            open_filter(Settings(**given))  # type: ignore[arg-type]
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match="must be text in UTF-8"):
        load_patterns(tmp_path / "latin")
    assert open_filter(Settings()) is None
