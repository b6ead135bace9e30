"""What a question past one lookup consists of, beside the nouns of `rag/types.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.types import counted

Kind = Literal["search", "open", "list", "calculate", "wrong"]


@dataclass(frozen=True, slots=True)
class Calculation:
    """An expression as it was calculated, and what came of it."""

    expression: str
    value: str

    def __str__(self) -> str:
        return f"{self.expression} = {self.value}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to find what an answer needs. An event of an answer, and kept with it."""

    kind: Kind
    asked: str = ""
    """What was searched for, opened or calculated."""
    where: str = ""
    """The document that was searched; empty for all in scope."""
    n: int = 0
    """Passages that no step before had found, or names of documents."""
    calculation: Calculation | None = None
    trouble: str = ""
    """Why nothing came of it, without a full stop."""
    ms: float = 0.0

    def __str__(self) -> str:
        """On one line, for a person."""
        where = f" in {self.where}" if self.where else ""
        return " ".join(f"{_DONE[self.kind].format(asked=self.asked)}{where}: {self.trouble or _came(self)}.".split())


_DONE: dict[Kind, str] = {
    "search": "Searched for “{asked}”",
    "open": "Read around {asked}",
    "list": "Looked at the names of the documents",
    "calculate": "Calculated {asked}",
    "wrong": "Made no step of “{asked}”",
}


def _came(step: Step) -> str:
    if step.calculation is not None:
        return step.calculation.value
    return counted(step.n, "name" if step.kind == "list" else "new passage")
