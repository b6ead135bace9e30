"""How the chat model writes in this conversation, where that is not as configured."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.personal import PersonalWorkspace
from app.words import msgid, tr
from rag.errors import ConfigError
from rag.settings import Settings, with_sampling

_GIVEN = "sampling"
_NUMBER = "sampling-fields"
NAMES = {
    "temperature": msgid("Temperature"),
    "top_p": msgid("Top p"),
    "sample_top_k": msgid("Top k"),
    "max_answer_tokens": msgid("Longest answer, in tokens"),
    "frequency_penalty": msgid("Frequency penalty"),
    "presence_penalty": msgid("Presence penalty"),
    "repetition_penalty": msgid("Repetition penalty"),
    "seed": msgid("Seed"),
}
"""SAMPLING once more, to be looked up."""


def show(workspace: PersonalWorkspace) -> None:
    """A popover with a field for each value that can be set; nothing without a chat model."""
    if workspace.settings.chat_model:
        _fields(workspace)


def chosen(workspace: PersonalWorkspace) -> Settings | None:
    """The settings as this conversation changes them; None where it does not."""
    given = _given()
    return with_sampling(workspace.settings, given) if given else None


def clear() -> None:
    """As configured again, with a new conversation."""
    st.session_state[_GIVEN] = {}
    st.session_state[_NUMBER] = st.session_state.get(_NUMBER, 0) + 1


@st.fragment
def _fields(workspace: PersonalWorkspace) -> None:
    """A fragment: a change draws these fields anew and nothing else."""
    told = tr("How the chat model writes in this conversation")
    with st.popover(tr("Writing"), icon=":material/tune:", type="tertiary", help=told, key="sampling-values"):
        columns = st.columns(2)
        for at, name in enumerate(workspace.sampled_by()):
            with columns[at % 2]:
                _field(workspace.settings, name)


def _field(settings: Settings, name: str) -> None:
    hint = tr("{value} (as configured)", value=getattr(settings, name))
    kept = _given().get(name, "")  # no field is kept on another page
    keep = partial(_keep, settings, name)
    typed = st.text_input(tr(NAMES[name]), kept, placeholder=hint, key=_key(name), on_change=keep)
    if trouble := _trouble(settings, name, typed):
        st.error(trouble)


def _keep(settings: Settings, name: str) -> None:
    """What was typed, unless it is wrong: then what is configured counts."""
    text = st.session_state[_key(name)].strip()
    _given().pop(name, None)
    if text and not _trouble(settings, name, text):
        _given()[name] = text


def _trouble(settings: Settings, name: str, text: str) -> str:
    try:
        with_sampling(settings, {name: text} if text.strip() else {})
    except ConfigError as error:
        return tr("{error}; until then the configured value is used", error=error)
    return ""


def _given() -> dict[str, str]:
    given: dict[str, str] = st.session_state.setdefault(_GIVEN, {})
    return given


def _key(name: str) -> str:
    """New fields for each conversation: a closed popover does not hear that one is empty, and would send it again."""
    return f"sampling-{st.session_state.get(_NUMBER, 0)}-{name}"
