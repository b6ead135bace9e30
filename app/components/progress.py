"""How far the answer to a question has come, and what is kept of it until it is whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.words import msgid, tr
from rag.agent.nouns import Step
from rag.citations import bare
from rag.inert import inert
from rag.types import Answer, Retrieval, Scope, Trace, Turn
from rag.verification.verified import Checked

_STOPPED = msgid("It was stopped, or the page was left, before its end, so its sources were not settled.")
_NOT_FINISHED = msgid("This answer was not finished: ask again.")
_NOT_BEGUN = msgid("It was stopped, or the page was left, before the answer began: ask again.")


@dataclass(slots=True)
class Progress:
    """How far an answer has come."""

    question: str
    written: str = ""
    retrieval: Retrieval | None = None
    answer: Answer | None = None
    steps: list[Step] = field(default_factory=list)
    history: tuple[Turn, ...] = ()
    checked: Checked | None = None
    told: str = ""
    """What is told with its answer, whatever becomes of that."""
    asked_at: float = field(default_factory=time.time)
    """Seconds, UTC."""
    kept_at: float = field(default_factory=time.monotonic)
    """When what there is was kept last, or the question was."""

    def turn(self, answer: Answer, scope: Scope, next_questions: tuple[str, ...] = ()) -> Turn:
        """The question with what has become of it."""
        return Turn(self.question, answer, next_questions, scope, asked_at=self.asked_at)

    def lost(self) -> Answer:
        """What is kept from the question on, and told where no answer takes its place."""
        return Answer(self.question, "", (), (), (), Trace(), notice=tr(_NOT_FINISHED))

    def stopped(self, model: str, why: str = "") -> Answer:
        """What there is; without a reason a person has stopped it."""
        found = self.retrieval or Retrieval((), Trace())
        why = why or (tr(_STOPPED) if self.written else tr(_NOT_BEGUN))
        notice = " ".join(part for part in (found.notice, self.told, why) if part)
        kept = (self.question, inert(bare(self.written)), (), (), found.hits, found.trace)
        return Answer(*kept, notice=notice, model=model, query=found.query, steps=tuple(self.steps))
