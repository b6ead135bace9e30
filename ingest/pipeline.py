"""The way of a file: fenced parse, chunks, vectors, one transaction. While some are embedded the next are parsed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from indexes.dense import tokenizer_id
from indexes.library import Library
from indexes.records import FileStat, NewDocument, SourceRecord
from ingest.cutting import Cut, Loaded, Wanted, checked_options, cut, placed, with_options
from ingest.embedding import Embedding
from ingest.fence import Fence
from ingest.files import File, is_same, is_unmoved, look_at, sha256_of
from ingest.kept import keep
from ingest.ledger import InMemory, Ledger, Outcome
from ingest.originals import INSIDE
from ingest.removal import discard_kept
from ingest.web import Web
from rag.errors import Cancelled, FootnoteError, IndexMismatch, InputError, LoadError
from rag.protocols import Embedder
from rag.types import Vectors

_GATHERED = 256
"""Texts of small documents that are waited for before they are embedded together."""
_REFRESH_S = 1.0
_AHEAD = 16
_AHEAD_CHARACTERS = 4_000_000
"""Parsing keeps ahead of embedding by so many files, but by no more text than this."""
MOST_NESTED = 3
"""Files within files within files are taken in; what lies deeper is named in a warning."""
_TRIES = 3

__all__ = ["File", "Loaded", "Outcome", "Pipeline", "checked_collection"]

_Prepared = Future[Cut | tuple[File, Outcome]]
Arriving = Loaded | Cut | tuple[File, Outcome] | None
"""What comes out of the fence; None: nothing is ready yet, so that what waits shall be stored meanwhile."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was found, and when work on it began."""

    file: File
    stat: FileStat
    sha256: str
    start: float

    def seconds(self) -> float:
        return round(time.perf_counter() - self.start, 3)


