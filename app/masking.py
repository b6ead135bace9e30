"""This file keeps private details from a chat model that is elsewhere: it reads placeholders in their place."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from urllib.parse import urlsplit

from app.chat_profiles import GGUF, profile_of, with_address
from app.fallback import fallback_settings
from rag.errors import ModelError
from rag.masking import Mask, Restored
from rag.prompt import PLACEHOLDERS
from rag.protocols import ChatModel
from rag.settings import Settings
from rag.tools import Tool, ToolCall
from rag.types import Delta, Message

_NEAR = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


class MaskedModel:
    """A ChatModel that never sees a private detail, and whose words have them all the same."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As the model's own; what may be half a placeholder is held back."""
        mask = Mask([*(text for message in messages for text in message.texts), schema])
        masked = [
            replace(one, content=mask.masked(one.content), calls=_changed(one.calls, mask.masked)) for one in messages
        ]
        held = _rewritten(schema, mask.masked)
        if not mask:
            return (yield from _deltas(self._model, messages, tools, schema))
        restored = Restored(mask)
        try:
            for delta in _deltas(self._model, _told(masked), tools, held):
                text = restored.feed(delta.text)
                text += restored.finish() if delta.finish_reason or delta.calls else ""
                yield replace(delta, text=text, calls=_changed(delta.calls, mask.restored))
        except ModelError:
            yield Delta(restored.finish())  # what came before the failure
            raise
        if rest := restored.finish():  # of a stream that ended without a reason
            yield Delta(rest)


def _changed(calls: Sequence[ToolCall], change: Callable[[str], str]) -> tuple[ToolCall, ...]:
    """The calls with other words in their arguments."""
    return tuple(replace(call, arguments=_rewritten(call.arguments, change)) for call in calls)


def _rewritten(arguments: str, change: Callable[[str], str]) -> str:
    """Arguments of a call, or a schema, whose values say something else. What is no JSON is changed as it stands."""
    try:
        found = json.loads(arguments, strict=False)
        changed = _with_values(found, change)
    except (ValueError, RecursionError):
        return change(arguments)
    return arguments if changed == found else json.dumps(changed, ensure_ascii=False)


def _with_values(value: object, change: Callable[[str], str]) -> object:
    """The value with each text, name and number in it changed; a number that becomes another text is one."""
    if isinstance(value, dict):
        return {change(name): _with_values(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_values(one, change) for one in value]
    if isinstance(value, str):
        return change(value)
    said = json.dumps(value)
    return value if change(said) == said else change(said)


def _deltas(
    model: ChatModel, messages: Sequence[Message], tools: Sequence[Tool], schema: str
) -> Generator[Delta, None, None]:
    """The model's own, which end when this generator is closed."""
    deltas = model.stream(messages, tools, schema)
    try:
        yield from deltas
    finally:
        if isinstance(deltas, Generator):
            deltas.close()


def _told(messages: Sequence[Message]) -> list[Message]:
    """The messages, the first of which says what placeholders are."""
    first, *rest = messages
    return [replace(first, content=f"{first.content}\n{PLACEHOLDERS}"), *rest]


def is_masked(settings: Settings) -> bool:
    """Whether details are masked; where one of two models is elsewhere, for both: either may be asked."""
    own = fallback_settings(settings)
    models = [one for one in (settings, own) if one is not None and profile_of(one) is not GGUF]
    places = [with_address(one).base_url for one in models]
    return settings.mask == "always" or (settings.mask == "remote" and any(map(is_elsewhere, places)))


def is_elsewhere(url: str) -> bool:
    """Neither this machine nor a private network; a name of one word is that of a neighbour."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True
    address = _address(host)
    if address is None:
        return "." in host and not host.endswith(_NEAR)
    return not (address.is_private or address.is_loopback or address.is_link_local)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Of a host that is given by it, also as one number, as resolvers read it."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(ValueError, OSError):
        return ip_address(inet_aton(host))
    return None
