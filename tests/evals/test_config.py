"""What a config may set, and what of its settings a record shows."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from evals.asking import Asked
from evals.browsing import write_comparison, write_run
from evals.config import Config, read_config
from evals.record import RunRecord
from evals.record_file import read, write
from evals.report import table_of, table_of_two
from rag.settings import Settings
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
