"""This file talks to any OpenAI-compatible chat endpoint through the `openai` client, and is the home of that library.

Two things the client could do are done here. Its retries are off: it would wait three times for an endpoint that is
silent, and give up where a stream breaks before its first word. Its event reader is not used: it hides the signs of
life between words, so that an endpoint which sends nothing else would never be given up, and a line has no bounds.

Proxies from the environment are used, except for an endpoint on this machine; redirects are not followed. Prompts and
keys are never logged.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.chat_facts import PATIENCE_SECONDS, ChatFacts, facts_of
from app.chat_options import ChatOptions, sampling
from app.chat_profiles import with_address
from app.detection import Found, names_in
from app.event_stream import Endless, Garbled, Limits, Reply, texts
from app.inquiry import Inquiry
from indexes.connection import CONNECT_SECONDS, Refused, drain, open_client, refuse
from indexes.endpoint import CHAT, Endpoint, Role, is_too_long, reason_in
from indexes.patience import pause, within
from indexes.retries import PASSING, MayPass, OtherRequest, retry_after, with_retries
from rag.errors import FootnoteError, ModelError
from rag.packing import Window
from rag.settings import Settings
from rag.types import Delta, Message

if TYPE_CHECKING:
    import openai
    from httpx2 import Response

_CHARACTERS_PER_TOKEN = 32
"""More than any model writes; a stream that goes on beyond this many per token allowed is ended."""
_SECONDS_PER_TOKEN = 5.0
"""Slower than anybody would wait for: a stream that takes longer for all tokens allowed is ended, too."""


class OpenAIChatModel:
    """A ChatModel behind an OpenAI-compatible endpoint: OpenAI, vLLM, Ollama, llama.cpp and the like."""

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
        sleep: Callable[[float], None] = pause,
    ) -> None:
        """`timeout`: seconds to wait for the first word and between words. `more`: what `sampling` gives. `facts` finds
        out what the endpoint is; without it nothing is asked or known.

        Raises ConfigError for a key or an address that cannot be used at all.
        """
        self._endpoint = Endpoint(base_url, api_key, model, role)
        self.facts = facts(self._endpoint)
        self.streams: bool | None = None
        """Whether the last answer came as a stream; None before there was one."""
        self._base_url = base_url
        self._key = api_key
        self._options = ChatOptions(temperature=temperature, top_p=top_p, max_tokens=max_tokens, more=more)
        self._max_tokens = max_tokens
        self._max_characters = max_tokens * _CHARACTERS_PER_TOKEN
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
        """Parameters of a request that the endpoint did not take, and that are not sent any more."""
        return self._options.refused

    def trouble(self, error: FootnoteError, models: Sequence[str]) -> str:
        """What is wrong, by the error and by the `models` that the endpoint offers: not all say that one is missing."""
        is_there = not models or self.name in models or f"{self.name}:latest" in models
        return str(error if is_there else self._endpoint.not_found(models))

    def window(self) -> Window:
        """What fits into a request, as far as it is known by now or a moment later."""
        found = self.facts.found(patience=PATIENCE_SECONDS)
        return Window(found.context_tokens, self._max_tokens, found.count)

    def stream(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """The answer's pieces as they come, the last one with the finish reason and the tokens used.

        Raises ModelError. Before the first word, passing failures are tried again; afterwards nothing is. Closing the
        generator closes the connection.
        """
        return with_retries(lambda: self._attempt(messages), self._retries, self._sleep)

    def close(self) -> None:
        """Close the connections that are kept open for the next question."""
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

    @cached_property
    def _client(self) -> openai.OpenAI:
        import httpx2
        import openai

        url = httpx2.URL(self._base_url)
        client = open_client(self._base_url, self._endpoint, self._timeout)
        client.event_hooks = {"response": [refuse]}  # the openai client would read all that comes with an error
        weakref.finalize(self, client.close)  # whoever forgets to close it leaves no connection open
        return openai.OpenAI(
            base_url=url.copy_with(username="", password=""),  # the client logs the address
            api_key=self._key or "none",  # the client insists on one; an endpoint that needs none ignores it
            max_retries=0,
            http_client=client,
        )

    def _attempt(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """One request. Raises MayPass and OtherRequest before the first word only, ModelError at any time."""
        import httpx2
        import openai

        reply = Reply()
        try:
            with self._begun(messages) as response:
                yield from self._read(response, reply)
        except Refused as error:
            raise self._status(error.response, error.body) from None  # its text may repeat the key that was sent
        except openai.APIConnectionError as error:
            raise self._no_answer(error) from error
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise self._endpoint.silent(self._timeout) from error
        except (Garbled, httpx2.DecodingError) as error:
            raise self._endpoint.garbled() from error
        except Endless as error:
            raise self._endpoint.endless(self._longest) from error
        except httpx2.HTTPError as error:
            raise self._broken_off(reply) from error

    @contextmanager
    def _begun(self, messages: Sequence[Message]) -> Iterator[Response]:
        """The response to one request, which begins in `timeout` seconds or not at all."""
        completions = self._client.chat.completions.with_streaming_response
        with ExitStack() as stack:
            with within(self._timeout):
                response = stack.enter_context(completions.create(**self._request(messages)))
            yield response.http_response

    def _request(self, messages: Sequence[Message]) -> dict[str, Any]:
        spoken = [{"role": message.role, "content": message.content} for message in messages]
        found = self.facts.found()
        options = self._options.parameters(found.profile, found.context_tokens)
        return {"model": self.name, "messages": spoken, "stream": True, **options}

    def _read(self, response: Response, reply: Reply) -> Iterator[Delta]:
        media_type = response.headers.get("content-type", "").lower()
        if "html" in media_type:
            raise self._endpoint.web_page()
        if "json" in media_type:  # the endpoint does not stream
            yield Delta(reply.read_whole(response.iter_bytes(), seconds=self._timeout))
        else:
            limits = Limits(pause=self._timeout, seconds=self._longest, characters=self._max_characters)
            chunks = response.iter_bytes()
            yield from map(Delta, texts(chunks, reply, limits))
            if reply.is_done:
                drain(chunks)
        if reply.error:
            raise self._endpoint.failed(reason_in(reply.error))
        if not (reply.is_done or reply.finish_reason):
            raise self._broken_off(reply)
        if not reply.n_characters:
            raise self._endpoint.empty(reply.finish_reason, wants_tool=reply.wants_tool)
        self.streams = not reply.is_whole
        yield self._last(reply)

    def _last(self, reply: Reply) -> Delta:
        price = self.facts.found().profile.price(self.name)
        n, more = reply.prompt_tokens, reply.completion_tokens
        return Delta(
            "",
            reply.finish_reason or "stop",
            n,
            more,
            cost=price.of(n, more) if price and n and more else None,
            reported_model=self._endpoint.redacted(reply.model),
            system_fingerprint=self._endpoint.redacted(reply.fingerprint),
        )

    def _broken_off(self, reply: Reply) -> ModelError | MayPass:
        error = self._endpoint.cut()
        return error if reply.n_characters else MayPass(error)

    def _no_answer(self, error: openai.APIConnectionError) -> ModelError | MayPass:
        import httpx2
        import openai

        cause = error.__cause__
        if isinstance(error, openai.APITimeoutError) and not isinstance(cause, httpx2.ConnectTimeout):
            return self._endpoint.silent(self._timeout)
        if isinstance(cause, httpx2.RemoteProtocolError) and "disconnected" not in str(cause):
            return self._endpoint.garbled()  # it talks, but no HTTP
        return MayPass(self._endpoint.unreachable(str(cause)))

    def _status(self, response: Response, body: str) -> Exception:
        code, wait = response.status_code, retry_after(response.headers)
        if response.has_redirect_location:
            return self._endpoint.moved(response.headers["location"])
        if is_too_long(code, body):
            return self._endpoint.too_long()
        if code in (400, 422) and self._options.leave_out(reason_in(body), self.facts.found().profile):
            return OtherRequest()
        if code == 404:
            return self._endpoint.not_found(self._known_models())
        error = self._endpoint.status(code, body, wait)
        return MayPass(error, wait) if code in PASSING or code >= 500 else error

    def _known_models(self) -> Sequence[str]:
        """What the endpoint offers; empty where it does not tell in time."""

        def look() -> Found:
            with Inquiry(self._base_url, self._endpoint, self._key, seconds=CONNECT_SECONDS) as inquiry:
                return Found(models=tuple(names_in(inquiry.models())))

        return ChatFacts(Found(), look).found(patience=CONNECT_SECONDS).models


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
