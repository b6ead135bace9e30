"""This file talks to Anthropic's Messages API through the `anthropic` client, and is the home of that library.

As with the `openai` client, its retries and its event reader are not used: see `app/chat_model.py`. Nothing of prompts
goes into logs or traces.
"""

from __future__ import annotations

import logging
import sys
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.anthropic_events import MessageReply
from app.anthropic_options import MessageOptions
from app.chat_facts import PATIENCE_SECONDS, ChatFacts
from app.detection import Found
from app.event_stream import Endless, Garbled, Limits, texts
from indexes.connection import CONNECT_SECONDS, Refused, drain, open_client, refuse
from indexes.endpoint import CHAT, Endpoint, Role, is_too_long, reason_in
from indexes.patience import within
from indexes.retries import PASSING, MayPass, OtherRequest, retry_after, with_retries
from rag.errors import FootnoteError, ModelError
from rag.packing import Window
from rag.types import Delta, Message

if TYPE_CHECKING:
    import anthropic
    from httpx2 import Response

_CHARACTERS_PER_TOKEN = 32
"""More than any model writes; a stream that goes on beyond this many per token allowed is ended."""
_SECONDS_PER_TOKEN = 5.0
"""As for an OpenAI-compatible endpoint."""


class AnthropicChatModel:
    """A ChatModel behind Anthropic's endpoint, or another one that speaks its Messages protocol."""

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str = "",
        temperature: float = 0.0,
        top_p: float = 1.0,
        max_tokens: int = 512,
        more: Mapping[str, float] = MappingProxyType({}),
        timeout: float = 60.0,
        retries: int = 2,
        role: Role = CHAT,
        facts: Callable[[Endpoint], ChatFacts] = lambda _: ChatFacts(Found()),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """As OpenAIChatModel's. Raises ConfigError for a key or an address that cannot be used at all."""
        self._endpoint = Endpoint(base_url, api_key, model, role)
        self.facts = facts(self._endpoint)
        self.streams: bool | None = None
        self._base_url = base_url
        self._key = api_key
        self._options = MessageOptions(temperature=temperature, top_p=top_p, more=more)
        self._max_tokens = max_tokens
        self._timeout = timeout
        self._longest = timeout + max_tokens * _SECONDS_PER_TOKEN
        self._retries = retries
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The model's name as it is asked for."""
        return self._endpoint.model

    @property
    def address(self) -> str:
        """Where it answers, without secrets."""
        return self._endpoint.address

    @property
    def refused(self) -> list[str]:
        """Parameters that were set, and are not sent."""
        return self._options.refused

    def trouble(self, error: FootnoteError, _models: Sequence[str]) -> str:
        """What is wrong: this endpoint says itself that a model is missing."""
        return str(error)

    def window(self) -> Window:
        """What fits into a request, as far as it is known by now or a moment later."""
        found = self.facts.found(patience=PATIENCE_SECONDS)
        return Window(found.context_tokens, self._max_tokens, found.count)

    def stream(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """As OpenAIChatModel's: what may pass is tried again before the first word, afterwards nothing is."""
        return with_retries(lambda: self._attempt(messages), self._retries, self._sleep)

    def close(self) -> None:
        """Close the connections that are kept open for the next question."""
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

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
        http_client = open_client(self._base_url, self._endpoint, self._timeout)
        http_client.event_hooks = {"response": [refuse]}  # the client would read all that comes with an error
        weakref.finalize(self, http_client.close)  # whoever forgets to close it leaves no connection open
        return anthropic.Anthropic(
            base_url=url.copy_with(username="", password=""),
            api_key=self._key or "none",  # else the client looks for one in files and variables of its own
            max_retries=0,
            open_telemetry=False,
            http_client=http_client,
        )

    def _attempt(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """One request. Raises MayPass and OtherRequest before the first word only, ModelError at any time."""
        import httpx2

        client = self._client
        import anthropic

        reply = MessageReply()
        try:
            with self._begun(client, messages) as response:
                yield from self._read(response, reply)
        except anthropic.APIConnectionError as error:
            if isinstance(refused := error.__cause__, Refused):  # the client takes it for no connection
                raise self._status(refused.response, refused.body) from None  # it may repeat the key that was sent
            raise self._no_answer(error) from error
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise self._endpoint.silent(self._timeout) from error
        except (Garbled, httpx2.DecodingError) as error:
            raise self._endpoint.garbled() from error
        except Endless as error:
            raise self._endpoint.endless(self._longest) from error
        except httpx2.HTTPError as error:
            raise self._unless_begun(self._endpoint.cut(), reply) from error

    @contextmanager
    def _begun(self, client: anthropic.Anthropic, messages: Sequence[Message]) -> Iterator[Response]:
        """The response to one request, which begins in `timeout` seconds or not at all."""
        with ExitStack() as stack:
            with within(self._timeout):
                created = client.messages.with_streaming_response.create(**self._request(messages))
                response = stack.enter_context(created)
            yield response.http_response

    def _request(self, messages: Sequence[Message]) -> dict[str, Any]:
        context = self.facts.found().context_tokens
        request: dict[str, Any] = {
            "model": self.name,
            "max_tokens": min(self._max_tokens, context // 2) if context else self._max_tokens,
            "messages": [{"role": one.role, "content": one.content} for one in messages if one.role != "system"],
            "stream": True,
            **self._options.parameters(),
        }
        if rules := [one.content for one in messages if one.role == "system"]:
            request["system"] = "\n\n".join(rules)  # shorter than what this endpoint would keep for a next request
        return request

    def _read(self, response: Response, reply: MessageReply) -> Iterator[Delta]:
        media_type = response.headers.get("content-type", "").lower()
        if "html" in media_type:
            raise self._endpoint.web_page()
        if "json" in media_type:  # the endpoint does not stream
            yield Delta(reply.read_whole(response.iter_bytes(), seconds=self._timeout))
        else:
            most = self._max_tokens * _CHARACTERS_PER_TOKEN
            limits = Limits(pause=self._timeout, seconds=self._longest, characters=most)
            chunks = response.iter_bytes()
            yield from map(Delta, texts(chunks, reply, limits))
            if reply.is_done:
                drain(chunks)
        if reply.error:
            error = self._endpoint.failed(reason_in(reply.error))
            raise self._unless_begun(error, reply) if reply.may_pass else error
        if not (reply.is_done or reply.finish_reason):
            raise self._unless_begun(self._endpoint.cut(), reply)
        if not reply.n_characters:
            raise self._endpoint.empty(reply.finish_reason, wants_tool=reply.wants_tool)
        self.streams = not reply.is_whole
        yield self._last(reply)

    def _last(self, reply: MessageReply) -> Delta:
        price = self.facts.found().profile.price(self.name)
        n, more = reply.prompt_tokens, reply.completion_tokens
        cost = price.of(n, more) if price and n and more else None
        reason = reply.finish_reason or "stop"
        return Delta("", reason, n, more, cost=cost, reported_model=self._endpoint.redacted(reply.model))

    def _unless_begun(self, error: ModelError, reply: MessageReply) -> ModelError | MayPass:
        return error if reply.n_characters else MayPass(error)

    def _no_answer(self, error: anthropic.APIConnectionError) -> ModelError | MayPass:
        import anthropic
        import httpx2

        if isinstance(error, anthropic.APITimeoutError) and not isinstance(error.__cause__, httpx2.ConnectTimeout):
            return self._endpoint.silent(self._timeout)
        return MayPass(self._endpoint.unreachable(str(error.__cause__)))

    def _status(self, response: Response, body: str) -> Exception:
        code, wait = response.status_code, retry_after(response.headers)
        if response.has_redirect_location:
            return self._endpoint.moved(response.headers["location"])
        if is_too_long(code, body):
            return self._endpoint.too_long()
        if code in (400, 422) and self._options.leave_out(reason_in(body)):
            return OtherRequest()
        if code == 404:
            return self._endpoint.not_found(self.facts.found(patience=CONNECT_SECONDS).models)
        error = self._endpoint.status(code, body, wait)
        return MayPass(error, wait) if code in PASSING or code >= 500 else error
