"""From a question that is no lookup to its Answer: plan what to read, read it in steps, quote or have it written."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

from rag.answerer import refusal
from rag.errors import ModelError, as_notice
from rag.protocols import Embedder, Shelf
from rag.retriever import Stopwatch
from rag.route_forms import DOCUMENT_WORD
from rag.routing import route_of
from rag.types import Answer, Scope, Turn
from rag.verification.verified import Checked
from rag.whole.composing import answer_of
from rag.whole.found import Found, Ranks, read_for
from rag.whole.gathering import spread
from rag.whole.names import names_told
from rag.whole.notes import fitting, write_from_all
from rag.whole.nouns import DocumentName, PassagesRead, names_documents
from rag.whole.planning import Here, Plan, plan
from rag.whole.quoting import quoted
from rag.writing import Writer

Events = Generator[PassagesRead | str | Checked | Answer, None, bool]
"""Returns whether there is an answer; where nothing relevant was found there is none."""
_NEAREST = 5
"""Passages that a refusal shows."""


class WholeAnswerer:
    """Answers summaries, lists and comparisons, and names the documents; a lookup it leaves to whoever asks."""

    def __init__(self, ranks: Ranks, shelf: Shelf, embedder: Embedder, writer: Writer | None = None) -> None:
        self._ranks = ranks
        self._shelf = shelf
        self._embedder = embedder
        self._writer = writer

    def stream(self, question: str, scope: Scope, history: Sequence[Turn] = ()) -> Events | None:
        """The events of the answer; None for a lookup, which is told without reading anything but names."""
        route = route_of(question)
        if route.kind == "lookup":
            return None
        documents = self._shelf.documents(scope)
        if route.kind == "documents" and (len(documents) == 1 or _spoke_of_documents(history)):
            route = route_of(question, is_of_text=True)
        if route.kind == "documents" and documents:
            return self._named(question, documents, scope)
        made = plan(route, Here(documents, scope, _focus(documents, history), _follows_lookup(history)))
        return None if made is None else self._answered(question, made, history)

    def _named(self, question: str, documents: Sequence[DocumentName], scope: Scope) -> Events:
        watch = Stopwatch()
        with watch.stage("read") as counts:
            outline, citations, notice = names_told(question, documents, self._shelf, scope)
            counts.append(len(citations))
        yield _noted(answer_of(question, outline, citations, None, watch.trace()), notice)
        return True

    def _answered(self, question: str, made: Plan, history: Sequence[Turn]) -> Events:
        watch = Stopwatch()
        if made.unclear:
            yield refusal(question, (), watch.trace(), text=made.unclear)
            return True
        with watch.stage("read") as counts:
            found = yield from read_for(made, self._ranks, self._shelf, self._embedder)
            if not found.chunks() and made.is_by_form:
                made = made.by_words()
                found = yield from read_for(made, self._ranks, self._shelf, self._embedder)
            counts.append(found.coverage.n_read)
        if not found.chunks():
            return (yield from _not_there(question, made, watch))
        notice = found.notice(made)
        if self._writer is not None:
            try:
                yield from self._written(self._writer, question, made, found, history, watch)
            except ModelError as error:
                notice = f"{as_notice(error, 'The documents are quoted instead.')} {notice}".strip()
            else:
                return True
        answer = self._quoted(question, made, found, watch)
        if answer.citations:
            yield _noted(answer, notice)
        return bool(answer.citations)

    def _quoted(self, question: str, made: Plan, found: Found, watch: Stopwatch) -> Answer:
        with watch.stage("choose") as counts:
            composer, outline, notice = quoted(made, found, self._embedder)
            counts.append(len(composer.citations))
        return _noted(composer.answer(question, outline, found.coverage, watch.trace()), notice)

    def _written(  # noqa: PLR0917 - all that an answer is made of
        self, writer: Writer, question: str, made: Plan, found: Found, history: Sequence[Turn], watch: Stopwatch
    ) -> Generator[PassagesRead | str | Checked | Answer, None, None]:
        chunks, coverage = found.chunks(), found.coverage
        most = fitting(chunks, writer.budget)
        if len(chunks) > most:
            is_spread = made.kind == "summary" or coverage.how == "spread"
            kept = spread(np.arange(len(chunks)), most) if is_spread else np.arange(most)
            chunks = [chunks[i] for i in kept.tolist()]
            how = "spread" if is_spread else "nearest"
            coverage = replace(coverage, n_read=len(chunks), how=how)  # type: ignore[arg-type]
        with watch.stage("write") as counts:
            written = yield from write_from_all(writer, question, chunks, history)
            counts.append(len(written.draft.sentences))
        draft = written.draft
        if draft.refused:
            refused = refusal(question, written.hits[:_NEAREST], watch.trace())
            refused = replace(refused, model=draft.model, usage=draft.usage, coverage=coverage, withheld=draft.withheld)
            yield _noted(replace(refused, is_cut=draft.is_cut), draft.notice)
            return
        cited = {citation.chunk.id for citation in draft.citations}
        yield _noted(
            Answer(
                question=question,
                text=draft.text,
                sentences=draft.sentences,
                citations=draft.citations,
                hits=tuple(hit for hit in written.hits if hit.chunk.id in cited),
                trace=watch.trace(),
                model=draft.model,
                usage=draft.usage,
                coverage=coverage,
                is_cut=draft.is_cut,
            ),
            found.notice(made),
            draft.notice,
        )


def _not_there(question: str, made: Plan, watch: Stopwatch) -> Events:
    """A section is named by its number, so that nothing else is meant; of other things a lookup tells."""
    if made.sections:
        yield refusal(question, (), watch.trace(), text=f"No heading has the number of {made.sections}.")
    return bool(made.sections)


def _noted(answer: Answer, *notices: str) -> Answer:
    return replace(answer, notice=" ".join(part for part in (*notices, answer.notice) if part))


def _spoke_of_documents(history: Sequence[Turn]) -> bool:
    """Whether the last answer told of documents, and not which there are."""
    if not history or history[-1].answer.refused or names_documents(history[-1].answer):
        return False
    return DOCUMENT_WORD.search(history[-1].question) is not None


def _follows_lookup(history: Sequence[Turn]) -> bool:
    """What is arranged was no lookup either, be it of names alone, of which nothing was read."""
    return bool(history) and history[-1].answer.coverage is None and history[-1].answer.outline is None


def _focus(documents: Sequence[DocumentName], history: Sequence[Turn]) -> DocumentName | None:
    """The only document of the scope, or the only one that the last answer with sources cited."""
    if len(documents) == 1:
        return documents[0]
    for turn in reversed(history):
        cited = {citation.chunk.document_id for citation in turn.answer.citations}
        if cited:
            (number, *others) = cited
            return next((one for one in documents if one.id == number), None) if not others else None
    return None
