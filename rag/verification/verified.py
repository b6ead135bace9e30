"""A written answer before and after it is held against its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.agent.nouns import Calculation
from rag.types import Hit, Sentence


@dataclass(frozen=True, slots=True)
class Verified:
    """Text whose marker `[n]` stands for the hit `used[n - 1]`, counted from 1, and the sentences of it."""

    text: str
    sentences: tuple[Sentence, ...]
    used: tuple[int, ...]
    calculations: tuple[Calculation, ...] = ()
    """What was calculated for it."""

    @property
    def n_claims(self) -> int:
        """Sentences that were checked and claim something."""
        return sum(one.check is not None and one.check.state != "no claim" for one in self.sentences)

    @property
    def n_unsupported(self) -> int:
        """Those that nothing bears out."""
        return sum(one.check is not None and one.check.state == "unsupported" for one in self.sentences)

    @property
    def is_mostly_unsupported(self) -> bool:
        """Whether they are more than half of the claims."""
        return 2 * self.n_unsupported > self.n_claims


class Checker(Protocol):
    """Holds what a chat model wrote against what it was given."""

    def verified(self, written: Verified, hits: Sequence[Hit]) -> Verified:
        """The same, each sentence with its Check, and with the markers of sources that were found for some of them.

        Raises ModelError where nothing can be checked.
        """
        ...
