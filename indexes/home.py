"""The one place that reads the environment: a setting is looked for in the process's own variables, then in `.env`,
then among those that an admin chose on the page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexes.chosen_settings import ChosenSettings
from rag.settings import Settings, counting


@dataclass(frozen=True, slots=True)
class Origin:
    """One of the places where variables are set."""

    title: str
    """As a person calls it."""
    values: Mapping[str, str]


def environment() -> dict[str, str]:
    """The process's variables, and those of `.env` that it does not have."""
    return _written() | dict(os.environ)


def load_settings() -> Settings:
    """The settings that apply here; raises ConfigError naming what cannot be used."""
    given = environment()
    home = Settings.from_env(given).home
    return Settings.from_env(counting(ChosenSettings(home).read().values, given) | given)


def origins() -> tuple[Origin, ...]:
    """The environment, `.env` and the page, the first of which goes before the others.

    What a server has from `.env` it hands to its own processes as variables: the same text in both is that file's.
    """
    given, written = environment(), _written()
    own = {name: text for name, text in os.environ.items() if written.get(name) != text}
    chosen = ChosenSettings(Settings.from_env(given).home)
    page = counting(chosen.read().values, given)
    return Origin("the environment", own), Origin(str(Path(".env").absolute()), written), Origin("this page", page)


def _written() -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(Path(".env")).items() if value is not None}
