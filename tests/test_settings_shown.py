"""`.env.example` shows every setting with its default and one line of explanation."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.serve import ALLOWED_HOSTS, allowed_hosts
from rag.errors import ConfigError
from rag.settings import ENV_NAMES, Settings
from rag.trace_settings import TRACE_DEFAULTS

LINES = (Path(__file__).parents[1] / ".env.example").read_text(encoding="utf-8").splitlines()
SHOWN = dict(line[1:].split("=", 1) for line in LINES if re.match(r"#[A-Z]", line))


def test_every_setting_is_shown_with_its_default():
    defaults = {ENV_NAMES[field.name]: str(field.default) for field in fields(Settings) if field.name != "traces"}
    defaults |= TRACE_DEFAULTS
    assert {name: value for name, value in SHOWN.items() if name != ALLOWED_HOSTS} == defaults
    assert SHOWN[ALLOWED_HOSTS] == allowed_hosts(Settings().host)


def test_the_example_uncommented_is_accepted():
    settings = {name: value for name, value in SHOWN.items() if name in {*ENV_NAMES.values(), *TRACE_DEFAULTS}}
    assert Settings.from_env(settings) == Settings()


def test_a_line_of_explanation_stands_above_each():
    for i, line in enumerate(LINES):
        if re.match(r"#[A-Z]", line):
            assert re.match(r"# [A-Z].*\.$", LINES[i - 1]), line


@pytest.mark.parametrize(
    ("name", "near"),
    [("FOOTNOTE_PORT", ", but PORT;"), ("FOOTNOTE_CHAT_MODLE", ", but FOOTNOTE_CHAT_MODEL;"), ("FOOTNOTE_XYZZY", ";")],
)
def test_a_name_that_is_none_is_told_with_the_nearest_one(name: str, near: str):
    with pytest.raises(ConfigError) as error:
        Settings.from_env({name: "1"})
    assert str(error.value) == f"there is no setting {name}{near} .env.example explains every one"
