"""This file answers through an Answerer, and leaves a row in the audit log for each question."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from app.recording import Recorder
from indexes.audit_records import Outcome, Sent
from rag.answerer import Answerer, Event
from rag.retriever import checked_question
from rag.types import Answer, Scope, Turn

LOCAL = "local"
"""Who asks, as long as nobody signs in."""

Made = Callable[[Callable[[Sent], None]], Answerer]
"""An Answerer whose requests to a chat model are told to the given function."""


class RecordedAnswerer:
    """As an Answerer. Threads may share it."""

    def __init__(self, made: Made, recorder: Recorder) -> None:
        self._made = made
        self._recorder = recorder

    def ask(
        self, question: str, scope: Scope | None = None, history: Sequence[Turn] = (), *, user: str = LOCAL
    ) -> Answer:
        """The Answer alone; raises InputError for a question that cannot be asked."""
        *_, answer = self.stream(question, scope, history, user=user)
        if not isinstance(answer, Answer):
            raise TypeError("a stream of events ends with its Answer")
        return answer

    def stream(
        self, question: str, scope: Scope | None = None, history: Sequence[Turn] = (), *, user: str = LOCAL
    ) -> Generator[Event, None, None]:
        """Events as they come, the Answer last; closing the iterator ends a chat model's request."""
        question, scope = checked_question(question), scope or Scope()
        record, start = self._recorder.begin(user), time.perf_counter()
        outcome: Outcome = "failed"
        answer: Answer | None = None
        try:
            with closing(self._made(record.sent).stream(question, scope, history)) as events:
                for event in events:
                    if isinstance(event, Answer):
                        answer = event
                        break
                    yield event
        except GeneratorExit:
            outcome = "stopped"
            raise
        finally:
            ms = (time.perf_counter() - start) * 1000
            record.end(question, scope, outcome if answer is None else _outcome(answer), ms, answer)
        if answer is not None:
            yield _noted(answer, record.notice)


def _outcome(answer: Answer) -> Outcome:
    return "refused" if answer.refused else "written" if answer.model else "quoted"


def _noted(answer: Answer, notice: str) -> Answer:
    return replace(answer, notice=" ".join(filter(None, (answer.notice, notice)))) if notice else answer
