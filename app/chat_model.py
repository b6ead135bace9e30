"""This file talks to OpenAI-compatible chat endpoints through the `openai` client, and is the home of that library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

from app.chat_facts import ChatFacts, facts_of
from app.chat_options import ChatOptions, sampling
from app.chat_profiles import with_address
from app.detection import Found, names_in
from app.endpoint_model import EndpointModel, Place, Wanted
from app.event_stream import Reply
from app.inquiry import Inquiry
from app.tool_calls import sent_arguments
from indexes.connection import CONNECT_SECONDS
from indexes.endpoint import CHAT, Role
from indexes.patience import within
from indexes.retries import MayPass
from rag.errors import FootnoteError, ModelError
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Message

if TYPE_CHECKING:
    import openai
    from httpx2 import Response


class OpenAIChatModel(EndpointModel[ChatOptions]):
    """A ChatModel behind an OpenAI-compatible endpoint: OpenAI, vLLM, Ollama, llama.cpp and the like."""

    def __init__(
        self,
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        max_tokens: int = 512,
        more: Mapping[str, float] = MappingProxyType({}),
        **place: Unpack[Place],
    ) -> None:
        """As EndpointModel's. `more`: what `sampling` gives."""
        super().__init__(
            ChatOptions(temperature=temperature, top_p=top_p, max_tokens=max_tokens, more=more),
            max_tokens=max_tokens,
            **place,
        )

    def trouble(self, error: FootnoteError, models: Sequence[str]) -> str:
        """What is wrong, by the error and by the `models` that the endpoint offers: not all say that one is missing."""
        is_there = not models or self.name in models or f"{self.name}:latest" in models
        return str(error if is_there else self._endpoint.not_found(models))

    @cached_property
    def _client(self) -> openai.OpenAI:
        import httpx2
        import openai

        url = httpx2.URL(self._base_url)
        return openai.OpenAI(
            base_url=url.copy_with(username="", password=""),  # the client logs the address
            api_key=self._key or "none",  # the client insists on one; an endpoint that needs none ignores it
            max_retries=0,
            http_client=self._http_client(),
        )

    def _new_reply(self) -> Reply:
        return Reply()

    @contextmanager
    def _begun(self, messages: Sequence[Message], wanted: Wanted) -> Iterator[Response]:
        import openai

        completions = self._client.chat.completions.with_streaming_response
        with ExitStack() as stack:
            try:
                with within(self._timeout):
                    response = stack.enter_context(completions.create(**self._request(messages, wanted)))
            except openai.APIConnectionError as error:
                raise self._no_answer(error) from error
            yield response.http_response

    def _request(self, messages: Sequence[Message], wanted: Wanted) -> dict[str, Any]:
        found = self.facts.found()
        options = self._options.parameters(found.profile, found.context_tokens, wanted.schema)
        request = {"model": self.name, "messages": [spoken(one) for one in messages], "stream": True, **options}
        return request | ({"tools": [offered(one) for one in wanted.tools]} if wanted.tools else {})

    def _no_answer(self, error: openai.APIConnectionError) -> ModelError | MayPass:
        import httpx2
        import openai

        cause = error.__cause__
        if isinstance(error, openai.APITimeoutError) and not isinstance(cause, httpx2.ConnectTimeout):
            return self._endpoint.silent(self._timeout)
        if isinstance(cause, httpx2.RemoteProtocolError) and "disconnected" not in str(cause):
            return self._endpoint.garbled()  # it talks, but no HTTP
        return MayPass(self._endpoint.unreachable(str(cause)))

    def _leave_out(self, reason: str, wanted: Wanted) -> bool:
        return self._options.leave_out(reason, self.facts.found().profile, has_schema=bool(wanted.schema))

    def _known_models(self) -> Sequence[str]:
        def look() -> Found:
            with Inquiry(self._base_url, self._endpoint, self._key, seconds=CONNECT_SECONDS) as inquiry:
                return Found(models=tuple(names_in(inquiry.models())))

        return ChatFacts(Found(), look).found(patience=CONNECT_SECONDS).models


def spoken(message: Message) -> dict[str, Any]:
    """A message as the protocol has it."""
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        said["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(sent_arguments(call), ensure_ascii=False)},
            }
            for call in message.calls
        ]
    return said | ({"tool_call_id": message.call_id} if message.call_id else {})


def offered(tool: Tool) -> dict[str, Any]:
    """A tool as the protocol has it."""
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.schema)}
    return {"type": "function", "function": function}


def open_chat_model(
    settings: Settings, *, retries: int = 2, role: Role = CHAT, facts: ChatFacts | None = None
) -> OpenAIChatModel | None:
    """The configured chat model, without a request; None where the documents answer for themselves.

    `facts`: what another model at the same endpoint finds out, so that it is not asked twice.
    """
    if not settings.chat_model:
        return None
    settings = with_address(settings)
    return OpenAIChatModel(
        base_url=settings.base_url,
        model=settings.chat_model,
        api_key=settings.api_key,
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_answer_tokens,
        more=sampling(settings),
        timeout=settings.timeout,
        retries=retries,
        role=role,
        facts=lambda endpoint: facts or facts_of(settings, endpoint),
    )
