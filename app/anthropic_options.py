"""This file holds the optional parameters of a request to Anthropic, and leaves out what a model does not take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chat_options import sampling
from app.chat_profiles import Profile
from rag.settings import Settings

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
        self._unknown = set(more) - {"top_k"}
        self._said: dict[str, Any] = {"thinking": {"type": "disabled"}}
        self._refused: set[str] = set()

    def sampled(self, settings: Settings) -> MessageOptions:
        """The same endpoint's with the sampling of these settings: what is refused of one is not sent by the other."""
        other = MessageOptions(temperature=settings.temperature, top_p=settings.top_p, more=sampling(settings))
        other._refused, other._said = self._refused, self._said
        return other

    @property
    def refused(self) -> list[str]:
        """The parameters that were set, and that the model or the protocol does not take."""
        return sorted(self._refused | self._unknown)

    def takes_schema(self, _profile: Profile) -> bool:
        """None is sent: this endpoint refuses each that allows for other fields, or says how large a number may be."""
        return False

    def parameters(self) -> dict[str, Any]:
        """What goes into the next request; the client's newest version knows none of the first ones by name."""
        sent = {name: value for name, value in self._sampled.items() if name not in self._refused}
        return {**self._said, "extra_body": sent} if sent else dict(self._said)

    def leave_out(self, reason: str) -> bool:
        """Give up one parameter that a refusal names; False where it names none."""
        for name in ("top_p", "top_k", "temperature"):
            if name in self._sampled and name not in self._refused and name in reason:
                self._refused.add(name)
                return True
        if "thinking" in self._said and "thinking" in reason:
            self._say(output_config={"effort": "low"})
            return True
        if "output_config" in self._said and ("output_config" in reason or "effort" in reason):
            self._say()
            return True
        return False

    def _say(self, **said: object) -> None:
        """In place, since others share it."""
        self._said.clear()
        self._said.update(said)
