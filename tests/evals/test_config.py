"""What a config may set, and what of its settings a record shows."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from evals.ablation.changes import CHANGES
from evals.asking import Asked
from evals.browsing import write_comparison, write_run
from evals.config import Config, Tuning, read_config
from evals.record import RunRecord
from evals.record_file import read, write
from evals.report import table_of, table_of_two
from rag.errors import ConfigError
from rag.settings import ENV_NAMES, SAMPLING, Settings
from rag.trace_settings import TraceSettings

ENVIRONMENT = {
    "FOOTNOTE_MODERATION_KEY": "sk-SECRET1",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://me:SECRET2@collector",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer SECRET3",
}


def secretive(mark: str) -> Settings:
    """Whatever is kept out of a repr, and addresses that let in by what stands in them."""
    keys: dict[str, Any] = {one.name: f"SECRET-{one.name}-{mark}" for one in fields(Settings) if not one.repr}
    traces = TraceSettings(f"https://me:SECRET-{mark}@collector", (("authorization", f"Bearer SECRET-{mark}"),))
    address = f"https://me:SECRET-{mark}@models/{keys['api_key']}/v1?key=SECRET-{mark}"
    return Settings(**keys, traces=traces, base_url=address, moderation=address, fallback_url=address)


def record(config: Config) -> RunRecord:
    asked = (Asked("q1", "When?", (), is_answerable=True),)
    return RunRecord("tiny", config.name, config.values(), {}, {}, "2026-01-01", {}, {"asked": 1, "of": 1}, asked)


def written(first: RunRecord, second: RunRecord, folder: Path) -> str:
    """All that comes of two runs."""
    write(first, folder / "first.json")
    write_run(first, folder / "browse")
    write_comparison(first, second, folder / "both", "")
    texts = [path.read_text("utf-8") for path in folder.rglob("*.json*")]
    return "\n".join([*texts, table_of(first), table_of_two(first, second)])


def test_nothing_secret_gets_into_a_record_or_a_report(tmp_path: Path):
    settings = secretive("one")
    assert len(settings.secrets) > 4
    one, other = Config("one", settings), Config("other", replace(secretive("two"), top_k=3))
    text = written(record(one), record(other), tmp_path)
    assert "SECRET" not in text
    assert "| top_k | 8 | 3 |" in text
    assert one.values()["base_url"] == "https://models/[key]/v1"


def test_nothing_secret_of_the_environment_gets_into_a_record(tmp_path: Path):
    text = written(record(read_config(None, ENVIRONMENT)), record(Config("plain", Settings())), tmp_path)
    assert "SECRET" not in text
    assert "No setting differs." in text


def test_keys_in_a_record_of_an_older_version_are_not_shown(tmp_path: Path):
    old = record(Config("old", Settings()))
    kept = {**old.settings, "moderation_key": "SECRET", "traces": {"headers": [["authorization", "SECRET"]]}, "knob": 2}
    write(replace(old, settings=kept, metrics={}), tmp_path / "old.json")
    found = read(tmp_path / "old.json")
    assert found.settings == json.loads(json.dumps({**old.settings, "knob": 2}))  # one that is gone differs, too
    assert "SECRET" not in table_of_two(found, record(Config("new", Settings())))


@pytest.mark.parametrize(("name", "value"), [("top_k", 3), ("temperature", 0.5), ("reranker", "none"), ("seed", 7)])
def test_what_changes_a_result_is_in_the_record(name: str, value: object):
    assert Config("one", replace(Settings(), **{name: value})).values()[name] == value  # type: ignore[arg-type]


IN_VAIN = ("agent", "agent_steps", "mask", "filter", "filter_patterns", "filter_failure", "moderation", "audit")
IN_VAIN += ("moderation_key", "api_key", "conversations", "language", "sign_in", "undo_days", "daily_tokens", "query")
IN_VAIN += ("user_daily_dollars", "questions_per_minute", "home", "workers", "fallback_model", "chat_threads")


def as_read(folder: Path, text: str, *, is_ablated: bool = False) -> Config:
    (folder / "a.toml").write_text(text, "utf-8")
    return read_config(folder / "a.toml", {}, is_ablated=is_ablated)


@pytest.mark.parametrize("name", IN_VAIN)
@pytest.mark.parametrize("is_ablated", [False, True])
def test_a_setting_that_would_change_nothing_is_refused(name: str, is_ablated: bool, tmp_path: Path):  # noqa: FBT001
    assert name in ENV_NAMES
    with pytest.raises(ConfigError, match=f"unknown key {name} .it is a setting of the app, and changes nothing"):
        as_read(tmp_path, f"{name} = 'auto'\n", is_ablated=is_ablated)


@pytest.mark.parametrize("key", ["variety = 0.7", "neighbours = 1"])
def test_what_only_ablation_measures_is_refused_of_a_run(key: str, tmp_path: Path):
    name = key.split(maxsplit=1)[0]
    with pytest.raises(ConfigError, match=f"unknown key {name} .only `python -m evals ablate` measures it.; the keys"):
        as_read(tmp_path, key)
    assert getattr(as_read(tmp_path, key, is_ablated=True).tuning, name) > 0


def test_every_key_that_is_refused_is_named_and_those_that_are_accepted(tmp_path: Path):
    with pytest.raises(ConfigError) as error:
        as_read(tmp_path, "mask = 'off'\nvariety = 0.7\noops = 1\n")
    told, _, accepted = str(error.value).partition("the keys are ")
    assert all(name in told for name in ("mask (", "oops, ", "variety ("))
    assert {"rewrite", "top_k", "stems", "depth"} <= set(accepted.split(", "))
    assert not {"mask", "variety", "neighbours"} & set(accepted.split(", "))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("rewrite = 'once'", "rewrite", "once"),
        ("chat_model = 'm'", "chat_model", "m"),
        ("index = 'chroma'", "index", "chroma"),
        ("max_file_mb = 9", "max_file_mb", 9),
        ("context_tokens = 4000", "context_tokens", 4000),
        ("n_read = 3", "n_read", 3),
        ("same = 2.0", "same", 2.0),
    ],
)
def test_what_a_run_honours_is_accepted(text: str, name: str, value: object, tmp_path: Path):
    assert as_read(tmp_path, text).values()[name] == value


def test_whatever_a_change_of_ablation_sets_may_stand_in_its_config(tmp_path: Path):
    for name, value in ((name, value) for change in CHANGES for name, value in change.values.items()):
        assert as_read(tmp_path, f"{name} = {value}\n", is_ablated=True).values()[name] == value
    assert all(name in Config("a", Settings()).values() for name in (*SAMPLING, *Tuning.__dataclass_fields__))
