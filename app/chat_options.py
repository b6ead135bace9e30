"""This file holds the optional parameters of a chat request, and leaves out those that an endpoint does not take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chat_profiles import Profile
from app.reply_schema import response_format
from rag.settings import Settings

_COMPLAINTS = ("support", "unknown", "unrecogni", "unexpected", "extra", "permitted", "allowed", "deprecated", "valid")
_PENALTY = "repetition_penalty"
_FORMAT = "response_format"


class ChatOptions:
    """Some models refuse a temperature, some endpoints know no usage numbers: what was refused is not sent again."""

    def __init__(self, *, temperature: float, top_p: float, max_tokens: int, more: Mapping[str, float]) -> None:
        """`more`: what `sampling` gives."""
        self._given: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "temperature": temperature,
            "max_tokens": max_tokens,
        }
        if top_p != 1:  # the default everywhere, and some endpoints refuse it beside a temperature
            self._given["top_p"] = top_p
        self._more = dict(more)
        self._refused: set[str] = set()

    def sampled(self, settings: Settings) -> ChatOptions:
        """The same endpoint's with the sampling of these settings: what is refused of one is not sent by the other."""
        other = ChatOptions(
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_tokens=settings.max_answer_tokens,
            more=sampling(settings),
        )
        other._refused = self._refused
        return other

    @property
    def refused(self) -> list[str]:
        """The parameters that the endpoint did not take."""
        return sorted(self._refused)

    def takes_schema(self, profile: Profile) -> bool:
        """Whether a request may carry the JSON schema of its reply. Not where nobody knows: some servers fail at one
        instead of refusing it, and the messages ask for the same."""
        return profile.json_schema is True and _FORMAT not in self._refused

    def parameters(self, profile: Profile, context_tokens: int | None = None, schema: str = "") -> dict[str, Any]:
        """What goes into the next request. An answer gets half of a known context at most, the request the rest."""
        limit = self._given["max_tokens"] if not context_tokens else min(self._given["max_tokens"], context_tokens // 2)
        sent = self._kept(self._given | {"max_tokens": limit})
        if "max_tokens" in self._refused:  # the newer name of the same limit
            sent["max_completion_tokens"] = limit
        more = {_named(name, profile): value for name, value in self._more.items() if profile.takes(name)}
        if schema:
            sent[_FORMAT] = response_format(schema)
        if more := self._kept(more):
            sent["extra_body"] = more  # beside the rest: the client itself does not know all of these
        return sent

    def _kept(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if name not in self._refused}

    def leave_out(self, reason: str, profile: Profile, *, has_schema: bool = False) -> bool:
        """Give up the parameters that a refusal names, else the schema where the request carried one, else the usage
        numbers, else all that are not everywhere known.

        False when nothing is left to give up. Schema and usage numbers go without a clear complaint, because the least
        strict of all refusals is "bad request".
        """
        form = {_FORMAT} if has_schema else set()  # also where another request has given it up meanwhile
        more = {_named(name, profile) for name in self._more}
        is_complaint = any(word in reason.lower() for word in _COMPLAINTS)
        named = {name for name in self._given.keys() | more | form if name in reason} if is_complaint else set()
        refused = (named - self._refused) or form or ({"stream_options"} - self._refused) or (more - self._refused)
        self._refused |= refused
        return bool(refused)


def sampling(settings: Settings) -> dict[str, float]:
    """What is set of top_k, penalties and seed, by the names that most endpoints have for them."""
    values = {
        "top_k": settings.sample_top_k or None,
        "frequency_penalty": settings.frequency_penalty or None,
        "presence_penalty": settings.presence_penalty or None,
        _PENALTY: None if settings.repetition_penalty == 1 else settings.repetition_penalty,
        "seed": None if settings.seed == "auto" else settings.seed,
    }
    return {name: value for name, value in values.items() if value is not None}


def _named(name: str, profile: Profile) -> str:
    return profile.repetition_penalty if name == _PENALTY else name
