"""This file keeps a question and what came of it in the audit log, and lets no trouble with that reach the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from indexes.audit_log import AuditLog, digest_of
from indexes.audit_records import Ended, NewFlag, Outcome, Sent
from indexes.feedback import MOST_COMMENT, RatedAnswer, Rating
from indexes.redaction import without_secrets
from rag.agent.nouns import Step
from rag.errors import FootnoteError, StoreError, as_notice
from rag.inert import flat
from rag.settings import Settings, sampling_of
from rag.types import Answer, Chunk, Citation, Scope

_NOT_KEPT = "So the audit log lacks this answer, and may lack later ones."
_NEAREST = 3
"""Passages that stand in for the evidence of an abstention, as they do on the page."""


class Recorder:
    """Turns answers into rows, as the settings say. Threads may share it."""

    def __init__(self, log: AuditLog, settings: Settings, sha256_of: Callable[[int], str]) -> None:
        """`sha256_of`: of the bytes of a document by its number; raises a FootnoteError where it is gone."""
        self.log = log
        self._settings = settings
        self._sha256_of = sha256_of
        self._secrets = settings.secrets
        self._has_told = False

    def begin(self, user: str, *, most: int = 0, most_of_all: int = 0) -> Record:
        """The record of a question that is asked now. Raises InputError where the user has asked `most` within a
        minute, or all together `most_of_all`; 0 stands for any number."""
        return Record(self, user, most, most_of_all)

    def request(self, sent: Sent) -> Sent:
        """What is kept of a request."""
        return sent if self._settings.audit != "off" else replace(sent, sent_sha256="", returned_sha256="")

    def answer(  # noqa: PLR0917 - all that is known of it
        self, question: str, scope: Scope, outcome: Outcome, ms: float, answer: Answer | None, sampling: Settings | None
    ) -> Ended:
        """What is kept of a question and its answer; None where it came to none. `sampling`: where it is not
        that of the settings."""
        kept = Ended(outcome, ms, settings=self._set(answer, sampling))
        if answer is not None:
            reported = answer.usage.reported_model if answer.usage else ""
            kept = replace(kept, model=answer.model, reported_model=reported, sentences=_states(answer))
            kept = replace(kept, steps=[self._step(step) for step in answer.steps])
        if self._settings.audit == "off":
            return kept
        within = {"collections": scope.collections, "documents": scope.documents}
        kept = replace(kept, question_sha256=digest_of(question), scope=within)
        if self._settings.audit == "texts":
            kept = replace(kept, question=self._redacted(question))
        return kept if answer is None else self._with_answer(kept, answer)

    def _set(self, answer: Answer | None, sampling: Settings | None) -> Mapping[str, Any]:
        """What was set when it was answered, why a filter withheld the answer, and whether that was cut."""
        found: dict[str, Any] = {"audit": self._settings.audit, "audit_days": self._settings.audit_days}
        found["mask"] = self._settings.mask
        if answer is not None and answer.model:
            found["sampling"] = sampling_of(sampling or self._settings)
        if answer is not None and answer.filtered:
            found["filtered"] = self._redacted(answer.filtered)
        if answer is not None and answer.is_cut:
            found["cut"] = True
        return found

    def _with_answer(self, kept: Ended, answer: Answer) -> Ended:
        cited = [self._cited(citation) for citation in answer.citations]
        kept = replace(kept, answer_sha256=digest_of(answer.text), cited=cited)
        return replace(kept, answer=self._redacted(answer.text)) if self._settings.audit == "texts" else kept

    def _step(self, step: Step) -> Mapping[str, Any]:
        done = {"kind": step.kind, "n": step.n, "ms": round(step.ms, 1), "is_wrong": bool(step.trouble)}
        return done | ({"asked": self._redacted(step.asked)} if self._settings.audit == "texts" else {})

    def _cited(self, citation: Citation) -> Mapping[str, Any]:
        chunk, sha256 = citation.chunk, self._digest(citation.chunk.document_id)
        span = {"document": chunk.document_id, "sha256": sha256, "start": citation.start, "end": citation.end}
        return span | ({"source": self._redacted(chunk.source)} if self._settings.audit == "texts" else {})

    def _digest(self, document: int) -> str:
        try:
            return self._sha256_of(document)
        except FootnoteError:  # it was removed while the answer was written
            return ""

    def _redacted(self, text: str) -> str:
        return without_secrets(text, self._secrets)

    def flag(self, answer: Answer) -> NewFlag:
        """What a person needs who looks at an answer, whatever is kept of others."""
        sentences = [
            {
                "text": self._redacted(one.text),
                "citations": one.citations,
                "state": one.check.state if one.check else "",
            }
            for one in answer.sentences
        ]
        evidence = [self._evidence(one.n, one.chunk, one.start, one.end) for one in answer.citations]
        nearest = [self._evidence(None, hit.chunk, hit.chunk.start, hit.chunk.end) for hit in answer.hits[:_NEAREST]]
        question, text = self.words(answer)
        return NewFlag(
            question=question,
            answer=text,
            outcome=outcome_of(answer),
            model=answer.model,
            sentences=sentences,
            evidence=evidence or nearest,
        )

    def words(self, answer: Answer) -> tuple[str, str]:
        """Question and answer as a flag keeps them."""
        return self._redacted(answer.question), self._redacted(answer.text)

    def rated(self, answer: Answer, turn: tuple[int, int] | None) -> RatedAnswer:
        """What is kept of an answer that a person has rated; its question only where the log keeps texts,
        or by the turn of a conversation that keeps it."""
        question = self._redacted(answer.question) if turn is None and self._settings.audit == "texts" else ""
        return RatedAnswer(answer.model, answer.refused, answer.trace.total_ms, question, turn)

    def worded(self, rating: Rating) -> Rating:
        """With its comment on one line and without secrets. It is written for whoever runs Footnote, and so is kept
        whatever is kept of questions."""
        comment = self._redacted(flat(rating.comment))
        return replace(rating, comment=comment[:MOST_COMMENT])

    def _evidence(self, n: int | None, chunk: Chunk, start: int, end: int) -> Mapping[str, Any]:
        quote = self._redacted(chunk.text[start - chunk.start : end - chunk.start])
        page = chunk.pages_of(start, end)[0]
        place = {"n": n, "document": chunk.document_id, "sha256": self._digest(chunk.document_id)}
        return place | {
            "source": self._redacted(chunk.source),
            "page": page,
            "start": start,
            "end": end,
            "quote": quote,
        }

    def notice(self, error: StoreError) -> str:
        """What an answer says of trouble with the log; only the first one does."""
        if self._has_told:
            return ""
        self._has_told = True
        return as_notice(error, _NOT_KEPT)


class Record:
    """One question on its way. Trouble with the log raises nothing here."""

    def __init__(self, recorder: Recorder, user: str, most: int, most_of_all: int) -> None:
        self._recorder = recorder
        self._user = user
        self._number: int | None = None
        self._has_schema = False
        self.trouble = ""
        """Why the log cannot be written; nothing more of this question is kept then."""
        self.notice = ""
        """What the answer has to say of it."""
        with self._watched():
            self._number = recorder.log.begin(user, most=most, most_of_all=most_of_all)

    def sent(self, request: Sent) -> None:
        """A request to a chat model is over."""
        self._has_schema = self._has_schema or request.has_schema
        if self._number is not None:
            with self._watched():
                self._recorder.log.sent(self._number, self._user, self._recorder.request(request))

    def end(
        self,
        question: str,
        scope: Scope,
        outcome: Outcome,
        ms: float,
        answer: Answer | None = None,
        *,
        sampling: Settings | None = None,
    ) -> None:
        """The answer is there, or will not come."""
        if self._number is not None:
            with self._watched():
                kept = self._recorder.answer(question, scope, outcome, ms, answer, sampling)
                if self._has_schema:
                    kept = replace(kept, settings={**kept.settings, "schema": True})
                self._recorder.log.end(self._number, kept)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except FootnoteError as error:
            if not isinstance(error, StoreError):  # asked too soon
                raise
            self._lost(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is there
            self._lost(StoreError(f"the audit log cannot be written ({type(error).__name__}: {error})"))

    def _lost(self, error: StoreError) -> None:
        self._number = None
        self.trouble = str(error)
        self.notice = self._recorder.notice(error)


def outcome_of(answer: Answer) -> Outcome:
    """How a question ended that has this answer."""
    if answer.filtered:
        return "filtered"
    return "refused" if answer.refused else "written" if answer.model else "quoted"


def _states(answer: Answer) -> Mapping[str, int]:
    bare = "unchecked" if answer.model else "quoted"
    return dict(Counter(one.check.state if one.check else bare for one in answer.sentences))
