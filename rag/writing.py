"""This file lets a chat model write an answer from passages, and settles what of it can be shown and cited."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from rag.absence import is_absence
from rag.agent.nouns import Calculation
from rag.citations import bare, citations
from rag.errors import ModelError, as_notice
from rag.joiners import stream_unjoined
from rag.markers import MarkerStream
from rag.packing import Window
from rag.prompt import PASSAGE_BUDGET, REFUSAL, is_refusal, messages, rewriting
from rag.protocols import ChatModel
from rag.sentences import sentence_spans
from rag.spotlight import new_word
from rag.thinking import Anew, spoken, without_thinking
from rag.tokens import Counter
from rag.types import Citation, Delta, Hit, Message, Sentence, Turn, counted
from rag.usage import Usage
from rag.verification.growing import Growing
from rag.verification.nouns import Check
from rag.verification.verified import Checked, Checker, Checking, Verified

_RULES = 700
"""Tokens of the rules and a question."""
_LEAST_BUDGET = 700
_ALL = 1_000
_NO_ROOM = "It was not written anew, since a request with all of it does not fit into the chat model's context."
_FINISHED = re.compile(r"[.!?…。！？\]|][*_\"'”’»)\s]*\Z")
"""The end of a text whose last sentence has one, or a marker, or is a row."""
_STOPPED_BY = {
    "length": "The answer reached its length limit and may be incomplete: raise FOOTNOTE_MAX_ANSWER_TOKENS.",
    "content_filter": "The endpoint's content filter ended this answer early.",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a chat model wrote: harmless Markdown whose markers read `[n]`, and what its markers point at."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    refused: bool
    notice: str
    """Full sentences on what a person must know: cut off, stopped by length, sentences without a source."""
    model: str
    usage: Usage
    withheld: str = ""
    """What was written, where it is refused because most of it is not borne out."""
    said: str = ""
    """As the model wrote it."""
    objections: tuple[str, ...] = ()
    """Sentences on what of it is not borne out, for the model."""
    is_cut: bool = False
    """As an Answer's."""

    @property
    def n_wrong(self) -> int:
        """How much of it is not borne out; a refusal of all of it counts as more than anything that stands."""
        return len(self.objections) + (_ALL if self.withheld else 0)


Writing = Generator[str | Checked, None, Draft]
"""Text and what came of checking it as they come, and what is settled in the end."""


