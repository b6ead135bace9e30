"""A chat model calls tools step by step, within limits, until it has found what an answer needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from rag.agent.nouns import Step
from rag.agent.prompts import TOOLS
from rag.agent.toolbox import Toolbox
from rag.errors import ModelError
from rag.packing import Window
from rag.protocols import ChatModel
from rag.retriever import Stopwatch
from rag.tools import ToolCall
from rag.types import Delta, Message, counted


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the steps to one answer; the request that writes it comes on top."""

    calls: int = 6
    tokens: int = 40_000
    """Of all requests and replies together, after which no further one is sent."""
    seconds: float = 60.0


class Loop:
    """Asks a model what to do next, does it, and tells it what came of it."""

    def __init__(  # noqa: PLR0917 - whom to ask, what with, and how long
        self,
        model: ChatModel,
        toolbox: Toolbox,
        limits: Limits,
        window: Callable[[], Window],
        watch: Stopwatch,
    ) -> None:
        """`watch` keeps the time that the model takes."""
        self._model = model
        self._toolbox = toolbox
        self._limits = limits
        self._window = window
        self._watch = watch
        self._end = time.monotonic() + limits.seconds
        self._n_calls = self._n_tokens = 0

    def steps(self, request: Sequence[Message]) -> Generator[Step, None, str]:
        """The steps as they are done; returns a notice where a limit ended them. Raises ModelError."""
        messages = list(request)
        while not (why := self._why_not(messages)):
            with self._watch.stage("steps"):
                calls = self._asked(messages)[: self._limits.calls - self._n_calls]
            if not calls:
                break
            messages.append(Message("assistant", "", calls))
            for call in calls:
                self._n_calls += 1
                done = self._toolbox.run(call)
                yield done.step
                messages.append(Message("tool", done.text, call_id=call.id))
            if self._toolbox.gathered.is_full:
                break
        return why

    @property
    def has_called(self) -> bool:
        """Whether the model has called a tool."""
        return self._n_calls > 0

    def _why_not(self, messages: Sequence[Message]) -> str:
        """A sentence on why the model is not asked once more; empty where it is."""
        limits = self._limits
        if self._n_calls >= limits.calls:
            return f"The search ended after {counted(limits.calls, 'step')}, as FOOTNOTE_AGENT_STEPS says."
        if self._n_tokens >= limits.tokens:
            return f"The search ended after {self._n_tokens:,} tokens of the chat model."
        if time.monotonic() >= self._end:
            return f"The search ended after {limits.seconds:g} seconds."
        return "" if self._window().holds(messages) else "The search ended where the chat model's context was full."

    def _asked(self, messages: Sequence[Message]) -> tuple[ToolCall, ...]:
        """What the model calls; what it writes beside is for nobody."""
        deltas = self._model.stream(messages, TOOLS)
        said, end = "", Delta()
        try:
            for end in deltas:
                said += end.text
                if time.monotonic() >= self._end:
                    raise ModelError(f"the chat model took longer than {self._limits.seconds:g} seconds over its steps")
        finally:
            if isinstance(deltas, Generator):
                deltas.close()
        window = self._window()
        written = sum(window.count(call.arguments) for call in end.calls) + window.count(said)
        self._n_tokens += (end.prompt_tokens or window.tokens(messages)) + (end.completion_tokens or written)
        return end.calls
