"""What a chat model may call while it works on a question, and a call as it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_CALLS = 16
"""Calls that are kept of one reply."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model is told of something that it may call."""

    name: str
    description: str
    schema: Mapping[str, Any]
    """JSON schema of the arguments, which are one object."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call as a model wrote it; nothing of it is to be trusted."""

    id: str
    """Names the call within its reply: letters, digits, `_` and `-`."""
    name: str
    """A word of the same signs, which need not name a tool that there is."""
    arguments: str
    """As they were written: a JSON object where all is well."""

    def given(self) -> dict[str, Any] | None:
        """The arguments; None where they are no JSON object, or one that could not be sent back."""
        try:
            found = json.loads(self.arguments or "{}", strict=False)
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # half a letter, or a number without end
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None