class Writer:
    """A chat model with its prompt, and with the eye on what it writes."""

    def __init__(
        self,
        model: ChatModel,
        *,
        budget: int = PASSAGE_BUDGET,
        window: Callable[[], Window] = Window,
        verifier: Checker | None = None,
        is_rewriting: bool = False,
        marker: Callable[[], str] = new_word,
    ) -> None:
        """`budget`: characters of passages per request at most, less where the model's `window` is small. What is
        written is held against its passages by the `verifier`; with `is_rewriting` the model is shown what is not borne
        out and writes once more, which costs a second request."""
        self._model = model
        self._budget = budget
        self.window = window
        self._verifier = verifier
        self._is_rewriting = is_rewriting
        self.marker = marker

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def budget(self) -> int:
        """Characters of passages that fit into a request, whatever they are about."""
        window = self.window()
        if window.room is None:
            return self._budget
        return min(self._budget, max(_LEAST_BUDGET, int(window.characters * (window.room - _RULES))))

    def write(
        self,
        question: str,
        hits: Sequence[Hit],
        history: Sequence[Turn] = (),
        calculations: Sequence[Calculation] = (),
    ) -> Writing:
        """Yields display text as it comes, not yet harmless (draw what has come through `inert`), Anew where what came
        so far is to be taken back, and, as sentences are finished, what came of checking them; returns the Draft.

        Raises ModelError when the model fails before any text, or only thinks; later failures keep the text and go into
        the notice.
        Closing the generator ends the request.
        """
        asked = partial(
            messages,
            question,
            hits,
            history,
            marker=self.marker(),
            budget=self._budget,
            window=self.window(),
            calculations=calculations,
        )
        request = asked()
        shown = hits[: request.n_passages]
        draft = yield from self.reply(request.messages, shown, calculations, question, is_drawn=True)
        if not (self._is_rewriting and draft.objections):
            return draft
        try:
            again = asked(then=rewriting(draft.said, draft.objections))
        except ModelError:
            return replace(draft, notice=f"{draft.notice} {_NO_ROOM}".lstrip())
        reply = self.reply(again.messages, hits[: again.n_passages], calculations, question)
        return (yield from self._rewritten(reply, draft))

    def _rewritten(self, reply: Writing, first: Draft) -> Writing:
        """The better one of the draft and of what the model makes of the objections to it, which is not shown as it
        comes: a failure keeps the draft."""
        try:
            second = yield from _silently(reply)
        except ModelError:
            return first
        usage = first.usage + second.usage
        if second.refused or second.n_wrong >= first.n_wrong:
            return replace(first, usage=usage)
        corrected = f"Rewritten after {counted(len(first.objections), 'sentence')} had not been borne out."
        return replace(second, usage=usage, notice=" ".join(filter(None, (corrected, second.notice))))

    def reply(
        self,
        request: Sequence[Message],
        hits: Sequence[Hit],
        calculations: Sequence[Calculation] = (),
        question: str = "",
        *,
        is_drawn: bool = False,
    ) -> Writing:
        """As `write`, to a request whose passage n is `hits[n - 1]`. What it says has to be about the `question`, where
        there is one; sentences are checked as they come where it `is_drawn`."""
        markers = MarkerStream(len(hits))
        reply = _Reply(self._model, request)
        checking = None if self._verifier is None else self._verifier.begin(hits, question)
        growing = Growing(checking if is_drawn else None, calculations)
        try:
            for text in without_thinking(stream_unjoined(reply.texts())):
                if isinstance(text, Anew):
                    markers, growing = MarkerStream(len(hits)), Growing(checking if is_drawn else None, calculations)
                    yield text
                elif shown := markers.feed(text):
                    yield shown
                    if (checked := growing.checked(shown, markers.used)) is not None:
                        yield checked
        finally:
            reply.close()
        if shown := markers.finish():
            growing.add(shown)
            yield shown
        return self._draft(growing.written(markers.used), hits, reply, checking)

    def _draft(self, written: Verified, hits: Sequence[Hit], reply: _Reply, checking: Checking | None) -> Draft:
        text = written.text
        if not text:
            reply.check()
        refused = not text or _is_refused(written)
        notes = [
            reply.notice,
            as_notice(reply.trouble) if reply.trouble else "",
            _STOPPED_BY.get(reply.end.finish_reason, ""),
        ]
        if not refused:
            written, trouble = _verified(written, checking, is_cut=reply.is_cut)
            refused = written.is_mostly_unsupported
            notes += [trouble, _withheld(written) if refused else _weak(written.sentences)]
        return Draft(
            text=REFUSAL if refused else written.text,
            sentences=() if refused else written.sentences,
            citations=() if refused else citations(written.sentences, written.used, hits),
            refused=refused,
            notice=" ".join(note for note in notes if note),
            model=reply.model,
            usage=reply.usage(self.window().count),
            withheld=written.text if refused and written.is_mostly_unsupported else "",
            said=reply.text,
            objections=tuple(_objections(written.sentences)),
            is_cut=reply.is_cut,
        )


class _Reply:
    """A stream of deltas as text; remembers how it ended."""

    def __init__(self, model: ChatModel, request: Sequence[Message]) -> None:
        self._deltas = model.stream(request)
        self._request = request
        self._start = time.perf_counter()
        self._first_token_ms: float | None = None
        self._said: list[str] = []
        self.model = model.name
        self.notice = ""
        self.end = Delta()
        self.trouble: ModelError | None = None

    def texts(self) -> Iterator[str]:
        has_text = False
        try:
            for delta in self._deltas:
                has_text = has_text or bool(delta.text.strip())
                self.end = delta
                if delta.text and self._first_token_ms is None:
                    self._first_token_ms = 1000 * (time.perf_counter() - self._start)
                self._said.append(delta.text)
                self.model, self.notice = delta.model or self.model, delta.notice or self.notice
                yield delta.text
        except ModelError as error:
            if not has_text:
                raise
            self.trouble = error

    def check(self) -> None:
        """Raises ModelError where it failed or only thought: then it says nothing about the documents."""
        if self.trouble is not None:
            raise self.trouble
        if self.text.strip() and not spoken([self.text]):
            at_limit = "reached the length limit before it wrote a word of its answer: raise FOOTNOTE_MAX_ANSWER_TOKENS"
            no_word = "thought, and sent an empty answer: ask again, or choose another chat model"
            raise ModelError(f"{self.model} {at_limit if self.end.finish_reason == 'length' else no_word}")

    @property
    def is_cut(self) -> bool:
        """Whether it ended before it was finished."""
        return self.trouble is not None or self.end.finish_reason in _STOPPED_BY

    @property
    def text(self) -> str:
        """All that came."""
        return "".join(self._said)

    def usage(self, count: Counter) -> Usage:
        """What the endpoint tells of it, and an estimate of what it does not tell."""
        end, said = self.end, self.text
        return Usage(
            end.prompt_tokens or sum(count(message.content) for message in self._request),
            end.completion_tokens or count(said),
            is_estimated=not (end.prompt_tokens and end.completion_tokens),
            cost=end.cost,
            first_token_ms=self._first_token_ms,
            reported_model=end.reported_model,
            system_fingerprint=end.system_fingerprint,
        )

    def close(self) -> None:
        if isinstance(self._deltas, Generator):
            self._deltas.close()


