"""This file keeps private details from a chat model that is elsewhere: it reads placeholders in their place."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from urllib.parse import urlsplit

from app.changed_deltas import Change, changed_calls, changed_deltas, deltas_of, rewritten
from app.chat_profiles import GGUF, profile_of, with_address
from app.fallback import fallback_settings
from rag.masking import Mask, Restored
from rag.prompt import PLACEHOLDERS
from rag.protocols import ChatModel
from rag.settings import Settings
from rag.tools import Tool
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
        masked = [_changed(one, mask.masked) for one in messages]
        held = rewritten(schema, mask.masked)
        if not mask:
            return (yield from deltas_of(self._model, messages, tools, schema))
        restored = Restored(mask)
        yield from changed_deltas(deltas_of(self._model, _told(masked), tools, held), restored, mask.restored)


def _changed(message: Message, change: Change) -> Message:
    return replace(message, content=change(message.content), calls=changed_calls(message.calls, change))


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
