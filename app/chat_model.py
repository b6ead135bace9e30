"""This file talks to any OpenAI-compatible chat endpoint through the `openai` client, and is the home of that library.

The client's own retries are off, because they know nothing of a stream: here a request is sent again only while not a
word has come. Proxies from the environment are used, except for an endpoint on this machine; redirects are not
followed. Prompts and keys are never logged.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from app.endpoint import Endpoint, is_too_long, reason_in, retry_after
from app.event_stream import Garbled, Reply, event, lines, parsed
from rag.errors import ConfigError, ModelError
from rag.types import Delta, Message

if TYPE_CHECKING:
    import openai
    from httpx2 import Response

CONNECT_SECONDS = 5.0
MAX_WAIT = 20.0
"""Seconds that a retry waits at most; an endpoint that asks for more is not waited for."""
_FIRST_WAIT = 0.5
_MOST_WAIT = 8.0
_PASSING = frozenset({408, 409, 429})
_OPTIONAL = ("stream_options", "max_tokens", "temperature", "top_p")
_UNSUPPORTED = ("support", "unknown", "unrecogni", "unexpected", "extra", "permitted", "allowed", "deprecated", "valid")
_CHARACTERS_PER_TOKEN = 32
"""More than any model writes; a stream that goes on beyond this many per token allowed is ended."""


class _MayPass(Exception):
    """A failure before the first word that another try may get past; `wait` in seconds where the endpoint names it."""

    def __init__(self, error: ModelError, wait: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.wait = wait


class _OptionRefused(Exception):
    """The endpoint does not take one of the optional parameters; the request goes again without it."""


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
        timeout: float = 60.0,
        retries: int = 2,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`timeout`: seconds to wait for the first word and between words.

        Raises ConfigError for a key or an address that cannot be used at all.
        """
        if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
            raise ConfigError("OPENAI_API_KEY has characters that no key has: copy it again, without blanks or quotes")
        self._endpoint = Endpoint(base_url, api_key, model)
        self._base_url = base_url
        self._key = api_key
        self._options = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}
        self._timeout = timeout
        self._retries = retries
        self._sleep = sleep
        self._refused: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The model's name as it is asked for."""
        return self._endpoint.model

    def stream(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """The answer's pieces as they come, the last one with the finish reason and the tokens used.

        Raises ModelError. Before the first word, passing failures are tried again; afterwards nothing is. Closing the
        generator closes the connection.
        """
        tries = 0
        while True:
            try:
                with closing(self._attempt(messages)) as deltas:
                    yield from deltas
            except _OptionRefused:
                continue
            except _MayPass as failure:
                wait = failure.wait if failure.wait is not None else _backoff(tries)
                tries += 1
                if tries > self._retries or wait > MAX_WAIT:
                    raise failure.error from failure.__cause__
                self._sleep(wait)
            else:
                return

    def close(self) -> None:
        """Close the connections that are kept open for the next question."""
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

    def health(self) -> str:
        """What is wrong, in a sentence; empty when the endpoint answers and does not deny that it has the model."""
        import openai

        try:
            known = self._known_models()
        except openai.APIStatusError as error:
            if error.status_code in (404, 405):  # not every endpoint lists its models
                return ""
            return str(self._endpoint.status(error.status_code, _body(error.response), wait=None))
        except openai.APITimeoutError:
            return str(self._endpoint.silent(CONNECT_SECONDS))
        except openai.APIConnectionError as error:
            return str(self._endpoint.unreachable(str(error.__cause__)))
        except ValueError:
            return str(self._endpoint.garbled())
        return str(self._endpoint.status(404, "", wait=None, known=known)) if known and self.name not in known else ""

    @cached_property
    def _client(self) -> openai.OpenAI:
        import httpx2
        import openai

        client = httpx2.Client(
            timeout=httpx2.Timeout(self._timeout, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=not _is_here(self._endpoint.host),
        )
        # The client insists on a key; an endpoint that needs none ignores it.
        return openai.OpenAI(base_url=self._base_url, api_key=self._key or "none", max_retries=0, http_client=client)

    def _attempt(self, messages: Sequence[Message]) -> Generator[Delta, None, None]:
        """One request. Raises _MayPass and _OptionRefused before the first word only, ModelError at any time."""
        import httpx2
        import openai

        reply = Reply()
        try:
            with self._client.chat.completions.with_streaming_response.create(**self._request(messages)) as response:
                yield from self._read(response.http_response, reply)
        except openai.APIStatusError as error:
            raise self._status(error.response) from None  # its text may repeat the key that was sent
        except openai.APITimeoutError as error:
            raise self._no_answer(error.__cause__) from error
        except openai.APIConnectionError as error:
            raise _MayPass(self._endpoint.unreachable(str(error.__cause__))) from error
        except httpx2.TimeoutException as error:
            raise self._endpoint.silent(self._timeout) from error
        except httpx2.HTTPError as error:
            raise self._broken_off(reply) from error
        except Garbled as error:
            raise self._endpoint.garbled() from error

    def _request(self, messages: Sequence[Message]) -> dict[str, Any]:
        options: dict[str, Any] = {**self._options, "stream_options": {"include_usage": True}}
        if options["top_p"] == 1:
            del options["top_p"]  # the default everywhere, and some endpoints refuse it beside a temperature
        if "max_tokens" in self._refused:
            options["max_completion_tokens"] = options["max_tokens"]
        return {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            **{name: value for name, value in options.items() if name not in self._refused},
        }

    def _read(self, response: Response, reply: Reply) -> Iterator[Delta]:
        media_type = response.headers.get("content-type", "").lower()
        if "html" in media_type:
            raise self._endpoint.web_page()
        for text in self._whole(response, reply) if "json" in media_type else self._streamed(response, reply):
            yield Delta(text)
        if reply.error:
            raise self._endpoint.failed(reason_in(reply.error))
        if not (reply.is_done or reply.finish_reason):
            raise self._broken_off(reply)
        if not reply.n_characters:
            raise self._endpoint.empty(reply.finish_reason, wants_tool=reply.wants_tool)
        yield Delta("", reply.finish_reason or "stop", reply.prompt_tokens, reply.completion_tokens)

    def _streamed(self, response: Response, reply: Reply) -> Iterator[str]:
        """Text as it comes. Signs of life without a word count as silence once the timeout has passed."""
        since = time.monotonic()
        limit = self._options["max_tokens"] * _CHARACTERS_PER_TOKEN
        for line in lines(response.iter_bytes()):
            found = event(line)
            if found is None:
                reply.is_done = True
                return
            text = reply.read(found)
            if reply.error:
                return
            if text:
                yield text
                since = time.monotonic()
            if reply.n_characters > limit:
                reply.finish_reason = "length"
                return
            if time.monotonic() - since > self._timeout:
                raise self._endpoint.silent(self._timeout)

    def _whole(self, response: Response, reply: Reply) -> Iterator[str]:
        """The answer of an endpoint that does not stream."""
        text = reply.read(parsed(response.read()))
        reply.is_done = True
        if text:
            yield text

    def _broken_off(self, reply: Reply) -> ModelError | _MayPass:
        error = self._endpoint.cut()
        return error if reply.n_characters else _MayPass(error)

    def _no_answer(self, cause: BaseException | None) -> ModelError | _MayPass:
        import httpx2

        if isinstance(cause, httpx2.ConnectTimeout):
            return _MayPass(self._endpoint.unreachable("timed out"))
        return self._endpoint.silent(self._timeout)

    def _status(self, response: Response) -> Exception:
        code, body, wait = response.status_code, _body(response), retry_after(response.headers)
        if response.has_redirect_location:
            return self._endpoint.moved(response.headers["location"])
        if code in (400, 422) and not is_too_long(code, body) and self._adapts_to(reason_in(body)):
            return _OptionRefused()
        known = self._models_or_none() if code == 404 else ()
        error = self._endpoint.status(code, body, wait=wait, known=known)
        may_pass = (code in _PASSING or code >= 500) and not is_too_long(code, body)
        return _MayPass(error, wait) if may_pass else error

    def _adapts_to(self, reason: str) -> bool:
        """Leave out the parameter that the endpoint complains about; usage numbers also without a clear complaint."""
        is_unsupported = any(word in reason.lower() for word in _UNSUPPORTED)
        named = [name for name in _OPTIONAL if name in reason] if is_unsupported else []
        for name in [*named, "stream_options"]:
            if name not in self._refused:
                self._refused |= {name}
                return True
        return False

    def _models_or_none(self) -> Sequence[str]:
        import openai

        try:
            return self._known_models()
        except (openai.OpenAIError, ValueError):
            return ()

    def _known_models(self) -> list[str]:
        """Raises openai.OpenAIError, or ValueError for an answer that is not JSON."""
        listed = self._client.with_options(timeout=CONNECT_SECONDS).get("/models", cast_to=object)
        models = listed.get("data") if isinstance(listed, dict) else None
        if not isinstance(models, list):
            raise Garbled
        return [model["id"] for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]


def _body(response: Response) -> str:
    return response.text[:100_000]


def _backoff(tries: int) -> float:
    """Seconds: doubled each time, a little less by chance so that many clients do not come back at once."""
    longest: float = min(_MOST_WAIT, _FIRST_WAIT * 2**tries)
    return longest * random.uniform(0.75, 1)  # noqa: S311


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
