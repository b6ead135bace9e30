"""A chat endpoint on a real socket that says all that it is sent, and calls the tools that it is offered with that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evals.scripted_endpoint import ScriptedEndpoint, calls
from tests.fake_endpoint import DONE, event

LONGEST = 280
"""Characters of what it searches for: more would be refused."""


class EchoEndpoint(ScriptedEndpoint):
    """Serves while it is entered; `requests` holds what it was sent."""

    def __init__(self, size: int, *also: str) -> None:
        """`size`: characters of each piece of a reply; `also`: what it says behind the rest."""
        self.requests: list[dict[str, Any]] = []
        self._size, self._also = size, also
        super().__init__(self._reply)

    def _reply(self, asked: dict[str, Any]) -> Iterator[bytes]:
        self.requests.append(asked)
        told = [str(one.get("content") or "") for one in asked["messages"]]
        if asked.get("tools") and asked["messages"][-1]["role"] != "tool":
            return calls([
                ("search", {"query": told[-1][:LONGEST]}),
                ("search", {"query": told[0][:LONGEST]}),
                ("search", {"query": told[0][-LONGEST:]}),
                (told[-1].split()[2], {}),
            ])  # fmt: skip
        is_step = told[0].startswith("You take notes")  # with anything else beside them no notes would be kept
        said = "\n\n".join([*([] if is_step else told), *self._also])
        if told[0].startswith("You fill in a form"):
            said = json.dumps({"tenant": said, "terms": told}, ensure_ascii=False)
        return self._said(said)

    def _said(self, text: str) -> Iterator[bytes]:
        for at in range(0, len(text), self._size):
            yield event(text[at : at + self._size])
        yield event(finish_reason="stop")
        yield DONE