class Pipeline:
    """Takes files into one collection of a library.

    `options` are settings for these files alone; `beside` is an embedder that is not in use yet, whose vectors are
    written, too.
    """

    def __init__(
        self,
        library: Library,
        collection: str,
        ledger: Ledger | None = None,
        *,
        options: Mapping[str, Any] | None = None,
        beside: Embedder | None = None,
    ) -> None:
        self._library = library
        self._collection = checked_collection(collection)
        self._ledger = ledger or InMemory()
        self._options = checked_options(options or {})
        self._settings = with_options(library.settings, self._options)
        self._beside = beside
        self._tokenizer = tokenizer_id(beside) if beside else ""
        self._is_again = False
        self._handed_out: set[str] = set()
        """Kept bytes that this run has still to read, or has read."""
        self._refreshed = 0.0
        self._loading: threading.Thread | None = None
        self._embedding = Embedding()
        self._web = Web(library)

    def add(self, files: Iterable[File], *, again: bool = False) -> Iterator[Outcome]:
        """Outcomes in the order of the files, each followed by those of the files that were found inside of it.

        `again` takes in what has not changed, too.
        """
        self._is_again = again
        yield from self.take_in(self._arriving(files))

    def take_in(self, arriving: Iterable[Arriving]) -> Iterator[Outcome]:
        """Cut, embed and store documents as they arrive; small ones are embedded together."""
        try:
            yield from self._taken_in(arriving)
        finally:
            self._await_model()

    def _taken_in(self, arriving: Iterable[Arriving]) -> Iterator[Outcome]:
        waiting: list[Cut | tuple[File, Outcome]] = []
        for item in arriving:
            if isinstance(item, tuple) and not waiting:  # nothing before it is still to come
                yield item[1]
            elif item is not None:
                waiting.append(self._cut(item) if isinstance(item, Loaded) else item)
            n_texts = sum(len(item.texts) for item in waiting if isinstance(item, Cut))
            if item is None or n_texts >= _GATHERED:
                yield from self._store(waiting)
                waiting = []
        yield from self._store(waiting)
        self._library.checkpoint()

    # -- parsing, ahead of embedding ---------------------------------------------------------------------------

    def _arriving(self, files: Iterable[File]) -> Iterator[Arriving]:
        """Files as they come out of the fence, cut, some ahead of who takes them; None before each wait."""
        timeout = self._options.get("parse_seconds")
        fence = Fence() if timeout is None else Fence(timeout_s=timeout)
        pool = ThreadPoolExecutor(1, thread_name_prefix="parse")
        try:
            fence.start()
            yield from self._ahead(files, lambda file: pool.submit(self._prepared, fence, file))
        finally:  # who stops early waits for no parser
            pool.shutdown(wait=False, cancel_futures=True)
            fence.close()
            pool.shutdown()

    def _ahead(self, files: Iterable[File], prepare: Callable[[File], _Prepared]) -> Iterator[Arriving]:
        ahead: deque[tuple[File, _Prepared]] = deque()
        left = iter(files)
        while True:
            file = self._ledger.next_member() or next(left, None)
            if file is None and not ahead:
                yield None  # what is stored now may have members
                if (file := self._ledger.next_member()) is None:
                    return
            if file is not None:
                ahead.append((file, prepare(file)))
            while ahead and (file is None or len(ahead) >= _AHEAD or _n_characters(ahead) > _AHEAD_CHARACTERS):
                yield from self._next(*ahead.popleft())

    def _next(self, file: File, pending: _Prepared) -> Iterator[Arriving]:
        if not pending.done():
            yield None
        try:
            yield pending.result()
        except Cancelled:
            yield file, Outcome(file.source, "cancelled")
        except (LoadError, InputError) as error:
            yield file, self._ended(file, Outcome(file.source, "failed", str(error)))

    def _ended(self, file: File, outcome: Outcome) -> Outcome:
        """The outcome once the ledger knows it; a file that was cancelled meanwhile is told as that."""
        try:
            self._ledger.ended(file, outcome, ())
        except Cancelled:
            return Outcome(file.source, "cancelled")
        return outcome

    def _prepared(self, fence: Fence, file: File) -> Cut | tuple[File, Outcome]:
        start = time.perf_counter()
        if file.url:
            self._ledger.step(file, "fetching", 0, 1)
            fetched = self._web.fetched(file, self._collection, self._limit, again=self._is_again)
            if isinstance(fetched, SourceRecord):
                return file, self._unchanged(_Seen(file, fetched.stat, fetched.sha256, start), fetched)
            file = fetched
        stat = look_at(file.path, self._limit)
        known = self._library.catalogue.sources.find(self._collection, file.source)
        current = known if known is not None and not self._is_again and self._is_current(known) else None
        if current is not None and is_same(current.stat, stat):
            return file, self._unchanged(_Seen(file, stat, current.sha256, start), current)
        seen = _Seen(file, stat, sha256_of(file.path), start)
        if current is not None and current.sha256 == seen.sha256:
            places = {"etag": file.etag, "last_modified": file.last_modified}
            self._library.catalogue.sources.touch(current, stat, **places)
            return file, self._unchanged(seen, current)
        if not self._is_again and (outcome := self._listed_also(seen)):
            return file, outcome
        return self._cut(self._parse(fence, seen))

    @property
    def _limit(self) -> int:
        return self._settings.max_file_mb * 1_000_000

    def _is_current(self, known: SourceRecord) -> bool:
        """Whether its document was read with the settings of now, and nothing inside it is missing."""
        return known.is_complete and known.fingerprint == self._fingerprint(known.media_type)

    def _fingerprint(self, media_type: str) -> str:
        return Wanted(self._library.settings, self._tokenizer or self._library.tokenizer_id()).fingerprint(
            media_type, self._options
        )

    def _unchanged(self, seen: _Seen, known: SourceRecord) -> Outcome:
        record = self._library.catalogue.document(known.document_id)
        counts = (record.n_pages, record.n_chunks, seen.seconds())
        return self._ended(seen.file, Outcome(seen.file.source, "unchanged", "", record.id, *counts, record.warnings))

    def _listed_also(self, seen: _Seen) -> Outcome | None:
        """Where the same bytes are there under another name: they are listed under both and stored once."""
        catalogue, file = self._library.catalogue, seen.file
        if catalogue.sources.twin(self._collection, file.source, seen.sha256) is None:
            return None  # as nearly always, and without a lock
        with catalogue.database.writing():
            self._check_wanted(file)
            twin = catalogue.sources.twin(self._collection, file.source, seen.sha256)
            if twin is None or not self._is_current(twin):
                return None
            record = catalogue.document(twin.document_id)
            if record.n_members:  # what is inside is listed under the name of the file that holds it
                return None
            counts = (record.n_pages, record.n_chunks, seen.seconds())
            reason = f"It has the same content as {twin.source}, which is stored once and listed under both."
            outcome = Outcome(file.source, "ready", reason, record.id, *counts, record.warnings)
            catalogue.sources.list_also(twin, file.source, seen.stat, file.container)
            self._ledger.ended(file, outcome, ())
        return outcome

    def _parse(self, fence: Fence, seen: _Seen) -> Loaded:
        members: dict[str, File] = {}
        file = seen.file

        def hand_out(name: str, data: bytes) -> None:
            kept = keep(self._library.settings.home, PurePosixPath(name.replace("\\", "/")).name, data)
            self._handed_out.add(kept.sha256)
            source = f"{file.source}{INSIDE}{name.replace(chr(92), '/').strip('/') or 'document'}"
            members[source] = File(kept.path, source, depth=file.depth + 1)

        def pages(done: int, total: int) -> None:
            self._ledger.step(file, "parsing", done, total)

        pages(0, 1)
        self._load_model()
        takes_members = hand_out if file.depth < MOST_NESTED else None
        for _ in range(_TRIES):
            members.clear()
            document = fence.load(file.path, file.name, max_bytes=self._limit, progress=pages, hand_out=takes_members)
            now = look_at(file.path, self._limit)
            if is_unmoved(seen.stat, now):
                return Loaded(file, seen.sha256, seen.stat, document, seen.seconds(), tuple(members.values()))
            seen = replace(seen, stat=now, sha256=sha256_of(file.path))
        raise LoadError(f"{file.path.name!r} is being changed while it is read: add it again when it is done")

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
            self._library.embedder_number(self._library.embedder)

    def _cut(self, loaded: Loaded) -> Cut:
        self._ledger.step(loaded.file, "chunking", 0, 1)
        return cut(loaded, self._settings, self._beside or self._library.embedder)

    # -- embedding and storing ---------------------------------------------------------------------------------

    def _store(self, waiting: Sequence[Cut | tuple[File, Outcome]]) -> Iterator[Outcome]:
        start = time.perf_counter()
        cuts = [item for item in waiting if isinstance(item, Cut)]
        dropped: set[str] = set()
        try:
            vectors = iter(self._embedded(cuts, dropped))
        except Cancelled:  # all of them
            vectors = iter(())
        seconds = (time.perf_counter() - start) / max(1, len(cuts))
        for item in waiting:
            if isinstance(item, tuple):
                yield item[1]
                continue
            found = next(vectors, {})
            try:
                if item.loaded.file.source in dropped:
                    raise Cancelled("cancelled")
                yield self._put(item, found, seconds)
            except Cancelled:
                yield Outcome(item.loaded.file.source, "cancelled")

    def _embedded(self, cuts: Sequence[Cut], dropped: set[str]) -> list[dict[int, Vectors]]:
        """For each document the vectors of each embedder. Raises Cancelled once none of them is wanted any more."""
        if not cuts:
            return []
        self._await_model()

        def tell(of: Cut, n_done: int) -> None:
            try:
                if of.loaded.file.source not in dropped:
                    self._ledger.step(of.loaded.file, "embedding", n_done, len(of.texts))
            except Cancelled:
                dropped.add(of.loaded.file.source)
                if len(dropped) == len(cuts):
                    raise

        found: list[dict[int, Vectors]] = [{} for _ in cuts]
        for embedder in (self._library.embedder, *([self._beside] if self._beside else [])):
            number = self._library.embedder_number(embedder)
            for row, vectors in zip(found, self._embedding.vectors(embedder, cuts, tell), strict=True):
                row[number] = vectors
        return found

    def _put(self, item: Cut, vectors: Mapping[int, Vectors], seconds: float) -> Outcome:
        start = time.perf_counter()
        self._ledger.step(item.loaded.file, "indexing", 0, 1)
        try:
            stored = self._committed(item, vectors)
        except IndexMismatch:  # the documents have moved to another embedder since these vectors were made
            stored = self._committed(item, self._embedded([item], set())[0])
        self._refresh_sometimes()
        return replace(stored, seconds=round(seconds + item.loaded.seconds + time.perf_counter() - start, 3))

    def _committed(self, item: Cut, vectors: Mapping[int, Vectors]) -> Outcome:
        """The document made visible, and all that belongs to it, in one transaction."""
        loaded, document, catalogue = item.loaded, item.loaded.document, self._library.catalogue
        file = loaded.file
        reading = (self._fingerprint(document.media_type), document, file.etag, file.last_modified, file.container)
        new = NewDocument(self._collection, file.source, loaded.sha256, loaded.stat, *reading, self._options)
        counts = (len(document.pages), len(item.drafts))
        outcome = Outcome(file.source, "ready", "", None, *counts, 0.0, document.warnings)

        def within(number: int) -> None:
            catalogue.keep_members(number, {member.source for member in loaded.members})
            members = [replace(member, container=number) for member in loaded.members]
            self._ledger.ended(file, replace(outcome, document=number), members)

        (first, rows), *more = vectors.items()
        known = catalogue.sources.find(self._collection, file.source)
        before = set() if known is None else catalogue.contents(known.document_id)
        with catalogue.database.writing():
            self._check_wanted(file)
            seen = _Seen(file, loaded.stat, loaded.sha256, time.perf_counter())
            if not self._is_again and (twin := self._listed_also(seen)):  # read side by side with it
                return twin
            chunks = placed(document, item.drafts)
            number = catalogue.put(new, chunks, rows, first, also=dict(more), within=within)
        discard_kept(self._library, before, self._handed_out)
        return replace(outcome, document=number)

    def _check_wanted(self, file: File) -> None:
        """Raises Cancelled when the document was removed that is read again, or the file that held this one."""
        catalogue = self._library.catalogue
        is_gone = self._is_again and not file.depth and catalogue.sources.find(self._collection, file.source) is None
        if is_gone or (file.container is not None and not catalogue.has(file.container)):
            raise Cancelled("cancelled")

    def _refresh_sometimes(self) -> None:
        """The keyword index takes in many documents at once for nearly the price of one, so it follows every second."""
        if time.monotonic() - self._refreshed > _REFRESH_S:
            self._library.keyword.refresh()
            self._refreshed = time.monotonic()


def _n_characters(ahead: Iterable[tuple[File, _Prepared]]) -> int:
    """Characters of the documents that are parsed and wait to be embedded."""
    done = [prepared.result() for _, prepared in ahead if prepared.done() and prepared.exception() is None]
    return sum(len(item.loaded.document.text) for item in done if isinstance(item, Cut))


def checked_collection(name: str) -> str:
    """A collection's name without blanks around it; raises InputError for one that cannot be shown on a line."""
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InputError(f"{name[:100]!r} cannot name a collection: use 1 to 100 printable characters")
    return name
