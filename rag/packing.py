"""This file makes a request fit into a model's context, so that nothing of it is refused or cut off unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.errors import ModelError
from rag.tokens import Counter, estimated
from rag.types import Message

_PER_MESSAGE = 12
_PER_REQUEST = 64
"""Tokens that a chat template puts around each message and around all of them, and some to spare."""
_TRIES = 7


@dataclass(frozen=True, slots=True)
class Window:
    """The context that a request shares with its answer, in tokens; None: not known, and then anything fits."""

    context_tokens: int | None = None
    answer_tokens: int = 0
    count: Counter = estimated
    characters: float = 3.0
    """Of English in a token, rather too few than too many."""

    @property
    def room(self) -> int | None:
        """Tokens for a request; an answer never takes more than half of the context."""
        if self.context_tokens is None:
            return None
        return self.context_tokens - min(self.answer_tokens, self.context_tokens // 2)

    def holds(self, request: Sequence[Message]) -> bool:
        """Whether a request fits."""
        return self.room is None or self.tokens(request) <= self.room

    def tokens(self, request: Sequence[Message]) -> int:
        """Of a whole request, with what a chat template adds."""
        return _PER_REQUEST + sum(_PER_MESSAGE + sum(map(self.count, one.texts)) for one in request)


@dataclass(frozen=True, slots=True)
class Request:
    """Messages, and how many of the passages are in them: the first so many."""

    messages: list[Message]
    n_passages: int


def fitted(made: Callable[[float], Request], window: Window) -> Request:
    """The fullest request that fits: `made(1)` if it does, else `made` of a smaller share of what it is made of.

    Raises ModelError where even `made(0)` does not fit.
    """
    request = made(1.0)
    if window.holds(request.messages):
        return request
    request, low, high = made(0.0), 0.0, 1.0
    if not window.holds(request.messages):
        raise ModelError(
            f"the question does not fit into the chat model's context of {window.context_tokens:,} tokens beside its "
            "answer: ask a shorter one, lower FOOTNOTE_MAX_ANSWER_TOKENS, or choose a model with a longer context"
        )
    for _ in range(_TRIES):
        share = (low + high) / 2
        tried = made(share)
        if window.holds(tried.messages):
            request, low = tried, share
        else:
            high = share
    return request
