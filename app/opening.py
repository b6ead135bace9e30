"""This file opens the chat model that the settings name, by its kind of endpoint."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Protocol

from app.anthropic_model import AnthropicChatModel
from app.chat_facts import ChatFacts, facts_of
from app.chat_model import open_chat_model
from app.chat_options import sampling
from app.chat_profiles import ANTHROPIC, GGUF, profile_of, with_address
from app.local_model import LocalChatModel
from indexes.endpoint import CHAT, Role
from rag.errors import FootnoteError
from rag.packing import Window
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message


class WritingModel(Protocol):
    """A ChatModel that says how much fits into a request."""

    @property
    def name(self) -> str: ...
    def window(self) -> Window: ...
    def takes_tools(self) -> bool:
        """Whether tools may be offered."""
        ...

    def calls_none(self) -> bool:
        """Told that a question was gone into with tools and none was called, it returns whether its endpoint may take
        none, so that what is asked has to be searched for in another way."""
        ...

    def sampled(self, settings: Settings) -> WritingModel:
        """The same model, over the same connections, with the sampling of these settings; it need not be closed."""
        ...

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As a ChatModel's; closing the generator ends the request."""
        ...


class OpenedModel(WritingModel, Protocol):
    """A ChatModel with what the app has to know of it."""

    facts: ChatFacts

    def sampled(self, settings: Settings) -> OpenedModel:
        """As a WritingModel's."""
        ...

    @property
    def address(self) -> str:
        """Where it answers, without secrets."""
        ...

    @property
    def streams(self) -> bool | None:
        """Whether the last answer came as a stream; None before there was one."""
        ...

    @property
    def refused(self) -> list[str]:
        """Parameters of a request that the endpoint did not take, and that are not sent any more."""
        ...

    def trouble(self, error: FootnoteError, models: Sequence[str], /) -> str:
        """What is wrong, by the error and by the models that the endpoint offers."""
        ...

    def close(self) -> None: ...


def open_model(
    settings: Settings, *, retries: int = 2, role: Role = CHAT, beside: OpenedModel | None = None
) -> OpenedModel | None:
    """The configured chat model, without a request; None where the documents answer for themselves.

    `beside`: a model of the same settings that is open already and outlives this one: they share what is known of
    the endpoint, and the process where there is one.
    """
    if not settings.chat_model:
        return None
    return _KINDS.get(profile_of(settings).name, _compatible)(settings, retries, role, beside)


def _compatible(settings: Settings, retries: int, role: Role, beside: OpenedModel | None) -> OpenedModel | None:
    return open_chat_model(settings, retries=retries, role=role, facts=beside.facts if beside else None)


def _local(settings: Settings, retries: int, role: Role, beside: OpenedModel | None) -> OpenedModel:
    owner = beside if isinstance(beside, LocalChatModel) else None
    return LocalChatModel(settings, retries=retries, role=role, beside=owner)


def _anthropic(settings: Settings, retries: int, role: Role, beside: OpenedModel | None) -> OpenedModel:
    settings = with_address(replace(settings, chat_profile=ANTHROPIC.name, api_key=settings.anthropic_key))
    return AnthropicChatModel(
        base_url=settings.base_url,
        model=settings.chat_model,
        api_key=settings.api_key,
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_answer_tokens,
        more=sampling(settings),
        timeout=settings.timeout,
        retries=retries,
        role=_MESSAGES if role is CHAT else replace(role, **_SPOKEN),
        facts=lambda endpoint: beside.facts if beside else facts_of(settings, endpoint),
    )


_SPOKEN = {"reply": "message", "protocol": "speaks Anthropic's Messages protocol"}
_MESSAGES = replace(CHAT, key_setting="ANTHROPIC_API_KEY", **_SPOKEN)

_KINDS: dict[str, Callable[[Settings, int, Role, OpenedModel | None], OpenedModel | None]] = {
    GGUF.name: _local,
    ANTHROPIC.name: _anthropic,
}
"""Kinds of endpoint that do not speak OpenAI's protocol, or that the app starts itself."""
