"""This file holds the optional parameters of a request to Anthropic, and leaves out what a model does not take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST = 1.0
"""Of a temperature, at this endpoint."""


class MessageOptions:
    """Each generation of models refuses what an earlier one needs: what was refused is not sent again.

    Newer models think before they write, and what they think counts as part of the answer's length: so they are asked
    not to, and where that is refused, to think little.
    """

    def __init__(self, *, temperature: float, top_p: float, more: Mapping[str, float]) -> None:
        """`more`: what `sampling` gives; of that only `top_k` is known here."""
        sampled: dict[str, Any] = {"temperature": min(temperature, _MOST)}
        if top_p != 1:
            sampled["top_p"] = top_p
        if "top_k" in more:
            sampled["top_k"] = int(more["top_k"])
        self._sampled = sampled
        self._said: dict[str, Any] = {"thinking": {"type": "disabled"}}
        self._refused = set(more) - {"top_k"}

    @property
    def refused(self) -> list[str]:
        """The parameters that were set, and that the model or the protocol does not take."""
        return sorted(self._refused)

    def parameters(self) -> dict[str, Any]:
        """What goes into the next request; the client's newest version knows none of the first ones by name."""
        return {**self._said, "extra_body": dict(self._sampled)} if self._sampled else dict(self._said)

    def leave_out(self, reason: str) -> bool:
        """Give up one parameter that a refusal names; False where it names none."""
        for name in ("top_p", "top_k", "temperature"):
            if name in self._sampled and name in reason:
                del self._sampled[name]
                self._refused.add(name)
                return True
        if "thinking" in self._said and "thinking" in reason:
            self._said = {"output_config": {"effort": "low"}}
            return True
        if "output_config" in self._said and ("output_config" in reason or "effort" in reason):
            self._said = {}
            return True
        return False
