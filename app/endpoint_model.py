"""This file holds what the chat models behind an endpoint share: how a request goes, and what is told when it fails.

Two things that the vendors' clients could do are done here. Their retries are off: they would wait three times for an
endpoint that is silent, and give up where a stream breaks before its first word. Their event readers are not used: they
hide the signs of life between words, so that an endpoint which sends nothing else would never be given up, and a line
has no bounds.

Proxies from the environment are used, except for an endpoint on this machine; redirects are not followed. Prompts and
keys are never logged.
"""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, Required, Self, TypedDict, TypeVar

from app.chat_facts import PATIENCE_SECONDS, ChatFacts
from app.chat_profiles import Profile
from app.detection import Found
from app.event_stream import Endless, Garbled, Limits, Reply, texts
from indexes.connection import Refused, drain, open_client, refuse
from indexes.endpoint import CHAT, Endpoint, Role, is_too_long, reason_in
from indexes.patience import pause, watched
from indexes.retries import PASSING, MayPass, OtherRequest, retry_after, with_retries
from rag.errors import FootnoteError, ModelError
from rag.packing import Window
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message

if TYPE_CHECKING:
    from httpx2 import Client, Response

_CHARACTERS_PER_TOKEN = 32
"""More than any model writes; a stream that goes on beyond this many per token allowed is ended."""
_SECONDS_PER_TOKEN = 5.0
"""Slower than anybody would wait for: a stream that takes longer for all tokens allowed is ended, too."""
_WRONG_REQUEST = frozenset({400, 422})
_NOT_TAKEN = _WRONG_REQUEST | {404, 500, 501}
"""Statuses by which servers say that a model takes no tools, or no schema."""
_OF_SCHEMAS = ("response_format", "response format", "schema", "grammar", "structured output")
"""How they call it."""


class Options(Protocol):
    """The optional parameters of a request."""

    @property
    def refused(self) -> list[str]:
        """Those that the endpoint did not take."""
        ...

    def sampled(self, settings: Settings) -> Self:
        """Those of the same endpoint with the sampling of these settings."""
        ...

    def takes_schema(self, profile: Profile, /) -> bool:
        """Whether a request may carry the JSON schema of its reply."""
        ...


