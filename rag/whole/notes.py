"""Lets a chat model answer from more passages than one request holds: notes batch by batch, then one answer of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from rag.errors import ModelError
from rag.prompt import messages_from_notes, note_messages
from rag.types import Chunk, Hit, Sentence, Turn
from rag.usage import Usage
from rag.verification.verified import Checked
from rag.whole.nouns import PassagesRead
from rag.writing import Draft, Writer

MOST_STEPS = 24
"""Requests for notes; what does not fit into them is not read by the model."""
_NOTES_PER_STEP = 12
_FEWEST_CHARACTERS = 400
"""Characters of notes that each step may leave at least."""
_MOST_HITS = 900
"""Markers have three digits."""
_LABEL = 200
"""Characters that the line above a passage takes."""


@dataclass(slots=True)
class _Notes:
    """Notes with the passages that they are from, numbered in the order of their first use."""

    lines: list[str] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)

    def take(self, draft: Draft, room: int) -> None:
        """What of a step's notes has a source that bears it out at least in part, up to so many characters."""
        chunks = {citation.n: citation.chunk for citation in draft.citations}
        for sentence in draft.sentences:
            room -= len(sentence.text)
            if not _is_borne_out(sentence) or len(self.hits) >= _MOST_HITS:
                continue
            if room < 0:
                return
            numbers = [self._number(chunks[n]) for n in sentence.citations]
            text = " ".join(sentence.text.lstrip("-*• ").split())
            self.lines.append(f"{text} {''.join(f'[{n}]' for n in numbers)}")

    def _number(self, chunk: Chunk) -> int:
        if chunk.id not in self._numbers:
            self.hits.append(Hit(chunk, 1.0, "read"))
            self._numbers[chunk.id] = len(self.hits)
        return self._numbers[chunk.id]


def _is_borne_out(sentence: Sentence) -> bool:
    check = sentence.check
    return bool(sentence.citations) and (check is None or check.state in {"supported", "partly"})


@dataclass(frozen=True, slots=True)
class Written:
    """A draft, and the passages that it could cite."""

    draft: Draft
    hits: tuple[Hit, ...]


def fitting(chunks: Sequence[Chunk], budget: int) -> int:
    """How many passages of this average length the model can read in all its steps."""
    length = sum(map(_length, chunks)) / max(1, len(chunks))
    return int(MOST_STEPS * budget * 0.9 / max(1.0, length))


def write_from_all(
    writer: Writer, question: str, chunks: Sequence[Chunk], history: Sequence[Turn] = ()
) -> Generator[PassagesRead | str | Checked, None, Written]:
    """An answer from all these passages, in one request where they fit. Raises ModelError before any text was given."""
    steps = list(_steps(chunks, writer.budget))
    if len(steps) <= 1:
        hits = [Hit(chunk, 1.0, "read") for chunk in chunks]
        draft = yield from writer.write(question, hits, history)
        return Written(draft, tuple(hits))
    notes = _Notes()
    n_read = 0
    spent: Usage | None = None
    for step in steps[:MOST_STEPS]:
        at = PassagesRead(n_read, len(chunks))
        yield at
        draft = yield from _quietly(_noted(writer, question, step), at)
        notes.take(draft, max(_FEWEST_CHARACTERS, writer.budget // len(steps)))
        spent = draft.usage if spent is None else spent + draft.usage
        n_read += len(step)
    yield PassagesRead(n_read, len(chunks))
    if not notes.lines:
        raise ModelError(f"{writer.name} took no notes with a source")
    request = messages_from_notes(question, notes.lines, marker=writer.marker(), window=writer.window())
    draft = yield from writer.reply(request, notes.hits)
    usage = draft.usage if spent is None else spent + draft.usage
    return Written(replace(draft, usage=usage), tuple(notes.hits))


def _noted(writer: Writer, question: str, step: Sequence[Chunk]) -> Generator[str | Checked, None, Draft]:
    hits = [Hit(chunk, 1.0, "read") for chunk in step]
    marker, budget, window = writer.marker(), writer.budget, writer.window()
    request = note_messages(question, hits, marker=marker, budget=budget, most=_NOTES_PER_STEP, window=window)
    return writer.reply(request.messages, hits[: request.n_passages])


def _quietly(reply: Generator[str | Checked, None, Draft], at: PassagesRead) -> Generator[PassagesRead, None, Draft]:
    """The draft alone: notes are not shown, but with each piece one may stop, which ends the request, too."""
    with closing(reply):
        while True:
            try:
                next(reply)
            except StopIteration as stop:
                draft: Draft = stop.value
                return draft
            yield at


def _steps(chunks: Sequence[Chunk], budget: int) -> Iterator[list[Chunk]]:
    """Passages one after another, as many as fit into a request."""
    step: list[Chunk] = []
    room = budget
    for chunk in chunks:
        if step and _length(chunk) > room:
            yield step
            step, room = [], budget
        step.append(chunk)
        room -= _length(chunk)
    if step:
        yield step


def _length(chunk: Chunk) -> int:
    return len(chunk.text) + len(chunk.context) + min(_LABEL, len(chunk.title) + len(chunk.heading) + 12)
