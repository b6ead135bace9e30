"""The one place that reads the environment: settings from `.env` and the process's own variables, which win."""

from __future__ import annotations

import os
from pathlib import Path

from rag.settings import Settings


def environment() -> dict[str, str]:
    """The process's variables, and those of `.env` that it does not have."""
    from dotenv import dotenv_values

    written = {name: value for name, value in dotenv_values(Path(".env")).items() if value is not None}
    return written | dict(os.environ)


def load_settings() -> Settings:
    """The settings that apply here; raises ConfigError naming what cannot be used."""
    return Settings.from_env(environment())
