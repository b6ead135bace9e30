"""This file says in a sentence what is wrong with a chat endpoint, or what it is and what it can, after asking it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from app.chat_facts import LOOK_SECONDS
from app.chat_profiles import GGUF
from app.detection import Found
from app.fallback import fallback_settings
from app.local_server import Busy
from app.model_gate import ModelGate
from app.opening import OpenedModel, open_model
from indexes.endpoint import CHAT, FALLBACK, Role
from rag.errors import FootnoteError, NoTools
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message

SLOW_SECONDS = 10.0
"""A first word after more than this is told as a fault, unless the second request is faster: a model is then loaded."""
_QUESTION = (Message("user", "Reply with the single word: yes"),)
_TOOL = Tool(
    "search",
    "Search the user's documents.",
    {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
)
_TOOLS = "tools"
_CALL = (Message("user", "Call the tool search with the query: rent. Write nothing else."),)
_UNSET = "no chat model is set, so answers are quoted from the documents: set FOOTNOTE_CHAT_MODEL"


@dataclass(frozen=True, slots=True)
class Health:
    """What is to be said of an endpoint; `facts` is what JSON shows beside."""

    is_well: bool
    said: str
    facts: dict[str, Any]
    is_answering: bool = True
    """Whether it answers at all, however badly."""


def examined(settings: Settings, *, slow: float = SLOW_SECONDS) -> list[Health]:
    """What the gate says where it is closed, the chat endpoint, and the second one where there is one. `slow`: seconds.
    Takes some seconds, and two words."""
    if not settings.chat_model:
        return [_without_model(settings)]
    own = fallback_settings(settings)
    asked = [(settings, CHAT)] + ([(own, FALLBACK)] if own else [])
    why_not = ModelGate(settings).why_not()
    found = [Health(False, f"{why_not}; until then answers are quoted", {})] if why_not else []
    return [*found, *(_examined(each, role, slow) for each, role in asked)]


def _without_model(settings: Settings) -> Health:
    """All is well, unless somebody has set an address or a profile: then what could be set is named."""
    if (settings.base_url, settings.chat_profile) == (Settings().base_url, Settings().chat_profile):
        return Health(True, f"{_UNSET} to have them written", {})
    try:
        opened = open_model(replace(settings, chat_model="any"))
    except FootnoteError as error:
        return Health(False, str(error), {})
    names = opened.facts.found(patience=LOOK_SECONDS + 1).models if opened else ()
    return Health(False, f"{_UNSET} to {_one_of(names) if names else 'have them written'}", {"models": list(names)})


def _one_of(names: tuple[str, ...]) -> str:
    return f"one of {', '.join(name[:80] for name in names[:10])}"


def _examined(settings: Settings, role: Role, slow: float) -> Health:
    try:
        model = open_model(settings, retries=0, role=role)
    except FootnoteError as error:
        return Health(False, str(error), {"model": settings.chat_model})
    if model is None:
        raise ValueError("settings without a chat model are told before")
    with closing(model):
        return checked(model, slow, calls=settings.agent != "off")


def checked(model: OpenedModel, slow: float, *, calls: bool = False) -> Health:
    """What a request of one word comes to, and with `calls` also one that asks for the call of a tool. Takes some
    seconds."""
    found = model.facts.found(patience=LOOK_SECONDS + 1)
    try:
        seconds, last = _asked(model)
        if seconds > slow:
            seconds, last = _asked(model)
    except Busy as error:
        return Health(True, str(error), _facts(model, found, None, Delta()))
    except FootnoteError as error:
        said = model.trouble(error, found.models)
        return Health(False, said, _facts(model, found, None, Delta()), is_answering=False)
    wrong, came = _wrong(model, seconds, slow), ""
    if calls and not wrong and found.tools is not False and found.profile is not GGUF:
        tools, came = _called(model)
        found = replace(found, tools=tools)
    return Health(not wrong, wrong or _well(model, found, seconds, last, came), _facts(model, found, seconds, last))


def _called(model: OpenedModel) -> tuple[bool | None, str]:
    """Whether a tool is called where that is asked for, and what came of it in words."""
    try:
        *_, last = model.stream(_CALL, (_TOOL,))
    except NoTools as error:
        return False, str(error)
    except FootnoteError as error:
        return None, str(error)
    return bool(last.calls), "it called one" if last.calls else "it was asked to call one and wrote words instead"


def _asked(model: OpenedModel) -> tuple[float, Delta]:
    """(seconds to the first word, how the answer ended). Raises ModelError."""
    start = time.perf_counter()
    first: float | None = None
    last = Delta()
    for last in model.stream(_QUESTION):
        if first is None and last.text:
            first = time.perf_counter() - start
    return first or time.perf_counter() - start, last


def _wrong(model: OpenedModel, seconds: float, slow: float) -> str:
    who = f"the chat model {model.name!r} at {model.address}"
    if seconds > slow:
        return f"{who} is slow, its first word comes after {seconds:.1f} seconds: choose a smaller or a nearer one"
    if not model.streams:
        return f"{who} does not stream, so an answer is seen only when it has ended: choose an endpoint that does"
    return ""


def _well(model: OpenedModel, found: Found, seconds: float, last: Delta, came: str) -> str:
    """`came`: what came of the call of a tool."""
    as_reported = f" as {last.reported_model!r}" if last.reported_model not in ("", model.name) else ""
    what = " ".join(part for part in (found.profile.title, found.version) if part)
    of_tools = f" ({came})" if came else ""
    can = ", ".join(f"{name} {_yes(value)}{of_tools if name == _TOOLS else ''}" for name, value in _able(found))
    refused = f"; it does not take {', '.join(model.refused)}" if model.refused else ""
    return (
        f"the chat model {model.name!r} at {model.address} answers{as_reported}: {what}, first word after "
        f"{seconds:.2f} seconds, {_context(found)}, {can}, {_price(model, found)}{refused}"
    )


def _context(found: Found) -> str:
    if found.context_tokens is None:
        return "context length unknown"
    how = ", as such servers have unless told otherwise" if found.is_assumed else ""
    return f"a context of {found.context_tokens:,} tokens{how}"


def _able(found: Found) -> Iterator[tuple[str, bool | None]]:
    profile = found.profile
    yield from (("JSON schema", profile.json_schema), (_TOOLS, found.tools))
    yield from (("log-probabilities", profile.logprobs), ("seeds", profile.seed))


def _yes(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"


def _price(model: OpenedModel, found: Found) -> str:
    price = found.profile.price(model.name)
    if price is None:
        return "price unknown"
    return f"${price.prompt:g} and ${price.completion:g} for a million tokens read and written"


def _facts(model: OpenedModel, found: Found, seconds: float | None, last: Delta) -> dict[str, Any]:
    price = found.profile.price(model.name)
    return {
        "model": model.name,
        "reported_model": last.reported_model,
        "system_fingerprint": last.system_fingerprint,
        "address": model.address,
        "profile": found.profile.name,
        "version": found.version,
        "context_tokens": found.context_tokens,
        "context_assumed": found.is_assumed,
        "supports": {name.lower().replace(" ", "_").replace("-", "_"): value for name, value in _able(found)},
        "price": None if price is None else {"prompt": price.prompt, "completion": price.completion},
        "first_token_ms": None if seconds is None else round(1000 * seconds, 1),
        "streams": model.streams,
        "refused": model.refused,
        "models": list(found.models),
    }
