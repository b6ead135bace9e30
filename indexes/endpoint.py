"""This file names an endpoint and says in a sentence what is wrong with it, without its secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from math import ceil
from urllib.parse import urlsplit

from indexes.redaction import SECRET, without_secrets
from rag.address_secrets import address_secrets
from rag.errors import ConfigError, ModelError, NoTools, Unavailable
from rag.inert import visible
from rag.types import counted

_TOO_LONG = re.compile(
    r"context[ _](?:length|size|window)|maximum context|too many tokens|prompt is too long|token limit|"
    r"input length|exceeds? the (?:available )?context",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_MAX_REASON = 200
_MOST_READ = 20_000
"""Characters of a body that may give a reason. It is cut to its length when its secrets are out: half of one is still
half of one."""
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Role:
    """What an endpoint is asked for, in the words of its error messages."""

    name: str
    reply: str
    model_setting: str
    what_is_long: str
    shorten: str
    url_setting: str = "OPENAI_BASE_URL"
    key_setting: str = "OPENAI_API_KEY"
    protocol: str = "is OpenAI-compatible"


CHAT = Role(
    name="chat model",
    reply="chat completion",
    model_setting="FOOTNOTE_CHAT_MODEL",
    what_is_long="question and passages are",
    shorten="lower FOOTNOTE_TOP_K, set FOOTNOTE_CONTEXT_TOKENS to its length",
)
FALLBACK = replace(
    CHAT,
    name="fallback chat model",
    model_setting="FOOTNOTE_FALLBACK_MODEL",
    url_setting="FOOTNOTE_FALLBACK_URL",
    key_setting="FOOTNOTE_FALLBACK_KEY",
)
EMBEDDING = Role(
    name="embedding model",
    reply="list of embeddings",
    model_setting="FOOTNOTE_EMBEDDER",
    what_is_long="a passage is",
    shorten="lower FOOTNOTE_CHUNK_TOKENS",
)


def redacted(text: str, *keys: str) -> str:
    """The text on one line without the keys, what looks like a secret, or a user and password in an address."""
    return " ".join(without_secrets(visible(text), keys, placeholder="[key]").replace(SECRET, "").split())


def shown_address(base_url: str, *keys: str) -> str:
    """Where an endpoint is, for whoever may not see these keys or what else the address lets in by."""
    return redacted(base_url.partition("?")[0], *keys, *address_secrets(base_url))


class Endpoint:
    """Where a model answers. Its methods build the ModelError for each thing that goes wrong."""

    def __init__(self, base_url: str, api_key: str, model: str, role: Role = CHAT) -> None:
        """Raises ConfigError for an address without a host or with a port that is no port, and for an unusable key."""
        if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
            raise ConfigError(
                f"{role.key_setting} has characters that no key has: copy it again, without blanks or quotes"
            )
        self.model = model
        self._role = role
        self._secrets = (api_key, *address_secrets(base_url))
        self.address = shown_address(base_url, api_key)
        try:
            parts = urlsplit(base_url)
            self._host = parts.hostname or ""
            is_usable = bool(self._host) and parts.port != 0
        except ValueError:
            is_usable = False
        if not is_usable:
            raise ConfigError(
                f"{role.url_setting}={self.address!r} is no address: it looks like http://localhost:8080/v1"
            )

    @property
    def is_here(self) -> bool:
        """On this machine, where no proxy leads."""
        try:
            return ip_address(self._host).is_loopback
        except ValueError:
            return self._host == "localhost" or self._host.endswith(".localhost")

    def redacted(self, text: str) -> str:
        """As `redacted` of this file, without the key of this endpoint, and what its address lets in by."""
        return redacted(text, *self._secrets)

    def unreachable(self, error: str) -> ModelError:
        """No connection: nobody listens, no such host, or a certificate that is not trusted."""
        return Unavailable(
            f"cannot reach the {self._role.name} at {self.address} ({_why_unreachable(error)}): "
            f"start it there, or correct {self._role.url_setting}"
        )

    def silent(self, seconds: float) -> ModelError:
        """It accepted the request, and then nothing came for so long."""
        return Unavailable(
            f"the {self._role.name} at {self.address} sent nothing for {seconds:g} seconds: "
            "it may be loading or busy, so ask again, or raise FOOTNOTE_TIMEOUT"
        )

    def endless(self, seconds: float) -> ModelError:
        """Words came now and then, and no end."""
        return self._wrong(f"had not ended its answer after {seconds:g} seconds", "ask again, or choose a faster model")

    def cut(self) -> ModelError:
        """The stream ended without its end mark."""
        return self._wrong("broke off in the middle of its answer", "ask again")

    def empty(self, finish_reason: str, *, wants_tool: bool) -> ModelError:
        """The stream ended in good order, but without a word."""
        if wants_tool:
            return self._wrong(
                "asked for a tool instead of writing an answer", f"choose another {self._role.model_setting}"
            )
        if finish_reason == "length":
            cure = "raise FOOTNOTE_MAX_ANSWER_TOKENS"
            return self._wrong("reached the length limit before it wrote a word of its answer", cure)
        if finish_reason == "content_filter":
            return self._wrong("let its content filter block the answer", "rephrase the question")
        return self._wrong("sent an empty answer", f"ask again, or choose another {self._role.model_setting}")

    def web_page(self) -> ModelError:
        """HTML where a completion should be."""
        cure = f"{self._role.url_setting} is the address of an API, and often ends in /v1"
        return self._wrong("answers with a web page", cure)

    def garbled(self) -> ModelError:
        """Not JSON, or not the JSON that was asked for."""
        return self._wrong(f"sent something that is no {self._role.reply}", f"check that it {self._role.protocol}")

    def misshapen(self, wanted: tuple[int, ...], got: tuple[int, ...]) -> ModelError:
        """Embeddings of another number or dimension than asked for."""
        what = f"sent embeddings of the shape {got} instead of {wanted}"
        return self._wrong(what, f"check that it serves {self.model!r}")

    def failed(self, reason: str) -> ModelError:
        """An error that the endpoint reported within its stream."""
        return self._wrong(f"reported an error{self._because(reason)}", "ask again, or look at its log")

    def too_long(self) -> ModelError:
        """The request does not fit the model's context."""
        what = f"says that {self._role.what_is_long} too long for {self.model!r}"
        return self._wrong(what, f"{self._role.shorten}, or choose a model with a longer context")

    def not_found(self, known: Sequence[str]) -> ModelError:
        """No such model, or no such page. `known`: models that it offers, as far as it tells."""
        if known and self.model not in known:
            names = ", ".join(self.redacted(name)[:80] for name in known[:10])
            return self._wrong(
                f"does not know the model {self.model!r}", f"set {self._role.model_setting} to one of {names}"
            )
        cure = f"check {self._role.model_setting}, and {self._role.url_setting}, which often ends in /v1"
        return self._wrong(f"knows no model {self.model!r}, or no {self._role.reply}, at this address", cure)

    def status(self, code: int, body: str, wait: float | None) -> ModelError:
        """Any other HTTP status. `wait`: seconds it asks to wait."""
        if code < 500 and _PAGE.match(body) and code not in (401, 403, 429):
            return self.web_page()
        what, cure = _STATUS.get(code, _STATUS[500] if code >= 500 else _STATUS[400])
        pause = "" if not wait else f" in {counted(ceil(wait), 'second')}" if wait <= _DAY_S else " in more than a day"
        what = what.format(code=code, model=self.model) + self._because(reason_in(body))
        return self._wrong(what, cure.format(pause=pause, key=self._role.key_setting))

    def moved(self, location: str) -> ModelError:
        """A redirect, which is not followed: the documents' words go to the configured address or nowhere."""
        cure = f"set {self._role.url_setting} to {self.redacted(location)}"
        return self._wrong("redirects to another address", cure)

    def no_tools(self, reason: str) -> NoTools:
        """It refuses a request that offers tools."""
        return NoTools(f"the {self._role.name} at {self.address} takes no tools{self._because(reason)}")

    def _because(self, reason: str) -> str:
        text = self.redacted(reason)
        return f" ({text[:_MAX_REASON].rstrip()}{'…' if len(text) > _MAX_REASON else ''})" if text else ""

    def _wrong(self, what: str, cure: str) -> ModelError:
        return ModelError(f"the {self._role.name} at {self.address} {what}: {cure}")


