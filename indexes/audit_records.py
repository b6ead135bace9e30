"""What the audit log has rows of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["asked", "quoted", "written", "refused", "filtered", "stopped", "failed"]
"""What came of a question; `filtered`: a filter withheld its answer; `asked`: no answer yet, or its process died."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request to a chat model, and what came back."""

    at: float
    """Seconds, UTC, when it was sent."""
    model: str
    """The model that was asked."""
    reported_model: str
    """What the endpoint says that it answered with."""
    sent_sha256: str
    """Of the messages as they were sent, as JSON without blanks; empty where hashes are not kept."""
    returned_sha256: str
    """Of the text that came back; empty where hashes are not kept."""
    prompt_tokens: int
    completion_tokens: int
    is_estimated: bool
    cost: float | None
    """US dollars; None where no price is known."""
    ms: float
    ended: str
    """The finish reason that the endpoint told; `cut` where the stream broke off or was stopped, `failed` before its
    first word."""
    has_schema: bool = False
    """Whether it carried the JSON schema of its reply; not told of one that failed. Kept with its question."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a question came to. Hashes and texts are empty where the settings do not keep them."""

    outcome: Outcome
    ms: float
    model: str = ""
    """Who wrote the answer; empty for a quoted one."""
    reported_model: str = ""
    question_sha256: str = ""
    answer_sha256: str = ""
    question: str = ""
    answer: str = ""
    scope: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sentences: Mapping[str, int] = field(default_factory=dict)
    """State of a check, or `quoted` or `unchecked` -> how many sentences."""
    cited: Sequence[Mapping[str, Any]] = ()
    """`{document, sha256, start, end}` of each citation, with its `source` where texts are kept."""
    steps: Sequence[Mapping[str, Any]] = ()
    """`{kind, n, ms, is_wrong}` of each step to the answer, with what was `asked` where texts are kept."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What was kept, for how long and what was masked, as set when the question was asked; why a filter withheld the
    answer, where one did; `cut`, where the chat model ended before it was finished; and `schema`, where a request that
    it answered carried the JSON schema of its reply."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What requests took together."""

    tokens: int
    dollars: float


@dataclass(frozen=True, slots=True)
class Day:
    """What was asked on one day, UTC."""

    date: str
    """ISO 8601."""
    questions: int
    refused: int
    tokens: int
    dollars: float
    unpriced: int
    """Requests of which nobody knows the price."""


@dataclass(frozen=True, slots=True)
class DayTimes:
    """How long the answers of one day took, UTC; those that failed or were stopped are not counted."""

    date: str
    """ISO 8601."""
    median_ms: float
    slow_ms: float
    """95 of 100 took no longer."""


@dataclass(frozen=True, slots=True)
class UserUse:
    """What one user asked, and what that took."""

    user: str
    questions: int
    tokens: int
    dollars: float


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one model was asked for."""

    model: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    dollars: float
    unpriced: int


@dataclass(frozen=True, slots=True)
class NewFlag:
    """An answer that a person shall look at."""

    question: str
    answer: str
    outcome: Outcome
    model: str
    """Who wrote it; empty for a quoted one."""
    sentences: Sequence[Mapping[str, Any]]
    """`{text, citations, state}` of each sentence."""
    evidence: Sequence[Mapping[str, Any]]
    """`{n, document, sha256, source, page, start, end, quote}` of each citation; of an abstention the nearest passages,
    without a number."""
