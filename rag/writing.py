"""This file lets a chat model write an answer from passages, and settles what of it can be shown and cited."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from rag.citations import Support, citations, cited_sentences
from rag.errors import ModelError, as_notice
from rag.inert import inert
from rag.markers import MarkerStream
from rag.packing import Window
from rag.prompt import PASSAGE_BUDGET, REFUSAL, is_refusal, messages
from rag.protocols import ChatModel
from rag.thinking import without_thinking
from rag.tokens import Counter
from rag.types import Citation, Delta, Hit, Message, Sentence, Turn
from rag.usage import Usage

_CHARACTERS = 3
"""Of English in a token, rather too few than too many."""
_RULES = 700
"""Tokens of the rules and a question."""
_LEAST_BUDGET = 700
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


class Writer:
    """A chat model with its prompt, and with the eye on what it writes."""

    def __init__(
        self,
        model: ChatModel,
        *,
        budget: int = PASSAGE_BUDGET,
        window: Callable[[], Window] = Window,
        support: Support | None = None,
        marker: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """`budget`: characters of passages per request at most, less where the model's `window` is small. `support`
        finds the words of a passage that back sentences."""
        self._model = model
        self._budget = budget
        self.window = window
        self._support = support
        self.marker = marker

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def budget(self) -> int:
        """Characters of passages that fit into a request, whatever they are about."""
        room = self.window().room
        return self._budget if room is None else min(self._budget, max(_LEAST_BUDGET, _CHARACTERS * (room - _RULES)))

    def write(self, question: str, hits: Sequence[Hit], history: Sequence[Turn] = ()) -> Generator[str, None, Draft]:
        """Yields display text as it comes, not yet harmless (draw what has come through `inert`); returns the Draft.

        Raises ModelError when the model fails before any text; later failures keep the text and go into the notice.
        Closing the generator ends the request.
        """
        window = self.window()
        request = messages(question, hits, history, marker=self.marker(), budget=self._budget, window=window)
        return (yield from self.reply(request.messages, hits[: request.n_passages]))

    def reply(self, request: Sequence[Message], hits: Sequence[Hit]) -> Generator[str, None, Draft]:
        """As `write`, to a request whose passage n is `hits[n - 1]`."""
        markers = MarkerStream(len(hits))
        reply = _Reply(self._model, request)
        shown: list[str] = []
        try:
            for text in without_thinking(reply.texts()):
                shown.append(markers.feed(text))
                if shown[-1]:
                    yield shown[-1]
        finally:
            reply.close()
        shown.append(markers.finish())
        if shown[-1]:
            yield shown[-1]
        return self._draft("".join(shown), markers.used, hits, reply)

    def _draft(self, shown: str, used: Sequence[int], hits: Sequence[Hit], reply: _Reply) -> Draft:
        text = inert(shown).strip()
        if not text and reply.trouble is not None:
            raise reply.trouble
        sentences = cited_sentences(text)
        refused = not text or _is_refused(sentences)
        notes = [
            reply.notice,
            as_notice(reply.trouble) if reply.trouble else "",
            _STOPPED_BY.get(reply.end.finish_reason, ""),
        ]
        if refused:
            text, sentences, used = REFUSAL, (), ()
        else:
            notes.append(_uncited(sentences))
        return Draft(
            text=text,
            sentences=sentences,
            citations=citations(sentences, used, hits, self._support),
            refused=refused,
            notice=" ".join(note for note in notes if note),
            model=reply.model,
            usage=reply.usage(self.window().count),
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

    def usage(self, count: Counter) -> Usage:
        """What the endpoint tells of it, and an estimate of what it does not tell."""
        end, said = self.end, "".join(self._said)
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


def _is_refused(sentences: Sequence[Sentence]) -> bool:
    """The refusal was said, and nothing beside it has a source."""
    rest = [sentence for sentence in sentences if not is_refusal(sentence.text)]
    return len(rest) < len(sentences) and not any(sentence.citations for sentence in rest)


def _uncited(sentences: Sequence[Sentence]) -> str:
    n = sum(not sentence.citations for sentence in sentences)
    if not n:
        return ""
    if n == len(sentences):
        return "No sentence of this answer has a source."
    return f"{n} of {len(sentences)} sentences {'has' if n == 1 else 'have'} no source."
