"""The seams: what the core asks of the libraries behind it. An adapter is one file and passes its contract tests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.pieces import PieceIds, Together, TokenStates
from rag.query.nouns import Query
from rag.tools import Tool
from rag.types import Chunk, Delta, Hit, Ids, Message, Ranking, Reading, Scope, Turn, Vectors
from rag.versions.nouns import VersionDates
from rag.whole.nouns import DocumentName


class Tokenizer(Protocol):
    """Splits a text as an embedder does."""

    @property
    def address(self) -> str:
        """`module:class:argument` (no argument: empty), by which another process makes the same one."""
        ...

    def offsets(self, text: str) -> NDArray[np.int64]:
        """Character spans of the text's tokens, shape [n, 2], in order, without special tokens and never cut off."""
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors; texts beyond `max_tokens` are cut, so a chunker keeps below it."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def max_tokens(self) -> int:
        """Tokens of content that fit in one text, special tokens and prefix already taken off."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector: weights, tokenizer, pooling, prefix, length."""
        ...

    @property
    def tokenizer(self) -> Tokenizer: ...
    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), dim], in the order given."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [dim]; families with prefixes treat a query unlike a document."""
        ...

    def reads(self, text: str) -> bool:
        """Whether it knows the language of the text, as far as that can be told: else its vector says nothing."""
        ...


class TokenEncoder(Protocol):
    """Turns texts into the states of their word pieces, by which two texts are compared piece by piece."""

    def encode(self, texts: Sequence[str]) -> list[TokenStates]:
        """The states of each text, in the order given."""
        ...


class JointEncoder(Protocol):
    """Reads a question and each of some passages together, word piece by word piece."""

    def open(self) -> None:
        """Load what it needs."""
        ...

    def read(self, question: PieceIds, passages: Sequence[PieceIds]) -> list[Together]:
        """In the order of the passages, all given as the numbers of their pieces in a TokenEncoder's states."""
        ...


class VectorIndex(Protocol):
    """Unit vectors by chunk id; scores are cosine similarity in [-1, 1], best first."""

    def __len__(self) -> int: ...
    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Insert or replace; refuses vectors of another dimension or that are not finite."""
        ...

    def remove(self, ids: Ids) -> None:
        """Forget these ids; unknown ones are ignored. A removed id is in no later search."""
        ...

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        """The min(k, size) nearest, only among `allowed` where it is given (applied before the top k is taken)."""
        ...


class Searcher(Protocol):
    """One way of finding chunks: query text -> ranked chunk ids. Dense and keyword search share this shape."""

    def search(self, query: str, k: int, scope: Scope) -> Ranking: ...


class Vocabulary(Protocol):
    """The words of the documents. Words that differ by their endings alone count as one, as in keyword search."""

    def has(self, word: str, scope: Scope) -> bool:
        """Whether a passage within the scope has it."""
        ...

    def count(self, word: str, allowed: frozenset[str] | None) -> int:
        """How many passages of all have it, or of these collections where they alone are allowed."""
        ...

    def near(self, word: str, distance: int, scope: Scope, text: str) -> Collection[str]:
        """Words of the scope that differ by about `distance` letters, as they are written: not all of them where there
        are many, and some that differ more. `text` is the one that the word stands in: languages that have no word of
        it are not looked at."""
        ...


class QueryRule(Protocol):
    """Changes what is searched for, by what the documents have."""

    def applied(self, query: Query, scope: Scope) -> Query: ...


class Condenser(Protocol):
    """Completes a question that cannot be understood without the conversation before it."""

    def condensed(self, question: str, history: Sequence[Turn]) -> str:
        """A question that stands alone; the same one where it does already. Raises ModelError where a model fails."""
        ...


class ChunkSource(Protocol):
    """Where chunk texts are kept."""

    def chunks(self, ids: Sequence[int]) -> Mapping[int, Chunk]:
        """The chunks that exist among these ids; a removed one is simply not there."""
        ...


class VersionSource(Protocol):
    """What is known of documents by which the newer of two versions is told."""

    def dates(self, documents: Sequence[int]) -> Mapping[int, VersionDates]:
        """Of those that are there."""
        ...

    def text(self, document: int) -> str:
        """All of it; empty where there is none."""
        ...


class Shelf(ChunkSource, Protocol):
    """Where whole documents are read from."""

    def documents(self, scope: Scope) -> Sequence[DocumentName]:
        """The documents in the scope that have passages, oldest first."""
        ...

    def passages(self, scope: Scope) -> Ids:
        """The ids of all passages in the scope, document after document, each in the order of its text."""
        ...

    def vectors(self, ids: Ids) -> Vectors:
        """Their unit vectors by the embedder in use, shape [n, dim]; zeros for a passage that has none."""
        ...


class Reranker(Protocol):
    """Reorders hits by reading the query and each text together. Nothing heavy is loaded before it is needed."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same hits could get another order. Raises ModelError as `open` does."""
        ...

    @property
    def depth(self) -> int:
        """So many hits are read at most."""
        ...

    def open(self) -> None:
        """Load what is needed now, if it is not loaded yet. Raises ModelError where it cannot be used."""
        ...

    def rerank(self, query: str, hits: Sequence[Hit], depth: int | None = None) -> list[Hit]:
        """The same hits with new scores, best first; those that it does not read stay below in their order.
        `depth`: so many are read at most, from 1, in place of its own number.

        Raises ModelError where the model cannot be used; the hits as given are an order, too.
        """
        ...


class Reader(Protocol):
    """Finds the words that answer in the passages, without writing any of its own."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading: ...


class ChatModel(Protocol):
    """Writes text from messages. Raises ModelError; text that came before a failure has been yielded by then."""

    @property
    def name(self) -> str: ...
    def stream(self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = "") -> Iterator[Delta]:
        """Pieces as they come; closing the iterator ends the request.

        A model that is offered `tools` may call them instead of writing. Raises NoTools where it takes none. `schema`:
        what is written shall be one JSON object of this JSON schema. The messages have to ask for it, too: a model may
        ignore it, and an endpoint that takes none is not sent it.
        """
        ...
