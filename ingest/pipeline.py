"""The way of a file: fenced parse, chunks, vectors, one transaction. While one file is embedded the next is parsed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

import numpy as np

from indexes.catalogue import NewChunk, NewDocument
from indexes.library import Library
from ingest.chunkers import chunk
from ingest.fence import Fence
from ingest.files import File as File  # noqa: PLC0414 - those who use the pipeline find it here
from rag.embedding_text import embedding_text, heading_path
from rag.errors import FootnoteError, InputError, LoadError
from rag.types import ChunkDraft, Document, DocumentRecord, Vectors

_GATHERED = 256
"""Texts of small documents that are waited for before they are embedded together."""
_EMBED_AT_ONCE = 64
_SIDE_BY_SIDE = 3
"""While one part is waited for the next are under way: no core, and no endpoint, is idle in between."""
_REFRESH_S = 1.0
_AHEAD = 16
_AHEAD_CHARACTERS = 4_000_000
"""Parsing keeps ahead of embedding by so many files, but by no more text than this."""

Progress = Callable[[str, str, int, int], None]
"""(source, stage, done, total), where stage is parsing, chunking, embedding or indexing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: state is ready, unchanged, failed or skipped; `reason` says why one of the latter two."""

    source: str
    state: str
    reason: str = ""
    document: int | None = None
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document on its way in, with the identity of the bytes that it was read from."""

    source: str
    sha256: str
    size: int
    modified_ns: int
    document: Document
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Cut:
    loaded: Loaded
    drafts: list[ChunkDraft]
    texts: list[str]


