"""This file holds the optional parameters of a chat request, and leaves out those that an endpoint does not take."""

from __future__ import annotations

from typing import Any

_COMPLAINTS = ("support", "unknown", "unrecogni", "unexpected", "extra", "permitted", "allowed", "deprecated", "valid")


class ChatOptions:
    """Some models refuse a temperature, some endpoints know no usage numbers: what was refused is not sent again."""

    def __init__(self, *, temperature: float, top_p: float, max_tokens: int) -> None:
        self._given: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "temperature": temperature,
            "max_tokens": max_tokens,
        }
        if top_p != 1:  # the default everywhere, and some endpoints refuse it beside a temperature
            self._given["top_p"] = top_p
        self._refused: frozenset[str] = frozenset()

    def parameters(self) -> dict[str, Any]:
        """What goes into the next request."""
        sent = {name: value for name, value in self._given.items() if name not in self._refused}
        if "max_tokens" in self._refused:  # the newer name of the same limit
            sent["max_completion_tokens"] = self._given["max_tokens"]
        return sent

    def leave_out(self, reason: str) -> bool:
        """Give up the parameters that a refusal names, else the usage numbers; False when nothing is left to give up.

        The usage numbers go without a clear complaint, because the least strict of all refusals is "bad request".
        """
        is_complaint = any(word in reason.lower() for word in _COMPLAINTS)
        named = {name for name in self._given if name in reason} if is_complaint else set()
        refused = (named - self._refused) or ({"stream_options"} - self._refused)
        self._refused |= refused
        return bool(refused)
