"""This file asks a moderation endpoint of OpenAI's form whether a text may be shown."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from indexes.connection import Refused, open_client, refuse
from indexes.endpoint import CHAT, Endpoint
from indexes.patience import pause, within
from indexes.retries import PASSING, MayPass, retry_after, with_retries
from rag.inert import visible

if TYPE_CHECKING:
    from httpx2 import Client, Response

_PIECE = 20_000
"""Characters of one input; the endpoints take some ten thousand tokens."""
_LONGEST = 1_000_000
_MOST_NAMES, _NAME = 5, 40
MODERATION = replace(
    CHAT,
    name="moderation model",
    reply="list of moderation results",
    model_setting="FOOTNOTE_MODERATION",
    what_is_long="an answer is",
    shorten="lower FOOTNOTE_MAX_ANSWER_TOKENS",
    url_setting="FOOTNOTE_MODERATION",
    key_setting="FOOTNOTE_MODERATION_KEY",
    protocol="takes what OpenAI's moderation endpoint takes",
)


class Moderation:
    """A moderation endpoint. Threads may share it."""

    def __init__(
        self, base_url: str, model: str, api_key: str = "", *, seconds: float = 60.0, retries: int = 1
    ) -> None:
        """`seconds`: for one request with its reply, for which a person waits.

        Raises ConfigError for a key or an address that cannot be used at all.
        """
        self._endpoint = Endpoint(base_url, api_key, model, MODERATION)
        self._base_url = base_url
        self._key = api_key
        self._seconds = seconds
        self._retries = retries

    @cached_property
    def _client(self) -> Client:
        client = open_client(self._base_url, self._endpoint, self._seconds)
        client.event_hooks = {"response": [refuse]}
        return client

    def objection(self, text: str) -> str:
        """What it holds against the text, in words; empty where nothing. Raises ModelError where it cannot be asked."""
        pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [""]
        (names,) = with_retries(lambda: self._attempt(pieces), self._retries, pause)
        if names is None:
            return ""
        said = f" ({', '.join(names)})" if names else ""
        return f"the moderation model {self._endpoint.model!r} flags it{said}"

    def close(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:  # made on first use
            self._client.close()

    def _attempt(self, pieces: Sequence[str]) -> Generator[list[str] | None, None, None]:
        """The names of what is flagged, None where nothing is. Raises MayPass or ModelError."""
        import httpx2

        try:
            found = self._sent(pieces)
        except Refused as error:
            raise self._status(error.response, error.body) from None  # its text may repeat the key that was sent
        except httpx2.ConnectTimeout as error:
            raise self._endpoint.unreachable(str(error)) from error
        except httpx2.TimeoutException as error:
            raise self._endpoint.silent(self._seconds) from error
        except (httpx2.DecodingError, httpx2.LocalProtocolError, ValueError, RecursionError) as error:
            raise self._endpoint.garbled() from error
        except httpx2.HTTPError as error:
            raise MayPass(self._endpoint.unreachable(str(error))) from error
        yield self._flagged(found, len(pieces))

    def _sent(self, pieces: Sequence[str]) -> object:
        import httpx2

        url = httpx2.URL(self._base_url).copy_with(username="", password="")
        url = url.copy_with(path=f"{url.path.rstrip('/')}/moderations")
        body = {"model": self._endpoint.model, "input": pieces}
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        with within(self._seconds), self._client.stream("POST", url, json=body, headers=headers) as response:
            held = bytearray()
            for part in response.iter_bytes():
                held += part
                if len(held) > _LONGEST:
                    raise self._endpoint.garbled()
        found: object = json.loads(held)
        return found

    def _flagged(self, found: object, n: int) -> list[str] | None:
        results = found.get("results") if isinstance(found, dict) else None
        if not isinstance(results, list) or len(results) != n:
            raise self._endpoint.garbled()
        is_flagged, names = False, dict[str, None]()
        for one in results:
            if not isinstance(one, dict) or not isinstance(one.get("flagged"), bool):
                raise self._endpoint.garbled()
            is_flagged |= one["flagged"]
            categories = one.get("categories")
            if one["flagged"] and isinstance(categories, dict):
                names |= {self._name(name): None for name, value in categories.items() if value is True}
        return list(names)[:_MOST_NAMES] if is_flagged else None

    def _name(self, text: str) -> str:
        return self._endpoint.redacted(visible(text))[:_NAME]

    def _status(self, response: Response, body: str) -> Exception:
        code, wait = response.status_code, retry_after(response.headers)
        if response.has_redirect_location:
            return self._endpoint.moved(response.headers["location"])
        error = self._endpoint.not_found([]) if code == 404 else self._endpoint.status(code, body, wait)
        return MayPass(error, wait) if code in PASSING or code >= 500 else error
