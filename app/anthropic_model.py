"""This file talks to Anthropic's Messages API through the `anthropic` client, and is the home of that library."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

from app.anthropic_events import MessageReply
from app.anthropic_messages import offered, spoken
from app.anthropic_options import MessageOptions
from app.endpoint_model import EndpointModel, Place, Wanted
from app.event_stream import Reply
from indexes.connection import CONNECT_SECONDS, Refused
from indexes.patience import within
from indexes.retries import MayPass
from rag.errors import ModelError
from rag.types import Message

if TYPE_CHECKING:
    import anthropic
    from httpx2 import Response


class AnthropicChatModel(EndpointModel[MessageOptions]):
    """A ChatModel behind Anthropic's endpoint, or another one that speaks its Messages protocol."""

    def __init__(
        self,
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        max_tokens: int = 512,
        more: Mapping[str, float] = MappingProxyType({}),
        **place: Unpack[Place],
    ) -> None:
        """As OpenAIChatModel's. Raises ConfigError for a key or an address that cannot be used at all."""
        super().__init__(
            MessageOptions(temperature=temperature, top_p=top_p, more=more), max_tokens=max_tokens, **place
        )

    @cached_property
    def _client(self) -> anthropic.Anthropic:
        import httpx2

        try:
            import anthropic
        except ImportError as error:
            raise ModelError(
                f"the chat model at {self.address} is asked through the library anthropic, which is not installed "
                f"({error}): install it with `{sys.executable} -m pip install -r requirements-anthropic.txt`"
            ) from error
        logging.getLogger("anthropic").setLevel(logging.WARNING)  # below that it logs whole requests
        url = httpx2.URL(self._base_url.removesuffix("/v1"))  # the client adds that part itself
        return anthropic.Anthropic(
            base_url=url.copy_with(username="", password=""),
            api_key=self._key or "none",  # else the client looks for one in files and variables of its own
            max_retries=0,
            open_telemetry=False,
            http_client=self._http_client(),
        )

    def _new_reply(self) -> Reply:
        return MessageReply()

    @contextmanager
    def _begun(self, messages: Sequence[Message], wanted: Wanted) -> Iterator[Response]:
        client = self._client
        import anthropic

        with ExitStack() as stack:
            try:
                with within(self._timeout):
                    created = client.messages.with_streaming_response.create(**self._request(messages, wanted))
                    response = stack.enter_context(created)
            except anthropic.APIConnectionError as error:
                if isinstance(refused := error.__cause__, Refused):  # the client takes it for no connection
                    raise refused from None
                raise self._no_answer(error) from error
            yield response.http_response

    def _request(self, messages: Sequence[Message], wanted: Wanted) -> dict[str, Any]:
        context = self.facts.found().context_tokens
        request: dict[str, Any] = {
            "model": self.name,
            "max_tokens": min(self._max_tokens, context // 2) if context else self._max_tokens,
            "messages": spoken(messages),
            "stream": True,
            **self._options.parameters(),
        }
        if rules := [one.content for one in messages if one.role == "system"]:
            request["system"] = "\n\n".join(rules)  # shorter than what this endpoint would keep for a next request
        return request | ({"tools": [offered(one) for one in wanted.tools]} if wanted.tools else {})

    def _no_answer(self, error: anthropic.APIConnectionError) -> ModelError | MayPass:
        import anthropic
        import httpx2

        if isinstance(error, anthropic.APITimeoutError) and not isinstance(error.__cause__, httpx2.ConnectTimeout):
            return self._endpoint.silent(self._timeout)
        return MayPass(self._endpoint.unreachable(str(error.__cause__)))

    def _leave_out(self, reason: str, _wanted: Wanted) -> bool:
        return self._options.leave_out(reason)

    def _known_models(self) -> Sequence[str]:
        return self.facts.found(patience=CONNECT_SECONDS).models