def _verified(written: Verified, checking: Checking | None, *, is_cut: bool) -> tuple[Verified, str]:
    """What was written with what came of checking it, or why it could not be checked. Half a sentence at the end of one
    that `is_cut` claims nothing yet."""
    if checking is None:
        return written, ""
    n_whole = len(written.sentences) - (is_cut and _FINISHED.search(written.text) is None)
    try:
        found = checking.verified(replace(written, sentences=written.sentences[:n_whole]))
    except ModelError as error:
        return written, as_notice(error, "So the sentences of this answer are not checked.")
    longer = len(found.text) - len(written.text)
    half = [replace(one, end=one.end + longer, check=Check("no claim")) for one in written.sentences[n_whole:]]
    return replace(found, sentences=(*found.sentences, *half)), ""


def _is_refused(written: Verified) -> bool:
    """The refusal was said, also as a heading or wholly bold, and nothing beside it has a source; or nothing was said
    but that the documents do not say something, in whatever words."""
    said = bare(written.text)
    spans = sentence_spans(said)
    alone = len(spans) == 1 and is_absence(said)
    if not alone and not any(is_refusal(said[start:end]) for start, end in spans):
        return False
    return not any(one.citations for one in written.sentences if not is_refusal(one.text))


def _silently(reply: Writing) -> Writing:
    """The draft alone; with each piece one may stop, which ends the request."""
    with closing(reply):
        while True:
            try:
                next(reply)
            except StopIteration as stop:
                draft: Draft = stop.value
                return draft
            yield ""


def _objections(sentences: Sequence[Sentence]) -> Iterator[str]:
    for one in sentences:
        if one.check is not None and one.check.state in {"partly", "unsupported"}:
            reasons = "; ".join(map(str, one.check.findings)) or "no passage says this"
            yield f"“{' '.join(one.text.split())}”: {reasons}"


def _withheld(written: Verified) -> str:
    n, n_claims = written.n_unsupported, written.n_claims
    said = "what" if n == n_claims else f"{n} of the {counted(n_claims, 'sentence')} that"
    return f"The chat model wrote an answer, but {said} it says is not in your documents."


def _weak(sentences: Sequence[Sentence]) -> str:
    """How many sentences have no source, or one that does not bear them out."""
    claims = [one for one in sentences if one.check is None or one.check.state != "no claim"]
    no_source = sum(not one.citations for one in claims)
    not_borne_out = sum(one.check is not None and one.check.state != "supported" for one in claims if one.citations)
    if claims and no_source == len(claims):
        return "No sentence of this answer has a source."
    differing = sum(one.check is not None and bool(one.check.against) for one in claims)
    n_unchecked = sum(one.check is None for one in sentences)
    notes = (
        f"Of so long an answer the last {_unchecked(n_unchecked)} not checked."
        if 0 < n_unchecked < len(sentences)
        else "",
        "Your documents contradict each other: the sentences are marked." if differing else "",
        _of(no_source, len(claims), "has no source", "have no source"),
        _of(
            not_borne_out,
            len(claims),
            "is not wholly borne out by its source",
            "are not wholly borne out by their sources",
        ),
    )
    return " ".join(note for note in notes if note)


def _unchecked(n: int) -> str:
    return "sentence was" if n == 1 else f"{counted(n, 'sentence')} were"


def _of(n: int, n_all: int, one: str, many: str) -> str:
    return f"{n} of {counted(n_all, 'sentence')} {one if n == 1 else many}." if n else ""
