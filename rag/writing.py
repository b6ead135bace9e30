"""This file lets a chat model write an answer from passages, and settles what of it can be shown and cited."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from rag.citations import Support, citations, cited_sentences
from rag.errors import ModelError
from rag.inert import inert
from rag.markers import MarkerStream
from rag.prompt import PASSAGE_BUDGET, REFUSAL, is_refusal, messages
from rag.protocols import ChatModel
from rag.thinking import without_thinking
from rag.types import Citation, Delta, Hit, Message, Sentence, Turn

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
    prompt_tokens: int
    """0 where the endpoint does not tell, as is `completion_tokens`."""
    completion_tokens: int


class Writer:
    """A chat model with its prompt, and with the eye on what it writes."""

    def __init__(
        self,
        model: ChatModel,
        *,
        budget: int = PASSAGE_BUDGET,
        support: Support | None = None,
        marker: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """`budget`: characters of passages per request. `support` finds the words of a passage that back sentences."""
        self._model = model
        self.budget = budget
        self._support = support
        self.marker = marker

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    def write(self, question: str, hits: Sequence[Hit], history: Sequence[Turn] = ()) -> Generator[str, None, Draft]:
        """Yields display text as it comes, not yet harmless (draw what has come through `inert`); returns the Draft.

        Raises ModelError when the model fails before any text; later failures keep the text and go into the notice.
        Closing the generator ends the request.
        """
        return (
            yield from self.reply(messages(question, hits, history, marker=self.marker(), budget=self.budget), hits)
        )

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
        notes = [str(reply.trouble or ""), _STOPPED_BY.get(reply.end.finish_reason, "")]
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
            model=self._model.name,
            prompt_tokens=reply.end.prompt_tokens,
            completion_tokens=reply.end.completion_tokens,
        )


class _Reply:
    """A stream of deltas as text; remembers how it ended."""

    def __init__(self, model: ChatModel, request: Sequence[Message]) -> None:
        self._deltas = model.stream(request)
        self.end = Delta()
        self.trouble: ModelError | None = None

    def texts(self) -> Iterator[str]:
        has_text = False
        try:
            for delta in self._deltas:
                has_text = has_text or bool(delta.text.strip())
                self.end = delta
                yield delta.text
        except ModelError as error:
            if not has_text:
                raise
            self.trouble = error

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
