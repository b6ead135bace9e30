"""A WHERE clause that grows part by part, and what is bound in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Condition:
    """As text it is the whole clause; empty while there is no part."""

    parts: list[str] = field(default_factory=list)
    bindings: list[Any] = field(default_factory=list)

    def add(self, part: str, *bindings: object) -> None:
        """One part more that has to hold."""
        self.parts.append(part)
        self.bindings += bindings

    def __str__(self) -> str:
        return f"WHERE {' AND '.join(self.parts)}" if self.parts else ""
