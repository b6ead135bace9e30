"""The nouns of Footnote: frozen values that are passed between the layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from rag.query.nouns import Query
from rag.usage import Usage
from rag.versions.nouns import Twin

if TYPE_CHECKING:
    from rag.agent.nouns import Step
    from rag.tools import ToolCall
    from rag.verification.nouns import Check
    from rag.whole.nouns import Coverage, Outline

Vectors = NDArray[np.float32]
"""Unit rows, shape [n, dim]; a single vector has shape [dim]."""

Ids = NDArray[np.int64]
"""Chunk ids, shape [n]."""

BlockKind = Literal["heading", "paragraph", "list", "table", "code"]
Origin = Literal["dense", "keyword", "fused", "reranked", "read"]
_SIDE_BY_SIDE = ("dense", "keyword")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom on a page, as shares (0 to 1) of its width and height, from its upper left corner."""


@dataclass(frozen=True, slots=True)
class Block:
    """One structural element of a document: the characters `text[start:end]`, without the blank lines around it."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Depth of a heading, from 1; 0 for every other kind."""
    box: Box | None = None
    """Where it stands on the page on which it begins; None where the format or the loader does not tell."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was read from a picture: the characters `text[start:end]` and where they stand on page `page`."""

    start: int
    end: int
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """A page, slide or sheet: the characters `text[start:end]`. `number` counts from 1."""

    number: int
    start: int
    end: int
    label: str = ""
    """What people call it when a number is not enough: a sheet's name, a chapter's title."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file as loaded: text in reading order, with the pages and blocks as ordered, non-overlapping spans of it."""

    text: str
    title: str
    media_type: str
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    """`author`, `created`, `modified` (ISO 8601), `language` and the like, where the format has them."""
    warnings: tuple[str, ...] = ()
    """Full sentences about what could not be read, e.g. pages without a text layer."""
    words: tuple[Word, ...] = ()
    """Words of pages that were read by OCR, in order. A text layer's words are found in the file itself when needed."""
    n_members: int = 0
    """Files inside of it that become documents of their own, as attachments do; only with them it may have no text."""


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A span that a chunker chose: `document.text[start:end]`.

    `context` is read by embedder and keyword index with the text, but is no part of the span: a table's header row, for
    example. `heading`: the headings over all of the span, outermost first; the last may be the span's own first line.
    """

    start: int
    end: int
    heading: tuple[str, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit that is embedded, stored and retrieved; `text` is exactly the span `start:end` of its document."""

    id: int
    document_id: int
    ordinal: int
    start: int
    end: int
    text: str
    heading: str
    context: str
    page: int | None
    last_page: int | None
    source: str
    title: str
    collection: str
    page_breaks: tuple[tuple[int, int], ...] = ()
    """(number, start) of the pages that begin within the chunk."""
    opening: str = ""  # how its document begins; empty for the first chunk

    def pages_of(self, start: int, end: int) -> tuple[int | None, int | None]:
        """The pages on which the characters `start:end` of the document begin and end; None where there are none."""
        if self.page is None:
            return None, None
        starts = [self.page, *(number for number, at in self.page_breaks if at <= start)]
        ends = [self.page, *(number for number, at in self.page_breaks if at < end)]
        return max(starts), max(ends)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the catalogue lists it."""

    id: int
    collection: str
    source: str
    title: str
    sha256: str
    size: int
    media_type: str
    n_pages: int
    n_chunks: int
    warnings: tuple[str, ...]
    metadata: Mapping[str, str]
    fingerprint: str
    added_at: str
    """ISO 8601, UTC."""
    n_members: int = 0
    options: Mapping[str, object] = field(default_factory=dict)
    """Settings that hold for this document alone."""
    also: tuple[str, ...] = ()
    """Other sources at which the same bytes were found."""

    @property
    def extent(self) -> str:
        """How much is in it, for a person: `12 passages`, `3 files inside`, or both."""
        inside = counted(self.n_members, "file") + " inside" if self.n_members else ""
        passages = counted(self.n_chunks, "passage") if self.n_chunks or not inside else ""
        return ", ".join(filter(None, (passages, inside)))


def counted(n: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search; an empty tuple means everywhere that is allowed."""

    collections: tuple[str, ...] = ()
    documents: tuple[int, ...] = ()
    allowed: frozenset[str] | None = None
    """The collections that whoever asks may see, none where it is empty; None for all of them. Nothing is found outside
    of these, whatever else is chosen."""

    def has(self, chunk: Chunk) -> bool:
        """Whether a passage lies within it."""
        return self.names(chunk.collection) and (not self.documents or chunk.document_id in self.documents)

    def names(self, collection: str) -> bool:
        """Whether a collection is among those that are chosen, and allowed."""
        is_chosen = not self.collections or collection in self.collections
        return is_chosen and (self.allowed is None or collection in self.allowed)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one searcher found: chunk ids with their scores, best first."""

    ids: Ids
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk with its score; higher is better, comparable only within one origin."""

    chunk: Chunk
    score: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a question's way: how long it took and how many items came out of it."""

    name: str
    ms: float
    n: int
    at: float = 0.0
    """When it began: seconds by `time.perf_counter`."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The stages that a question went through, in order."""

    stages: tuple[Stage, ...] = ()

    def milliseconds(self) -> dict[str, float]:
        """Stage name -> milliseconds, rounded to microseconds."""
        return {stage.name: round(stage.ms, 3) for stage in self.stages}

    @property
    def total_ms(self) -> float:
        """Of all of them; dense and keyword search run side by side."""
        together = [stage.ms for stage in self.stages if stage.name in _SIDE_BY_SIDE]
        return max(together, default=0.0) + sum(stage.ms for stage in self.stages if stage.name not in _SIDE_BY_SIDE)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The hits chosen for a question, best first, and how they were found."""

    hits: tuple[Hit, ...]
    trace: Trace
    notice: str = ""
    """What a person should know about the order; empty where all went as it should."""
    query: Query | None = None
    """What was searched for; None where it was the question as it is."""
    steps: tuple[Step, ...] = ()
    """What was done one after another to find them; empty for one search."""
    twins: tuple[Twin, ...] = ()
    """Passages that were left out, since another version of their document, which is among the hits, has them too."""
    asked: frozenset[int] = frozenset()
    """Documents of which there are other versions, by whose mark the question asks for these."""


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """A sentence that a Reader chose from `hits[hit]`: `start:end` are characters of the document."""

    hit: int
    start: int
    end: int
    score: float
    mark: tuple[int, int] | None = None
    """The words in it that answer, as characters of the document; None where no words alone do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a Reader found: spans in the order they should be read, and how likely they answer (0 to 1)."""

    spans: tuple[AnswerSpan, ...]
    answerability: float
    left_open: tuple[str, ...] = ()
    """Of a question that asks for several things those that the passages are not likely to answer."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker number bound to the characters `start:end` of one chunk's document."""

    n: int
    chunk: Chunk
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The cited words, exactly as they stand in the document."""
        return self.chunk.text[self.start - self.chunk.start : self.end - self.chunk.start]

    @property
    def page(self) -> int | None:
        """The page on which the cited words begin."""
        return self.chunk.pages_of(self.start, self.end)[0]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the numbers of its citations."""

    text: str
    citations: tuple[int, ...]
    mark: tuple[int, int] | None = None
    """The words that answer, as characters of `text`."""
    end: int = 0
    """Where it ends in the text that a chat model wrote, behind its markers."""
    check: Check | None = None
    """What came of holding it against its sources; None for a quote, and where nothing was checked."""

    @property
    def marked(self) -> str:
        """The words that answer; empty where none are marked."""
        return "" if self.mark is None else self.text[slice(*self.mark)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question's answer, or an abstention: then `refused` is true, `text` says so and nothing is cited."""

    question: str
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    trace: Trace
    refused: bool = False
    chance: float | None = None
    """How likely the passages that were read answer, 0 to 1; None where a chat model wrote, or all was read."""
    notice: str = ""
    """What a person must know about this answer, e.g. that the model's stream was cut; empty when all went well."""
    model: str = ""
    """Who wrote it; empty when the sentences are quoted from the documents."""
    withheld: str = ""
    """What a chat model wrote where most of it is not borne out by the documents: then the answer is an abstention."""
    filtered: str = ""
    """Why a filter withheld what a chat model wrote, of which nothing is left here; empty where none did."""
    query: Query | None = None
    """What was searched for; None where it was the question as it is."""
    coverage: Coverage | None = None
    """How much was read for a summary, a list or a comparison; None for a lookup, and where documents are named."""
    outline: Outline | None = None
    """How the sentences of a longer quoted answer are arranged."""
    usage: Usage | None = None
    """What writing it took; None when the sentences are quoted from the documents."""
    steps: tuple[Step, ...] = ()  # what was done one after another to find its passages; empty for one search
    is_cut: bool = False  # whether the chat model ended before it was finished: the notice says why


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer in a conversation."""

    question: str
    answer: Answer
    next_questions: tuple[str, ...] = ()  # what may be asked next
    scope: Scope = Scope()  # where it was asked, as a person chose
    waits_for: tuple[int, ...] = ()  # jobs of files that have to be through before it is asked
    contents: tuple[str, ...] = ()  # SHA-256 of those that were given with it, which are asked alone
    asked_by: str = ""  # the mark of whoever is answering it; empty once it is answered
    asked_at: float = 0.0  # seconds, UTC; 0 where nobody has noted it


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message as it is sent to a ChatModel."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    calls: tuple[ToolCall, ...] = ()
    """What the assistant called; a message for each of them follows."""
    call_id: str = ""
    """The call that a message of the role `tool` is the result of."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it says: its content, and the arguments of its calls."""
        return self.content, *(call.arguments for call in self.calls)


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a ChatModel's stream. The last one carries `finish_reason` and, where the endpoint tells, usage."""

    text: str = ""
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    """US dollars, where tokens and price are known."""
    reported_model: str = ""
    system_fingerprint: str = ""
    model: str = ""
    """Who writes from here on; empty where that does not change."""
    notice: str = ""  # why; full sentences for a person
    calls: tuple[ToolCall, ...] = ()
    """Tools that are to be called; only the last Delta has any, and only where the request offered tools."""
    has_schema: bool = False  # whether the request that is answered here carried the JSON schema of its reply

    @property
    def said(self) -> str:
        """All that the model wrote in it: its text, and the names and arguments of its calls."""
        return self.text + "".join(f"{call.name} {call.arguments}" for call in self.calls)
