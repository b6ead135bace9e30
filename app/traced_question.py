"""This file traces a question: a span for it, below it one for each step that its Trace tells of, and for checking."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from indexes.audit_records import Outcome
from indexes.spans import Span, Tracer, Value, current
from rag.types import Answer, Hit, Message, Retrieval, Stage
from rag.verification.verified import Checker, Checking, Verified


@dataclass(slots=True)
class TracedQuestion:
    """A question on its way, whose steps are told as they become known. Without a span nothing is."""

    span: Span | None
    question: str
    start: float
    n_told: int = 0
    """Stages of its Trace."""

    def found(self, retrieval: Retrieval) -> None:
        """The passages have been found, just now."""
        if self.span is None:
            return
        stages = retrieval.trace.stages
        start = min((stage.at for stage in stages), default=self.start)
        named: dict[str, Value] = {"gen_ai.operation.name": "retrieval", "footnote.passages": len(retrieval.hits)}
        span = self.span.child("retrieval", named, at=start)
        _tell(span, stages)
        span.end()
        self.n_told = len(stages)

    def ended(self, outcome: Outcome, answer: Answer | None) -> None:
        """It is over; the `answer` is None where it came to none."""
        if self.span is None:
            return
        self.span.put({"footnote.outcome": outcome})
        if answer is not None:
            _tell(self.span, answer.trace.stages[self.n_told :])
            n_cited = {"footnote.sentences": len(answer.sentences), "footnote.citations": len(answer.citations)}
            self.span.put({**n_cited, "footnote.chance": answer.chance})
            self.span.put_texts([Message("user", self.question)], answer.text)
        self.span.end()

    def failed(self, error: BaseException) -> None:
        """It came to no answer since this was raised."""
        if self.span is not None:
            self.span.fail(type(error).__name__)


def traced(tracer: Tracer | None, question: str) -> TracedQuestion:
    """A question that is asked now."""
    named = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "answer"}
    span = None if tracer is None else tracer.begin("invoke_workflow answer", named)
    return TracedQuestion(span, question, time.perf_counter())


def _tell(span: Span, stages: Sequence[Stage]) -> None:
    for stage in stages:
        step = span.child(stage.name, {"footnote.count": stage.n}, at=stage.at)
        step.end(stage.at + stage.ms / 1000)


class TracedChecker:
    """A Checker whose work on a whole answer is a part of the span that it is done in."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def begin(self, hits: Sequence[Hit], question: str = "") -> TracedChecking:
        """As the checker's own."""
        return TracedChecking(self._checker.begin(hits, question))


class TracedChecking:
    """The checking of one answer."""

    def __init__(self, checking: Checking) -> None:
        self._checking = checking

    def so_far(self, written: Verified) -> Verified:
        """As the checker's own, without a span: there would be one for each sentence."""
        return self._checking.so_far(written)

    def verified(self, written: Verified) -> Verified:
        """As the checker's own."""
        parent = current()
        if parent is None:
            return self._checking.verified(written)
        span = parent.child("verify", {"footnote.count": len(written.sentences)})
        try:
            found = self._checking.verified(written)
            span.put({"footnote.claims": found.n_claims, "footnote.unsupported": found.n_unsupported})
            return found
        except Exception as error:
            span.fail(type(error).__name__)
            raise
        finally:
            span.end()
