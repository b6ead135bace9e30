"""The settings part of the admin page: each value with where it comes from, no secret, changes that hold at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.choosing import choose
from app.components import resources
from app.setting_list import explained, shown
from indexes.chosen_settings import NAME
from indexes.home import load_settings
from rag.errors import ConfigError, FootnoteError, InputError
from rag.settings import CHOOSABLE, ENV_NAMES
from tests.test_settings_shown import SHOWN

MAIN = Path(__file__).parents[2] / "app" / "main.py"
KEY = "sk-verysecret0123456789"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    st.cache_resource.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


def settings_part(words: str = "") -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/admin.py").run()
    page.button_group(key="part").set_value("Settings").run()
    page.text_input(key="setting-words").input(words).run()
    assert not page.exception
    return page


def told(page: AppTest, name: str) -> str:
    """The two lines of a setting, without the marks that keep its words from being Markdown."""
    escaped = name.replace("_", r"\_")
    places = [n for n, one in enumerate(page.markdown) if one.value.startswith(f"**{escaped}**")]
    (explanation,) = (one.explanation for one in explained() if one.name == name)
    (why,) = (one.value for one in page.caption if one.value.replace("\\", "").startswith(explanation))
    return f"{page.markdown[places[0]].value}\n{why}".replace("\\", "")


def change(page: AppTest, name: str, text: str) -> AppTest:
    page.button(key=f"change-{name}").click().run()
    page.text_input(key="setting-value").input(text).run()
    return page.button(key="setting-save").click().run()


def test_every_setting_is_explained_in_its_group(home: Path):
    assert home
    assert [one.name for one in explained()] == list(SHOWN)
    assert all(one.explanation.endswith(".") for one in explained())
    assert {one.group for one in explained()} >= {"Search", "Answers", "Records and limits", "Traces"}


def test_the_settings_have_one_address_in_every_language(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home
    monkeypatch.setenv("FOOTNOTE_LANGUAGE", "de")
    page = AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("views/admin.py")
    page.query_params["part"] = "Settings"
    page.run()
    assert page.text_input(key="setting-words").placeholder == "Einstellung suchen"
    page.button_group(key="part").set_value("Audit").run()
    assert page.query_params["part"] == "Audit"


def test_a_german_page_explains_and_finds_them_in_german(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home
    monkeypatch.setenv("FOOTNOTE_LANGUAGE", "de")
    page = settings_part("größte datei")
    assert [one.value for one in page.header] == ["Dokumente"]
    (line,) = (one.value for one in page.caption if one.value.startswith("Größte Datei"))
    assert line == "Größte Datei\\, die aufgenommen wird\\, in Megabyte\\. **Standard.**"


def test_back_at_the_default_is_told_as_that(home: Path):
    assert home
    page = change(settings_part("FOOTNOTE_TOP_K"), "FOOTNOTE_TOP_K", "5")
    page.button(key="change-FOOTNOTE_TOP_K").click().run()
    page.button(key="setting-default").click().run()
    assert "FOOTNOTE\\_TOP\\_K is back at its default, and that holds from the next question on." in [
        one.value for one in page.info
    ]


def test_each_value_tells_where_it_comes_from(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert home
    (tmp_path / ".env").write_text("FOOTNOTE_AGENT_STEPS=9\nFOOTNOTE_TOP_K=4\n")
    monkeypatch.setenv("FOOTNOTE_TOP_K", "5")
    choose("FOOTNOTE_AUDIT_DAYS", "30", "ann")
    page = settings_part()
    assert "`" not in told(page, "FOOTNOTE_TOP_K")
    assert "5" in told(page, "FOOTNOTE_TOP_K").splitlines()[0]
    assert "From the environment.** Default: 8." in told(page, "FOOTNOTE_TOP_K")
    assert f"From {tmp_path}/.env.** Default: 6." in told(page, "FOOTNOTE_AGENT_STEPS")
    assert "From this page.** Default: 90." in told(page, "FOOTNOTE_AUDIT_DAYS")
    assert "**Default.**" in told(page, "FOOTNOTE_TEMPERATURE")
    assert not [one for one in page.button if one.key in ("change-FOOTNOTE_TOP_K", "change-FOOTNOTE_AGENT_STEPS")]


def test_no_sign_of_a_secret_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"x-key={KEY}")
    monkeypatch.setenv("FOOTNOTE_MODERATION", f"https://user:{KEY}@guard.example/v1/model")
    page = settings_part()
    assert " set" in told(page, "OPENAI_API_KEY").splitlines()[0]
    assert "not set" in told(page, "FOOTNOTE_FALLBACK_KEY").splitlines()[0]
    assert "verysecret" not in repr([*page.markdown, *page.caption, *page.button, *page.text_input])


def test_the_days_of_undoing_are_changed_on_the_page(home: Path):
    assert home
    change(settings_part("put back"), "FOOTNOTE_UNDO_DAYS", "3")
    assert resources.workspace().library.settings.undo_days == 3


def test_a_change_holds_at_once_and_is_taken_back(home: Path):
    page = settings_part("kept for an answer")
    before = resources.workspace()
    page = change(page, "FOOTNOTE_TOP_K", "3")
    assert [one.value for one in page.info] == [r"FOOTNOTE\_TOP\_K is kept, and holds from the next question on."]
    assert resources.workspace() is not before
    assert resources.workspace().settings.top_k == 3
    assert json.loads((home / NAME).read_text())["last"] | {"at": 0} == {
        "name": "FOOTNOTE_TOP_K",
        "before": None,
        "after": "3",
        "by": "local",
        "at": 0,
    }
    page = page.button(key="setting-undo").click().run()
    assert resources.workspace().settings.top_k == 8
    assert not [one for one in page.button if one.key == "setting-undo"]


def test_a_change_is_not_taken_back_by_who_saw_another_one(home: Path):
    page = change(settings_part("kept for an answer"), "FOOTNOTE_TOP_K", "3")
    choose("FOOTNOTE_AUDIT_DAYS", "33", "root")
    page = page.button(key="setting-undo").click().run()
    assert "another one came after it" in page.info[0].value
    assert json.loads((home / NAME).read_text())["values"] == {"FOOTNOTE_TOP_K": "3", "FOOTNOTE_AUDIT_DAYS": "33"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FOOTNOTE_TOP_K", "0"),
        ("OPENAI_BASE_URL", "nowhere"),
        ("OPENAI_BASE_URL", "http://[::1"),
        ("OPENAI_BASE_URL", "http://"),
        ("FOOTNOTE_TIMEOUT", "1_0"),
        ("FOOTNOTE_TIMEOUT", "٣"),
    ],
)
def test_what_the_start_would_refuse_is_refused_in_the_dialog(home: Path, name: str, text: str):
    page = change(settings_part(), name, text)
    (error,) = (one.value for one in page.error)
    assert error.startswith(name.replace("_", "\\_"))
    assert not (home / NAME).exists()
    page.button(key="setting-cancel").click().run()
    assert not page.error


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\u202eb"])
def test_what_nobody_can_see_is_refused(home: Path, text: str):
    with pytest.raises(ConfigError, match="nobody can see"):
        choose("FOOTNOTE_CHAT_MODEL", text, "ann")
    assert not (home / NAME).exists()


def test_the_environment_goes_before_the_page(home: Path, monkeypatch: pytest.MonkeyPatch):
    choose("FOOTNOTE_TOP_K", "3", "ann")
    monkeypatch.setenv("FOOTNOTE_TOP_K", "5")
    assert load_settings().top_k == 5
    with pytest.raises(InputError, match="goes before this page"):
        choose("FOOTNOTE_TOP_K", "4", "ann")
    assert home.exists()


@pytest.mark.parametrize(
    "name", ["FOOTNOTE_HOME", "FOOTNOTE_FETCH_NETWORKS", "FOOTNOTE_FILTER_PATTERNS", "HOST", "OPENAI_API_KEY"]
)
def test_what_opens_the_machine_is_set_at_the_start_alone(home: Path, name: str):
    with pytest.raises(InputError, match="set where the app is started"):
        choose(name, "/", "ann")
    (home / NAME).write_text(json.dumps({"values": {name: "/"}, "last": None}))
    with pytest.raises(ConfigError, match=f"sets {name}, which only the environment and .env may"):
        load_settings()


def test_a_key_is_sent_to_no_address_of_the_page(home: Path, monkeypatch: pytest.MonkeyPatch):
    choose("OPENAI_BASE_URL", "http://127.0.0.1:9/v1", "ann")
    assert load_settings().base_url == "http://127.0.0.1:9/v1"
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert load_settings().base_url == "https://api.openai.com/v1"
    with pytest.raises(InputError, match="OPENAI_API_KEY would be sent to it"):
        choose("OPENAI_BASE_URL", "http://127.0.0.1:10/v1", "ann")
    assert home.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FOOTNOTE_CHAT_MODEL", "/etc/passwd.gguf"),
        ("FOOTNOTE_CHAT_PROFILE", "gguf"),
        ("FOOTNOTE_RERANKER", "/srv/model"),
    ],
)
def test_no_file_of_the_machine_is_opened_from_the_page(home: Path, name: str, text: str):
    with pytest.raises(ConfigError):
        choose(name, text, "ann")
    assert not (home / NAME).exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"values": 3, "last": null}', '{"values": {}, "last": {"x": 1}}'])
def test_a_file_that_holds_no_settings_is_a_sentence(home: Path, text: str):
    (home / NAME).write_text(text)
    with pytest.raises(ConfigError, match="holds no settings of the page"):
        load_settings()


def test_with_chroma_a_change_holds_after_a_restart(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert home
    monkeypatch.setenv("FOOTNOTE_INDEX", "chroma")
    page = change(settings_part(), "FOOTNOTE_TOP_K", "3")
    assert [one.value for one in page.info] == [r"FOOTNOTE\_TOP\_K is kept, and holds after a restart."]
    assert resources.workspace().settings.top_k == 8
    assert "→ **3** after a restart" in told(page, "FOOTNOTE_TOP_K")


def test_nothing_is_choosable_that_names_a_path_a_network_or_a_secret():
    harmful = (
        "home",
        "host",
        "port",
        "fetch",
        "filter",
        "key",
        "moderation",
        "mask",
        "fallback",
        "workers",
        "embedder",
    )
    assert not [name for name in CHOOSABLE if any(word in name for word in harmful)]
    assert set(CHOOSABLE) <= set(ENV_NAMES)


def test_a_chosen_setting_that_nobody_can_use_any_more_is_named(home: Path):
    (home / NAME).write_text(json.dumps({"values": {"FOOTNOTE_TOP_K": "many"}, "last": None}))
    with pytest.raises(FootnoteError, match="FOOTNOTE_TOP_K='many' must be a whole number"):
        load_settings()
    with pytest.raises(FootnoteError):
        shown(resources.workspace().settings)


def test_commands_in_an_explanation_are_drawn_as_code(home: Path):
    assert home
    (told,) = (one.value for one in settings_part("FOOTNOTE_WORKERS").caption if "ingest worker" in one.value)
    assert "`python -m ingest worker`" in told
