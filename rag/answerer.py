"""From a question to an Answer: retrieve, then quote the documents or let a chat model write from them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Protocol

from rag.agent.nouns import Step
from rag.errors import ModelError, as_notice
from rag.partial import not_covered, read_in_parts
from rag.protocols import Reader
from rag.query.finder import Finder
from rag.query.references import spelled_out
from rag.retriever import Retriever, Stopwatch, checked_question
from rag.types import Answer, AnswerSpan, Citation, Hit, Reading, Retrieval, Scope, Sentence, Trace, Turn
from rag.verification.verified import Checked
from rag.versions.reading import read_as_asked
from rag.versions.telling import with_versions
from rag.whole.nouns import PassagesRead
from rag.writing import Writer

NOT_FOUND = "Not found in your documents."
_HOPELESS = 0.02
"""Chance of an answer below which a chat model is not asked: it would refuse, or invent. Of questions that written
cases answer .004 lie below, of those that nothing answers .35."""
NOTHING_THERE = "There are no documents to search yet: add some first."

Event = Step | Retrieval | PassagesRead | str | Checked | Answer
"""What an answer consists of as it comes: steps on the way, what was found, or how far reading has come, pieces of
written text, what came of checking them so far, and at last the Answer."""


_OF_UNKNOWN = 0.2
"""The chance, at most, that an answer is there where a name that is asked for stands in no document."""


class Router(Protocol):
    """Answers what is no lookup: summaries, lists, comparisons."""

    def stream(
        self, question: str, scope: Scope, history: Sequence[Turn]
    ) -> Generator[PassagesRead | str | Checked | Answer, None, bool] | None:
        """Events of the answer, as an Answerer's; None for a lookup. Returns False where nothing relevant was found."""
        ...


class Explorer(Protocol):
    """Finds in several steps what one lookup does not."""

    def stream(
        self, question: str, scope: Scope, history: Sequence[Turn]
    ) -> Generator[Step, None, Retrieval | None] | None:
        """The steps as they are done; None where one lookup is enough. Returns None where nothing was found."""
        ...


