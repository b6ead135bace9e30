"""What is compared between a claim and its evidence, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "name", "negation", "word", "role", "topic"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must stand in the evidence as it stands in the claim: the characters `start:end` of its text."""

    kind: Kind
    key: str
    """Equal for all ways of writing the same: "1,200" and "1.2 thousand", "Müller" and "MÜLLER"."""
    start: int
    end: int
    also: frozenset[str] = frozenset()
    """Further keys, where it may be read in several ways: "5:00" is in the morning or in the afternoon."""

    def agrees(self, other: Fact) -> bool:
        """Whether both may say the same."""
        if self.kind != other.kind:
            return False
        if self.key == other.key or self.key in other.also or other.key in self.also:
            return True
        return any(not one.startswith("time ") and not one.isdecimal() for one in self.also & other.also)


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says exactly."""

    text: str
    facts: tuple[Fact, ...]
    """Numbers first, then names, each in order."""
    words: frozenset[str]
    """All words, folded, and the parts of those with a hyphen."""

    def count(self, fact: Fact) -> int:
        """How often it says this."""
        return sum(one.agrees(fact) for one in self.facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact of a claim that its evidence does not bear out."""

    kind: Kind
    said: str
    """The claim's own words."""
    instead: str = ""
    """What the evidence has in its place; empty where it has nothing of the kind there."""

    def __str__(self) -> str:
        if self.kind == "topic":
            return "it is about something else than was asked"
        if self.kind == "negation":
            return (
                f"the source denies this (“{self.instead}”)"
                if self.instead
                else f"the source says this without “{self.said}”"
            )
        if self.kind == "role":
            return f"in the source “{self.said}” and “{self.instead}” have each other's place"
        return f"“{self.said}” is not in the source" + (f", which says “{self.instead}”" if self.instead else "")


@dataclass(frozen=True, slots=True)
class Derived:
    """A number of a claim that follows from its source."""

    said: str
    how: str = ""
    """The calculation; empty where it is only said in another form."""
    words: tuple[str, ...] = ()
    """The claim's words that speak of the step: no source has to have them."""

    def __str__(self) -> str:
        return f"“{self.said}” is calculated: {self.how}" if self.how else f"“{self.said}” is said in another form"


State = Literal["supported", "partly", "unsupported", "no claim"]


@dataclass(frozen=True, slots=True)
class Check:
    """What came of holding a sentence of an answer against the passages that it cites."""

    state: State
    chance: float = 0.0
    """How likely they bear it out, 0 to 1, before exact comparison."""
    findings: tuple[Finding, ...] = ()
    derived: tuple[Derived, ...] = ()
    """Its numbers that stand in no source but follow from it."""
    quote: tuple[int, int, int] | None = None
    """(citation, start, end): the characters of its document that bear it out best; None where nothing does."""
    against: tuple[tuple[int, Finding], ...] = ()
    """(citation, in what it says otherwise): passages of other documents that contradict the claim."""
    is_found: bool = False
    """Whether the app found this source: the model gave none, or one that does not bear the sentence out."""
