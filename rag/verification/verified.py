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


@dataclass(frozen=True, slots=True)
class Checked:
    """The beginning of an answer that is still being written, as it will be drawn, and its finished sentences with
    what came of checking them; their markers are those that the model wrote."""

    text: str
    sentences: tuple[Sentence, ...]


class Checking(Protocol):
    """One answer that is checked, again and again as it grows: what was worked out is kept."""

    def verified(self, written: Verified) -> Verified:
        """The same, each sentence with its Check, and with the markers of sources that were found for some of them.

        Raises ModelError where nothing can be checked.
        """
        ...

    def so_far(self, written: Verified) -> Verified:
        """The same of the finished sentences of one that is still being written."""
        ...


class Checker(Protocol):
    """Holds what a chat model wrote against what it was given."""

    def begin(self, hits: Sequence[Hit], question: str = "") -> Checking:
        """The checking of one answer by these hits; to a `question`, where it has to be about that."""
        ...