class Answerer:
    """Answers from `k` passages; refuses where the Reader finds an answer less likely than `threshold` (0 to 1).

    `retriever` finds the passages; a Finder also completes follow-ups, and may search in more ways.
    """

    def __init__(
        self,
        retriever: Retriever | Finder,
        reader: Reader,
        *,
        k: int,
        threshold: float,
        writer: Writer | None = None,
        router: Router | None = None,
        explorer: Explorer | None = None,
    ) -> None:
        self._finder = retriever if isinstance(retriever, Finder) else Finder(retriever)
        self._reader = reader
        self._k = k
        self._threshold = threshold
        self._writer = writer
        self._router = router
        self._explorer = explorer

    def ask(self, question: str, scope: Scope | None = None, history: Sequence[Turn] = ()) -> Answer:
        """The Answer alone; raises InputError for a question that cannot be asked."""
        *_, answer = self.stream(question, scope, history)
        if not isinstance(answer, Answer):
            raise TypeError("a stream of events ends with its Answer")
        return answer

    def stream(
        self, question: str, scope: Scope | None = None, history: Sequence[Turn] = ()
    ) -> Generator[Event, None, None]:
        """Events as they come, the Answer last; closing the iterator ends a chat model's request. Without `history` the
        question is taken to stand alone: nothing is added to it."""
        question = checked_question(question)
        exploring = None if self._explorer is None else self._explorer.stream(question, scope or Scope(), history)
        retrieval = None if exploring is None else (yield from exploring)
        if retrieval is None:
            routed = None if self._router is None else self._router.stream(question, scope or Scope(), history)
            if routed is not None and (yield from routed):
                return
            retrieval = self._finder.find(question, self._k, scope, history)
        yield retrieval
        with closing(self._answered(question, retrieval, history)) as events:  # closing this one ends that one, too
            for event in events:
                yield _noted(event, retrieval) if isinstance(event, Answer) else event

    def _answered(
        self, question: str, retrieval: Retrieval, history: Sequence[Turn]
    ) -> Generator[str | Checked | Answer, None, None]:
        watch = Stopwatch(list(retrieval.trace.stages))
        if not retrieval.hits:
            yield refusal(question, retrieval.hits, watch.trace(), text=NOTHING_THERE)
            return
        reading = self._read(question, retrieval, watch)
        is_hopeless = reading.answerability < _HOPELESS and not retrieval.steps  # no passage answers all of it there
        if self._writer is None or is_hopeless:
            yield self._quoted(question, retrieval.hits, reading, watch)
            return
        try:
            for event in self._written(self._writer, question, retrieval, history, watch):
                yield replace(event, chance=reading.answerability) if isinstance(event, Answer) else event
        except ModelError as error:
            notice = as_notice(error, "The documents are quoted instead.")
            quoted = self._quoted(question, retrieval.hits, reading, watch)
            yield replace(quoted, notice=f"{notice} {quoted.notice}".strip())

    def _read(self, question: str, retrieval: Retrieval, watch: Stopwatch) -> Reading:
        text = question if retrieval.query is None else retrieval.query.text
        with watch.stage("read") as counts:
            reading = read_as_asked(self._parts_read, text, retrieval, self._threshold)
            counts.append(len(reading.spans))
        if retrieval.query is not None and retrieval.query.unknown:
            reading = replace(reading, answerability=min(reading.answerability, _OF_UNKNOWN))
        return reading

    def _parts_read(self, question: str, hits: Sequence[Hit]) -> Reading:
        return read_in_parts(self._reader, question, hits, self._threshold)

    def _quoted(self, question: str, hits: Sequence[Hit], reading: Reading, watch: Stopwatch) -> Answer:
        if not reading.spans or reading.answerability < self._threshold:
            return replace(refusal(question, hits, watch.trace()), chance=reading.answerability)
        answer = quotation(question, hits, reading.spans, watch.trace())
        return replace(answer, chance=reading.answerability, notice=not_covered(reading.left_open))

    def _written(
        self, writer: Writer, question: str, retrieval: Retrieval, history: Sequence[Turn], watch: Stopwatch
    ) -> Iterator[str | Checked | Answer]:
        hits = retrieval.hits
        calculations = [step.calculation for step in retrieval.steps if step.calculation is not None]
        with watch.stage("write") as counts:
            draft = yield from writer.write(spelled_out(question, history), hits, history, calculations)
            counts.append(len(draft.sentences))
        if draft.refused:
            refused = refusal(question, hits, watch.trace())
            told = replace(refused, model=draft.model, notice=draft.notice, usage=draft.usage, withheld=draft.withheld)
            yield replace(told, is_cut=draft.is_cut)
            return
        yield Answer(
            question=question,
            text=draft.text,
            sentences=draft.sentences,
            citations=draft.citations,
            hits=tuple(hits),
            trace=watch.trace(),
            notice=draft.notice,
            model=draft.model,
            usage=draft.usage,
            is_cut=draft.is_cut,
        )


def _noted(answer: Answer, retrieval: Retrieval) -> Answer:
    answer = with_versions(answer, retrieval.twins)
    notice = " ".join(part for part in (retrieval.notice, answer.notice) if part)
    return replace(answer, notice=notice, query=retrieval.query, steps=retrieval.steps)


def quotation(question: str, hits: Sequence[Hit], spans: Sequence[AnswerSpan], trace: Trace) -> Answer:
    """An Answer in the documents' own words: every span is a sentence with a citation of its own."""
    citations = tuple(Citation(n, hits[s.hit].chunk, s.start, s.end) for n, s in enumerate(spans, start=1))
    sentences = tuple(_sentence(citation, span.mark) for citation, span in zip(citations, spans, strict=True))
    text = " ".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences)
    return Answer(question, text, sentences, citations, tuple(hits), trace)


def _sentence(citation: Citation, mark: tuple[int, int] | None) -> Sentence:
    """A quote on one line, with the same words marked as in the document."""
    text = " ".join(citation.quote.split())
    if mark is None:
        return Sentence(text, (citation.n,))
    first, last = mark[0] - citation.start, mark[1] - citation.start
    marked = " ".join(citation.quote[first:last].split())
    start = text.find(marked, len(" ".join(citation.quote[:first].split())))
    return Sentence(text, (citation.n,), (start, start + len(marked)) if marked else None)


def refusal(question: str, hits: Sequence[Hit], trace: Trace, *, text: str = NOT_FOUND) -> Answer:
    """An abstention that still shows the nearest passages."""
    return Answer(question, text, (), (), tuple(hits), trace, refused=True)