_STATUS = {
    400: ("refused the request with status {code}", "check the settings of the model"),
    401: ("refused the key", "set {key} to one that is valid there"),
    403: ("denies access to {model!r}", "set {key} to one that may use this model"),
    408: ("gave up waiting with status {code}", "ask again{pause}"),
    429: ("has had too many requests for now", "ask again{pause}, or see whether its quota is used up"),
    500: ("failed with status {code}", "ask again{pause}, or look at its log"),
}


def is_too_long(code: int, body: str) -> bool:
    """Whether an endpoint says by this status and body that the request does not fit the model's context."""
    return code == 413 or (code in (400, 422, 500) and _TOO_LONG.search(reason_in(body)) is not None)


def reason_in(body: str) -> str:
    """What an error body gives as its reason; empty when it is a web page or says nothing."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "" if _PAGE.match(body) else body[:_MOST_READ]
    while isinstance(found, dict):
        found = next((found[name] for name in ("error", "message", "detail") if name in found), "")
    if isinstance(found, list):
        return "; ".join(_complaint(one) for one in found[:10] if isinstance(one, dict))
    return found if isinstance(found, str) else ""


def _complaint(one: dict[str, object]) -> str:
    """One of FastAPI's: where in the request, and what is wrong there."""
    place = one.get("loc")
    where = " ".join(part for part in place if isinstance(part, str)) if isinstance(place, list) else ""
    return f"{where}: {one.get('msg', '')}"


def _why_unreachable(error: str) -> str:
    for word, reason in _UNREACHABLE.items():
        if word in error.lower():
            return reason
    return "no connection"


_UNREACHABLE = {
    "refused": "nobody listens there",
    "name": "no such host",
    "getaddrinfo": "no such host",
    "certificate": "its certificate is not trusted",
    "ssl": "no secure connection",
    "timed out": "no answer",
    "disconnected": "it hung up",
    "reset": "it hung up",
}
