"""Settings that an admin changes on the page: checked as at the start, kept in the home, and taken back."""

from __future__ import annotations

from collections.abc import Mapping

from app.chat_profiles import GGUF, profile_of
from app.opening import open_model
from app.setting_list import why_fixed
from indexes.chosen_settings import Change, ChosenSettings
from indexes.home import environment, load_settings, origins
from rag.errors import ConfigError, InputError
from rag.settings import AGENTS, CHAT_PROFILES, REWRITES, SWITCH, Settings, counting

CHOICES: Mapping[str, tuple[str, ...]] = {
    "FOOTNOTE_RERANKER": ("late", "none"),
    "FOOTNOTE_AGENT": AGENTS,
    "FOOTNOTE_REWRITE": REWRITES,
    "FOOTNOTE_DATAMARKING": SWITCH,
    "FOOTNOTE_CHAT_PROFILE": tuple(name for name in CHAT_PROFILES if name != GGUF.name),
}
"""Variable -> what may be chosen for it here; a model of this machine's disk is set where the app is started."""


def choose(name: str, text: str, by: str) -> None:
    """Set a variable; with an empty text it is left to its default. Raises a FootnoteError for what cannot be used,
    and InputError for what is not set here."""
    if fixed := why_fixed(name, origins()):
        raise InputError(f"{name} cannot be changed here. {fixed}")
    if not text.isprintable():
        raise ConfigError(f"{name}={text!r} has characters in it that nobody can see")
    if text and name in CHOICES and text not in CHOICES[name]:
        raise ConfigError(f"{name}={text!r} is not one of {', '.join(CHOICES[name])}")
    ChosenSettings(load_settings().home).choose(name, text or None, by, _check)


def undo(change: Change) -> None:
    """Take the last change back. Raises a FootnoteError where that cannot be done, as where another one followed."""
    ChosenSettings(load_settings().home).undo(change, _check)


def last() -> Change | None:
    """The change that can be taken back."""
    return ChosenSettings(load_settings().home).read().last


def _check(chosen: Mapping[str, str]) -> None:
    given = environment()
    settings = Settings.from_env(counting(chosen, given) | given)
    if is_of_disk(settings) and not given.get("FOOTNOTE_CHAT_MODEL", "").strip():
        raise ConfigError("a model file of this machine is set where the app is started, as FOOTNOTE_CHAT_MODEL")
    if model := open_model(settings):
        model.close()


def is_of_disk(settings: Settings) -> bool:
    """Whether the chat model is a file that the app runs by itself."""
    return profile_of(settings) is GGUF


def can_reopen(running: Settings, coming: Settings) -> bool:
    """Whether a server can change from one to the other without a start: not where one process alone may own what both
    need, a folder of Chroma or the process that runs a model."""
    return running.index == "faiss" and not is_of_disk(running) and not is_of_disk(coming)
