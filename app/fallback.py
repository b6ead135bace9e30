"""This file asks a second chat model when the first one fails before its first word."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from copy import copy
from dataclasses import replace

from app.chat_profiles import GGUF, names_file
from app.opening import WritingModel
from rag.errors import ModelError, NoTools, Unavailable, as_notice
from rag.packing import Window
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message

REST_SECONDS = 30.0
"""A long answer is made of many requests: they do not all wait for a first model that has just been out of reach."""


class _NoWord(Exception):
    """A model failed before its first word."""

    def __init__(self, error: ModelError) -> None:
        super().__init__()
        self.error = error


class FallbackModel:
    """A ChatModel made of two. What the second one writes begins with a Delta that says so, and why."""

    def __init__(
        self,
        first: WritingModel,
        second: WritingModel,
        *,
        beside: FallbackModel | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`beside`: one of the same two endpoints; as long as it leaves the first alone this one does, too."""
        self._first = first
        self._second = second
        self._beside = beside
        self._clock = clock
        self._resting: list[tuple[float, ModelError]] = []
        """Until when the first one is not asked, and why."""

    @property
    def name(self) -> str:
        """The first one's."""
        return self._first.name

    def window(self) -> Window:
        """What fits into a request to either."""
        one, other = self._first.window(), self._second.window()
        tightest = min((one, other), key=lambda window: float("inf") if window.room is None else window.room)
        return replace(tightest, count=lambda text: max(one.count(text), other.count(text)))

    def takes_tools(self) -> bool:
        """Whether tools may be offered to either."""
        return self._first.takes_tools() and self._second.takes_tools()

    def calls_none(self) -> bool:
        """Whether that may be so of either."""
        return any([self._first.calls_none(), self._second.calls_none()])

    def sampled(self, settings: Settings) -> FallbackModel:
        """The same two with the sampling of these settings."""
        other = copy(self)
        other._first, other._second = self._first.sampled(settings), self._second.sampled(settings)
        return other

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As a ChatModel's. Raises ModelError with both reasons where both fail before their first word."""
        failure = self._recent_failure()
        if failure is None:
            try:
                return (yield from _begun(self._first.stream(messages, tools, schema)))
            except _NoWord as silence:
                failure = silence.error
                if isinstance(failure, NoTools):  # it does answer, without them
                    raise failure from None
                if isinstance(failure, Unavailable):
                    self._resting[:] = [(self._clock() + REST_SECONDS, failure)]
        name = self._second.name
        yield Delta(model=name, notice=as_notice(failure, f"So {name!r} wrote this answer instead."))
        try:
            return (yield from _begun(self._second.stream(messages, tools, schema)))
        except _NoWord as silence:
            raise ModelError(f"{str(failure).rstrip('.')}; and {silence.error}") from silence.error

    def _recent_failure(self) -> ModelError | None:
        for until, failure in self._resting:
            if self._clock() < until:
                return failure
        return None if self._beside is None else self._beside._recent_failure()


def _begun(deltas: Generator[Delta, None, None]) -> Generator[Delta, None, None]:
    """The same, but _NoWord in place of a ModelError before the first word."""
    has_text = False
    with closing(deltas):
        try:
            for delta in deltas:
                has_text = has_text or bool(delta.text.strip())
                yield delta
        except ModelError as error:
            if has_text:
                raise
            raise _NoWord(error) from error


def fallback_settings(settings: Settings) -> Settings | None:
    """The second endpoint as if it were the first; None where there is none.

    An address of its own gets a key of its own: no endpoint is sent another one's.
    """
    if not settings.fallback_model:
        return None
    own = replace(settings, chat_model=settings.fallback_model, context_tokens="auto")
    if names_file(settings.fallback_model):
        return replace(own, chat_profile=GGUF.name)
    if not settings.fallback_url:
        return replace(own, chat_profile="auto") if settings.chat_profile == GGUF.name else own
    return replace(
        own,
        base_url=settings.fallback_url,
        api_key=settings.fallback_key,
        anthropic_key=settings.fallback_key,
        chat_profile="auto",
    )
