"""This file answers through an Answerer, within limits, and leaves a row in the audit log for each question."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Protocol

from app.limits import Limits
from app.metering import Meter
from app.output_filter import OutputFilter
from app.recording import Recorder, outcome_of
from app.traced_question import traced
from indexes.audit_records import Outcome
from indexes.spans import Tracer, inside, stepped
from rag.answerer import Event
from rag.errors import ModelError, as_notice
from rag.retriever import checked_question
from rag.rights import LOCAL
from rag.settings import Settings
from rag.types import Answer, Retrieval, Scope, Turn
from rag.whole.nouns import PassagesRead


class Asked(Protocol):
    """As an Answerer."""

    def stream(
        self, question: str, scope: Scope | None = None, history: Sequence[Turn] = ()
    ) -> Generator[Event, None, None]:
        """Events as they come, the Answer last."""
        ...


WhyNot = Callable[[Settings | None], str]
"""Why the chat model may not write with such sampling, without a full stop; empty where it may."""
Made = Callable[[Meter | None, Settings | None], Asked]
"""Makes what answers one question, with the sampling of other settings than the app's where there are some; without a
Meter it asks no chat model."""
_INSTEAD = "The documents are quoted instead."


class RecordedAnswerer:
    """As an Answerer. Threads may share it."""

    def __init__(
        self,
        made: Made,
        recorder: Recorder,
        limits: Limits,
        *,
        why_not: WhyNot = lambda _sampling: "",
        tracer: Tracer | None = None,
        output_filter: OutputFilter | None = None,
    ) -> None:
        """`why_not`: asked before each question. `tracer`: where a span of each question goes, too. `output_filter`:
        what a written answer has to pass."""
        self._made = made
        self._recorder = recorder
        self._limits = limits
        self._why_not = why_not
        self._tracer = tracer
        self._filter = output_filter

    def ask(
        self,
        question: str,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        *,
        user: str = LOCAL,
        sampling: Settings | None = None,
    ) -> Answer:
        """The Answer alone; raises InputError for a question that cannot be asked, or not yet."""
        *_, answer = self.stream(question, scope, history, user=user, sampling=sampling)
        if not isinstance(answer, Answer):
            raise TypeError("a stream of events ends with its Answer")
        return answer

    def stream(
        self,
        question: str,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        *,
        user: str = LOCAL,
        sampling: Settings | None = None,
    ) -> Generator[Event, None, None]:
        """Events as they come, the Answer last; closing the iterator ends a chat model's request. `sampling`: settings
        of which the chat model takes what says how it writes."""
        question, scope = checked_question(question), scope or Scope()
        limits = self._limits
        record = self._recorder.begin(user, most=limits.per_minute, most_of_all=limits.all_per_minute)
        start = time.perf_counter()
        why_not = self._why_not(sampling) or limits.why_not(user, record.trouble)
        meter = None if why_not else Meter(record.sent, lambda most: self._limits.held(user, most, record.trouble))
        outcome: Outcome = "failed"
        answer: Answer | None = None
        steps = traced(self._tracer, question)
        try:
            with inside(steps.span):
                made = self._made(meter, sampling)
            with closing(stepped(steps.span, made.stream(question, scope, history))) as events:
                for event in events:
                    if isinstance(event, Answer):
                        with inside(steps.span):
                            answer = self._passed(event)
                        break
                    if isinstance(event, Retrieval):
                        steps.found(event)
                    yield _held(event) if self._holds else event
        except GeneratorExit:
            outcome = "stopped"
            raise
        except Exception as error:
            steps.failed(error)
            raise
        finally:
            ms = (time.perf_counter() - start) * 1000
            outcome = outcome if answer is None else outcome_of(answer)
            record.end(question, scope, outcome, ms, answer, sampling=sampling)
            steps.ended(outcome, answer)
        if answer is not None:
            spent = as_notice(ModelError(why_not), _INSTEAD) if why_not else ""
            yield replace(answer, notice=" ".join(filter(None, (spent, answer.notice, record.notice))))

    @property
    def _holds(self) -> bool:
        """Whether nothing that is written is shown as it comes; with each piece one may stop all the same."""
        return self._filter is not None and self._filter.holds

    def _passed(self, answer: Answer) -> Answer:
        return answer if self._filter is None else self._filter.passed(answer)


def _held(event: Event) -> Event:
    """Without a word that a chat model wrote, which may also be what was searched for."""
    if isinstance(event, Retrieval):
        return replace(event, query=None, steps=())
    return event if isinstance(event, PassagesRead) else ""