OptionsT = TypeVar("OptionsT", bound=Options)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one request has beside its messages."""

    tools: Sequence[Tool] = ()
    schema: str = ""
    """Of the reply; empty where the endpoint takes none."""

    def is_named(self, reason: str) -> bool:
        """Whether a refusal names the schema that was sent."""
        return bool(self.schema) and any(word in reason.lower() for word in _OF_SCHEMAS)


class Place(TypedDict, total=False):
    """Where an EndpointModel asks and how long it waits, as its own one takes them."""

    base_url: Required[str]
    model: Required[str]
    api_key: str
    timeout: float
    retries: int
    role: Role
    facts: Callable[[Endpoint], ChatFacts]
    sleep: Callable[[float], None]


class EndpointModel(ABC, Generic[OptionsT]):
    """A ChatModel behind an endpoint; what differs is told by each protocol's own one."""

    def __init__(
        self,
        options: OptionsT,
        *,
        base_url: str,
        model: str,
        max_tokens: int,
        api_key: str = "",
        timeout: float = 60.0,
        retries: int = 2,
        role: Role = CHAT,
        facts: Callable[[Endpoint], ChatFacts] = lambda _: ChatFacts(Found()),
        sleep: Callable[[float], None] = pause,
    ) -> None:
        """`timeout`: seconds to wait for the first word and between words. `facts` finds out what the endpoint is;
        without it nothing is asked or known.

        Raises ConfigError for a key or an address that cannot be used at all.
        """
        self._endpoint = Endpoint(base_url, api_key, model, role)
        self.facts = facts(self._endpoint)
        self.streams: bool | None = None
        """Whether the last answer came as a stream; None before there was one."""
        self._options = options
        self._base_url = base_url
        self._key = api_key
        self._max_tokens = max_tokens
        self._timeout = timeout
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

    def trouble(self, error: FootnoteError, models: Sequence[str]) -> str:  # noqa: ARG002 - some need them
        """What is wrong, by the error and by the `models` that the endpoint offers."""
        return str(error)

    def window(self) -> Window:
        """What fits into a request, as far as it is known by now or a moment later."""
        found = self.facts.found(patience=PATIENCE_SECONDS)
        return Window(found.context_tokens, self._max_tokens, found.count)

    def sampled(self, settings: Settings) -> Self:
        """The same model, over the same connections, with the sampling of these settings."""
        self._client  # noqa: B018 - so that both have the same one
        other = copy(self)
        other._options = self._options.sampled(settings)
        other._max_tokens = settings.max_answer_tokens
        return other

    def close(self) -> None:
        """Close the connections that are kept open for the next question."""
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

    @property
    def _longest(self) -> float:
        """Seconds that a stream may take in all."""
        return self._timeout + self._max_tokens * _SECONDS_PER_TOKEN

    def takes_tools(self) -> bool:
        """Whether tools may be offered: it is known of the endpoint, or tried, and no request was refused for it."""
        return self.facts.takes_tools()

    def calls_none(self) -> bool:
        """As a WritingModel's."""
        return self.facts.calls_none()

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """The answer's pieces as they come, the last one with the finish reason, tokens used and tools to be called.

        Raises ModelError. Before the first word, passing failures are tried again; afterwards nothing is. Closing the
        generator closes the connection.
        """
        return with_retries(lambda: self._attempt(messages, tools, schema), self._retries, self._sleep)

    def _attempt(self, messages: Sequence[Message], tools: Sequence[Tool], schema: str) -> Generator[Delta, None, None]:
        """One request. Raises MayPass and OtherRequest before the first word only, ModelError at any time."""
        import httpx2

        reply, wanted = self._new_reply(), Wanted(tools, schema if schema and self._takes_schema() else "")
        try:
            with self._begun(messages, wanted) as response:
                yield from self._read(response, reply, wanted)
        except Refused as error:
            refusal = self._status(error.response, error.body, wanted)
            raise refusal from None  # its text may repeat the key that was sent
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise self._endpoint.silent(self._timeout) from error
        except (Garbled, httpx2.DecodingError) as error:
            raise self._endpoint.garbled() from error
        except Endless as error:
            raise self._endpoint.endless(self._longest) from error
        except httpx2.HTTPError as error:
            raise self._unless_begun(self._endpoint.cut(), reply) from error

    def _takes_schema(self) -> bool:
        return self._options.takes_schema(self.facts.found(patience=PATIENCE_SECONDS).profile)

    @property
    @abstractmethod
    def _client(self) -> Any:  # noqa: ANN401 - each protocol has its own
        """The vendor's client, made when it is first needed and kept."""

    @abstractmethod
    def _new_reply(self) -> Reply:
        """What reads the events."""

    @abstractmethod
    def _begun(self, messages: Sequence[Message], wanted: Wanted) -> AbstractContextManager[Response]:
        """The response to one request, which begins in `timeout` seconds or not at all. Raises Refused, and for an
        endpoint that is not reached ModelError or MayPass."""

    @abstractmethod
    def _leave_out(self, reason: str, wanted: Wanted) -> bool:
        """Give up parameters that a refusal complains of; False where nothing is left to give up."""

    @abstractmethod
    def _known_models(self) -> Sequence[str]:
        """What the endpoint offers; empty where it does not tell in time."""

    def _http_client(self) -> Client:
        """A client that reads no more of an error than has to be, and that nobody leaves open."""
        client = open_client(self._base_url, self._endpoint, self._timeout)
        client.event_hooks = {"response": [refuse]}  # the vendors' clients would read all that comes with an error
        weakref.finalize(self, client.close)  # whoever forgets to close it leaves no connection open
        return client

    def _read(self, response: Response, reply: Reply, wanted: Wanted) -> Iterator[Delta]:
        piece = partial(Delta, has_schema=bool(wanted.schema))
        media_type = response.headers.get("content-type", "").lower()
        if "html" in media_type:
            raise self._endpoint.web_page()
        if "json" in media_type:  # the endpoint does not stream
            yield piece(reply.read_whole(response.iter_bytes(), seconds=self._timeout))
        else:
            most = self._max_tokens * _CHARACTERS_PER_TOKEN
            limits = Limits(pause=self._timeout, seconds=self._longest, characters=most)
            chunks = watched(response.iter_bytes())
            yield from map(piece, texts(chunks, reply, limits))
            if reply.is_done:
                drain(chunks)
        if reply.error:
            raise self._failed(reply, wanted)
        if not (reply.is_done or reply.finish_reason):
            raise self._unless_begun(self._endpoint.cut(), reply)
        if not reply.n_characters and not (wanted.tools and reply.pieces.calls()):
            raise self._endpoint.empty(reply.finish_reason, wants_tool=reply.wants_tool)
        self.streams = not reply.is_whole
        yield self._last(reply, wanted)

    def _last(self, reply: Reply, wanted: Wanted) -> Delta:
        price = self.facts.found().profile.price(self.name)
        calls = reply.pieces.calls() if wanted.tools else ()
        if calls:
            self.facts.called()
        n, more = reply.prompt_tokens, reply.completion_tokens
        return Delta(
            "",
            reply.finish_reason or "stop",
            n,
            more,
            cost=price.of(n, more) if price and n and more else None,
            reported_model=self._endpoint.redacted(reply.model),
            system_fingerprint=self._endpoint.redacted(reply.fingerprint),
            calls=calls,
            has_schema=bool(wanted.schema),
        )

    def _failed(self, reply: Reply, wanted: Wanted) -> Exception:
        """Of an error that a stream reports."""
        reason = reason_in(reply.error)
        if not reply.n_characters and wanted.is_named(reason) and self._leave_out(reason, wanted):
            return OtherRequest()
        error = self._endpoint.failed(reason)
        return self._unless_begun(error, reply) if reply.may_pass else error

    def _unless_begun(self, error: ModelError, reply: Reply) -> ModelError | MayPass:
        return error if reply.n_characters else MayPass(error)

    def _status(self, response: Response, body: str, wanted: Wanted) -> Exception:
        code, wait, reason = response.status_code, retry_after(response.headers), reason_in(body)
        if response.has_redirect_location:
            return self._endpoint.moved(response.headers["location"])
        if is_too_long(code, body):
            return self._endpoint.too_long()
        if self._goes_otherwise(code, reason, wanted):
            return OtherRequest()
        if wanted.tools and (code in _WRONG_REQUEST or _names_tools(code, reason)):
            # nothing else is left that it may complain of
            refusal = self._endpoint.no_tools(reason)
            refusal.was_tried = self.facts.refuse_tools()
            return refusal
        if code == 404:
            return self._endpoint.not_found(self._known_models())
        error = self._endpoint.status(code, body, wait)
        return MayPass(error, wait) if code in PASSING or code >= 500 else error

    def _goes_otherwise(self, code: int, reason: str, wanted: Wanted) -> bool:
        """Whether the request may be taken without something that it had."""
        is_wrong = code in _WRONG_REQUEST and not (wanted.tools and _names_tools(code, reason))
        return (is_wrong or (code in _NOT_TAKEN and wanted.is_named(reason))) and self._leave_out(reason, wanted)


def _names_tools(code: int, reason: str) -> bool:
    return code in _NOT_TAKEN and "tool" in reason.lower()