class Pipeline:
    """Takes files into one collection of a library."""

    def __init__(self, library: Library, collection: str, *, progress: Progress | None = None) -> None:
        self._library = library
        self._collection = checked_collection(collection)
        self._progress = progress or (lambda *_: None)
        self._refreshed = 0.0
        self._loading: threading.Thread | None = None
        self._pool = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="embed")

    @property
    def fingerprint(self) -> str:
        """Changes when the same file would give other chunks or vectors."""
        settings = self._library.settings
        chunking = f"{settings.chunker}:{settings.chunk_tokens}:{settings.chunk_overlap}"
        return f"1|{chunking}|{self._library.embedder.fingerprint}"

    def add(self, files: Iterable[File], *, again: bool = False) -> Iterator[Outcome]:
        """Outcomes in the order of the files; `again` takes in what has not changed, too."""
        yield from self.take_in(self._loaded(files, again))

    def take_in(self, arriving: Iterable[Loaded | _Cut | Outcome | None]) -> Iterator[Outcome]:
        """Cut, embed and store documents as they arrive; small ones are embedded together. None: store what is here."""
        try:
            yield from self._taken_in(arriving)
        finally:
            self._await_model()

    def _taken_in(self, arriving: Iterable[Loaded | _Cut | Outcome | None]) -> Iterator[Outcome]:
        waiting: list[_Cut | Outcome] = []
        for item in arriving:
            if isinstance(item, Outcome) and not waiting:  # nothing before it is still to come
                yield item
            elif item is not None:
                waiting.append(self._cut(item) if isinstance(item, Loaded) else item)
            n_texts = sum(len(cut.texts) for cut in waiting if isinstance(cut, _Cut))
            if item is None or n_texts >= _GATHERED:
                yield from self._store(waiting)
                waiting = []
        yield from self._store(waiting)
        self._library.checkpoint()

    def _loaded(self, files: Iterable[File], again: bool) -> Iterator[_Cut | Outcome | None]:
        """Files as they come out of the fence, cut, some ahead of who takes them; None before each wait."""
        with Fence() as fence, ThreadPoolExecutor(1, thread_name_prefix="parse") as pool:
            ahead: _Ahead = deque()
            for file in files:
                ahead.append((file, pool.submit(self._prepared, fence, file, again)))
                while len(ahead) >= _AHEAD or _n_characters(ahead) > _AHEAD_CHARACTERS:
                    yield from self._next(*ahead.popleft())
            while ahead:
                yield from self._next(*ahead.popleft())

    @staticmethod
    def _next(file: File, pending: Future[_Cut | Outcome]) -> Iterator[_Cut | Outcome | None]:
        if not pending.done():
            yield None
        try:
            yield pending.result()
        except (LoadError, InputError) as error:
            yield Outcome(file.source, "failed", str(error))

    def _prepared(self, fence: Fence, file: File, again: bool) -> _Cut | Outcome:
        parsed = self._parse(fence, file, again)
        return self._cut(parsed) if isinstance(parsed, Loaded) else parsed

    def _parse(self, fence: Fence, file: File, again: bool) -> Loaded | Outcome:
        start = time.perf_counter()
        limit = self._library.settings.max_file_mb * 1_000_000
        known = self._library.catalogue.find(self._collection, file.source)
        sha256, size, modified_ns = _identity(file.path, limit)
        if known is not None and not again and (known.sha256, known.fingerprint) == (sha256, self.fingerprint):
            return _unchanged(known, time.perf_counter() - start)

        def pages(done: int, total: int) -> None:
            self._progress(file.source, "parsing", done, total)

        self._progress(file.source, "parsing", 0, 1)
        self._load_model()
        document = fence.load(file.path, file.path.name, max_bytes=limit, progress=pages)
        if _identity(file.path, limit) != (sha256, size, modified_ns):
            raise LoadError(f"{file.path.name!r} was changed while it was read: add it again")
        return Loaded(file.source, sha256, size, modified_ns, document, time.perf_counter() - start)

    def _load_model(self) -> None:
        """Beside the first parse, since both take half a second; nothing is loaded where no file has changed."""
        if self._loading is None:
            loading = threading.Thread(target=self._open_embedder, name="load-model")
            loading.start()
            self._loading = loading

    def _await_model(self) -> None:
        if self._loading is not None:
            self._loading.join()

    def _open_embedder(self) -> None:
        with suppress(FootnoteError):  # who embeds the first document meets the same error
            self._library.embedder_id  # noqa: B018 - opening it is the point

    def _cut(self, loaded: Loaded) -> _Cut:
        self._progress(loaded.source, "chunking", 0, 1)
        drafts = self._chunked(loaded.document)
        return _Cut(loaded, drafts, [_read_text(loaded.document, draft) for draft in drafts])

    def _store(self, waiting: Sequence[_Cut | Outcome]) -> Iterator[Outcome]:
        start = time.perf_counter()
        cuts = [cut for cut in waiting if isinstance(cut, _Cut)]
        vectors = self._embedded(cuts)
        seconds = (time.perf_counter() - start) / max(1, len(cuts))
        done = 0
        for item in waiting:
            if isinstance(item, Outcome):
                yield item
            else:
                yield self._put(item, vectors[done : done + len(item.texts)], seconds)
                done += len(item.texts)

    def _put(self, cut: _Cut, vectors: Vectors, seconds: float) -> Outcome:
        loaded, document, library = cut.loaded, cut.loaded.document, self._library
        start = time.perf_counter()
        self._progress(loaded.source, "indexing", 0, 1)
        identity = (loaded.sha256, loaded.size, loaded.modified_ns)
        new = NewDocument(self._collection, loaded.source, *identity, self.fingerprint, document)
        number = library.catalogue.put(new, _placed(document, cut.drafts), vectors, library.embedder_id)
        self._refresh_sometimes()
        seconds = loaded.seconds + seconds + time.perf_counter() - start
        counts = (len(document.pages), len(cut.drafts), round(seconds, 3))
        return Outcome(loaded.source, "ready", "", number, *counts, document.warnings)

    def _chunked(self, document: Document) -> list[ChunkDraft]:
        settings, embedder = self._library.settings, self._library.embedder
        if settings.chunk_tokens > embedder.max_tokens:
            raise InputError(
                f"FOOTNOTE_CHUNK_TOKENS={settings.chunk_tokens} is more than the {embedder.max_tokens} that "
                f"{embedder.name} reads"
            )
        return chunk(
            document,
            strategy=settings.chunker,
            tokenizer=embedder.tokenizer,
            max_tokens=settings.chunk_tokens,
            overlap=settings.chunk_overlap,
            embed=embedder.embed_documents,
        )

    def _embedded(self, cuts: Sequence[_Cut]) -> Vectors:
        """The vectors of all their texts, in order. Alike lengths go together, so that little is padded; a text that
        several documents share, a disclaimer for example, goes once."""
        if cuts:
            self._await_model()
        texts = [text for cut in cuts for text in cut.texts]
        different = sorted(set(texts), key=lambda text: (len(text), text))
        rows = {text: row for row, text in enumerate(different)}
        vectors = np.empty((len(different), self._library.embedder.dim), dtype=np.float32)
        for part, found in self._parts_embedded(cuts, different):
            vectors[[rows[text] for text in part]] = found
        return vectors[[rows[text] for text in texts]]

    def _parts_embedded(self, cuts: Sequence[_Cut], texts: Sequence[str]) -> Iterator[tuple[Sequence[str], Vectors]]:
        """The texts in parts, as soon as each is embedded, told file by file."""
        parts = [texts[at : at + _EMBED_AT_ONCE] for at in range(0, len(texts), _EMBED_AT_ONCE)]
        pending = {self._pool.submit(self._library.embedder.embed_documents, part): part for part in parts}
        done: set[str] = set()
        self._tell_embedded(cuts, done)
        try:
            for embedded in as_completed(pending):
                yield pending[embedded], embedded.result()
                done.update(pending[embedded])
                self._tell_embedded(cuts, done)
        finally:
            for left in pending:  # after a failure nobody wants the rest
                left.cancel()

    def _tell_embedded(self, cuts: Sequence[_Cut], done: Collection[str]) -> None:
        """How many of its own passages each file has behind it."""
        for cut in cuts:
            n_done = sum(text in done for text in cut.texts)
            self._progress(cut.loaded.source, "embedding", n_done, len(cut.texts))

    def _refresh_sometimes(self) -> None:
        """The keyword index takes in many documents at once for nearly the price of one, so it follows every second."""
        if time.monotonic() - self._refreshed > _REFRESH_S:
            self._library.keyword.refresh()
            self._refreshed = time.monotonic()


_Ahead = deque[tuple[File, Future[_Cut | Outcome]]]


def _n_characters(ahead: _Ahead) -> int:
    """Characters of the documents that are parsed and wait to be embedded."""
    done = [prepared.result() for _, prepared in ahead if prepared.done() and prepared.exception() is None]
    return sum(len(item.loaded.document.text) for item in done if isinstance(item, _Cut))


def checked_collection(name: str) -> str:
    """A collection's name without blanks around it; raises InputError for one that cannot be shown on a line."""
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InputError(f"{name[:100]!r} cannot name a collection: use 1 to 100 printable characters")
    return name


def _identity(path: Path, limit: int) -> tuple[str, int, int]:
    """The file's SHA-256, size in bytes and time of change in nanoseconds."""
    try:
        stat = path.stat()
        if not S_ISREG(stat.st_mode):
            raise LoadError(f"{path.name!r} is not a file that can be read: it is a device, or a folder closed to you")
        if stat.st_size > limit:
            size, most = stat.st_size // 1_000_000, limit // 1_000_000
            raise LoadError(f"{path.name} has {size:,} MB; the limit is {most:,} MB (FOOTNOTE_MAX_FILE_MB)")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), stat.st_size, stat.st_mtime_ns
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LoadError(f"{path.name!r} cannot be read ({reason}): check that it exists and its rights") from error


def _unchanged(known: DocumentRecord, seconds: float) -> Outcome:
    counts = (known.n_pages, known.n_chunks, round(seconds, 3))
    return Outcome(known.source, "unchanged", "", known.id, *counts, known.warnings)


def _read_text(document: Document, draft: ChunkDraft) -> str:
    text = document.text[draft.start : draft.end]
    return embedding_text(document.title, heading_path(draft.heading), draft.context, text)


def _placed(document: Document, drafts: Iterable[ChunkDraft]) -> list[NewChunk]:
    """The drafts with the pages on which they begin and end."""
    starts = np.array([page.start for page in document.pages])

    def page_at(position: int) -> int | None:
        if not len(starts):
            return None
        return document.pages[max(0, int(np.searchsorted(starts, position, side="right")) - 1)].number

    return [
        NewChunk(d.start, d.end, heading_path(d.heading), d.context, page_at(d.start), page_at(d.end - 1))
        for d in drafts
    ]
