"""The way of a file: fenced parse, chunks, vectors, one transaction. While some are embedded the next are parsed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from indexes.dense import tokenizer_id
from indexes.library import Library
from indexes.records import NewDocument, SourceRecord
from ingest.cutting import (
    Cut,
    Loaded,
    Wanted,
    check_fits,
    checked_collection,
    checked_options,
    cut,
    cutting,
    placed,
    with_options,
    with_texts,
)
from ingest.embedding import Embedding
from ingest.fence import Fence
from ingest.files import File, Seen, is_same, is_unmoved, look_at, sha256_of
from ingest.known import end, is_whole, twin_of
from ingest.ledger import InMemory, Ledger, Outcome, same_as
from ingest.removal import discard_kept, kept_inside
from ingest.taking_out import TakingOut, account
from ingest.web import Web
from rag.errors import Cancelled, FootnoteError, IndexMismatch, InputError, LoadError, Unreadable
from rag.protocols import Embedder
from rag.types import Vectors

_GATHERED = 256
"""Texts of small documents that are waited for before they are embedded together."""
_REFRESH_S = 1.0
_AHEAD = 16
_AHEAD_CHARACTERS = 4_000_000
"""Parsing keeps ahead of embedding by so many files, but by no more text than this."""
_TRIES = 3

__all__ = ["File", "Loaded", "Outcome", "Pipeline", "checked_collection"]

_Prepared = Future[Cut | tuple[File, Outcome]]
Arriving = Loaded | Cut | tuple[File, Outcome] | None
"""What comes out of the fence; None: nothing is ready yet, so that what waits shall be stored meanwhile."""


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
        self._limit = self._settings.max_file_mb * 1_000_000
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
        except BaseException:  # as when the run is stopped: a page may be on its way for a minute
            self._web.stop()
            raise
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
        except Cancelled as error:
            yield file, Outcome(file.source, error.state)
        except (LoadError, InputError) as error:
            yield file, self._ended(file, Outcome(file.source, "failed", str(error)))

    def _ended(self, file: File, outcome: Outcome) -> Outcome:
        """The outcome once the ledger knows it; a file that was cancelled meanwhile is told as that."""
        try:
            end(self._library, self._collection, self._ledger, file, outcome)
        except Cancelled as error:
            return Outcome(file.source, error.state)
        return outcome

    def _prepared(self, fence: Fence, file: File) -> Cut | tuple[File, Outcome]:
        start = time.perf_counter()
        if file.url:
            fetched = self._fetched(file, start)
            if isinstance(fetched, Outcome):
                return file, fetched
            file = fetched
        stat = look_at(file.path, self._limit)
        known = self._library.catalogue.sources.find(self._collection, file.source)
        current = known if known is not None and not self._is_again and self._is_current(known) else None
        seen = Seen(file, stat, "", start)
        if current is not None and is_same(current.stat, stat):
            seen = replace(seen, sha256=current.sha256)
            if outcome := self._unchanged(seen):
                return file, outcome
        seen = replace(seen, sha256=sha256_of(file.path))
        if current is not None and current.sha256 == seen.sha256 and (outcome := self._unchanged(seen)):
            return file, outcome
        if not self._is_again and (outcome := self._listed_also(seen)):
            return file, outcome
        try:
            return self._parse(fence, seen)
        except Unreadable as error:
            tried = replace(file, stat=seen.stat, sha256=seen.sha256)
            return file, self._ended(tried, Outcome(file.source, "failed", str(error), is_final=True))

    def _fetched(self, file: File, start: float) -> File | Outcome:
        """A web page as a file; the outcome of one that has not changed and is still there."""
        self._ledger.step(file, "fetching", 0, 1)
        again = self._is_again
        while isinstance(found := self._web.fetched(file, self._collection, self._limit, again=again), SourceRecord):
            if outcome := self._unchanged(Seen(file, found.stat, found.sha256, start)):
                return outcome
            again = True
        return found

    def _is_current(self, known: SourceRecord) -> bool:
        """Whether its document was read with the settings of now, and nothing inside it is missing."""
        return is_whole(known) and known.fingerprint == self._fingerprint(known.media_type)

    def _fingerprint(self, media_type: str) -> str:
        return Wanted(self._library.settings, self._tokenizer or self._library.tokenizer_id()).fingerprint(
            media_type, self._options
        )

    def _unchanged(self, seen: Seen) -> Outcome | None:
        """The end of a file that is there already; None when its document was removed or replaced since it was found.

        It is told in the transaction that looks, so that a removal comes either before or after all of it.
        """
        catalogue, file = self._library.catalogue, seen.file
        with catalogue.database.writing():
            self._check_wanted(file)
            now = catalogue.sources.find(self._collection, file.source)
            if now is None or now.sha256 != seen.sha256 or not self._is_current(now):
                return None
            if now.stat != seen.stat:  # the same bytes have another time
                catalogue.sources.touch(now, seen.stat, etag=file.etag, last_modified=file.last_modified)
            counts = (now.n_pages, now.n_chunks, seen.seconds())
            return self._ended(file, Outcome(file.source, "unchanged", "", now.document_id, *counts, now.warnings))

    def _listed_also(self, seen: Seen) -> Outcome | None:
        """Where the same bytes are there under another name: they are listed under both and stored once."""
        catalogue, file = self._library.catalogue, seen.file
        if twin_of(self._library, self._collection, file, seen.sha256) is None:
            return None  # as nearly always, and without a lock
        with catalogue.database.writing():
            self._check_wanted(file)
            twin = twin_of(self._library, self._collection, file, seen.sha256)
            if twin is None or not self._is_current(twin):
                return None
            record = catalogue.document(twin.document_id)
            if record.n_members:  # what is inside is listed under the name of the file that holds it
                return None
            counts = (record.n_pages, record.n_chunks, seen.seconds())
            outcome = Outcome(file.source, "ready", same_as(twin.source), record.id, *counts, record.warnings)
            said = {"etag": file.etag, "last_modified": file.last_modified}
            catalogue.sources.list_also(twin, file.source, seen.stat, file.container, **said)
            end(self._library, self._collection, self._ledger, file, outcome)
        return outcome

    def _parse(self, fence: Fence, seen: Seen) -> Cut:
        file = seen.file
        taking_out = TakingOut(self._library, self._collection, file, self._handed_out)
        try:
            self._ledger.step(file, "parsing", 0, 1)
            self._load_model()
            embedder = self._beside or self._library.embedder
            rules = cutting(self._settings, embedder, lambda *told: self._ledger.step(file, "chunking", *told))
            told = partial(self._ledger.step, file, "parsing")
            wanted: dict[str, Any] = {"hand_out": taking_out.hand_out if taking_out.is_wanted else None}
            wanted |= {"max_bytes": self._limit, "progress": told, "room": taking_out.room, "skipped": taking_out.skip}
            for _ in range(_TRIES):
                taking_out.start()
                document, drafts = fence.load_and_cut(file.path, file.name, rules, **wanted)
                now = look_at(file.path, self._limit)
                if is_unmoved(seen.stat, now):
                    check_fits(self._settings, embedder)  # after the parse, since to know its limit may load a model
                    self._ledger.step(file, "cut", 0, len(drafts))
                    inside, folders = taking_out.settle()
                    self._handed_out |= folders
                    found = (document, seen.seconds(), inside, taking_out.n_skipped, taking_out.refused)
                    return with_texts(Loaded(file, seen.sha256, seen.stat, *found), drafts)
                seen = replace(seen, stat=now, sha256=sha256_of(file.path))
            raise LoadError(f"{file.path.name!r} is being changed while it is read: add it again when it is done")
        except BaseException:
            taking_out.drop()
            raise

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
        dropped: dict[str, Cancelled] = {}
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
                if loss := dropped.get(item.loaded.file.source):
                    raise loss
                yield self._put(item, found, seconds)
            except Cancelled as error:
                yield Outcome(item.loaded.file.source, error.state)

    def _embedded(self, cuts: Sequence[Cut], dropped: dict[str, Cancelled]) -> list[dict[int, Vectors]]:
        """For each document the vectors of each embedder. Raises Cancelled once none of them is wanted any more."""
        if not cuts:
            return []
        self._await_model()

        def tell(of: Cut, n_done: int) -> None:
            try:
                if of.loaded.file.source not in dropped:
                    self._ledger.step(of.loaded.file, "embedding", n_done, len(of.texts))
            except Cancelled as error:
                dropped[of.loaded.file.source] = error
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
            stored = self._committed(item, self._embedded([item], {})[0])
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
            catalogue.keep_members(number, loaded.contents)
            members = [replace(member, container=number) for member in loaded.members]
            account(self._library, number, file, members, loaded)
            ended = replace(outcome, document=number)
            end(self._library, self._collection, self._ledger, file, ended, members=members)

        (first, rows), *more = vectors.items()
        known = catalogue.sources.find(self._collection, file.source)
        before = set() if known is None else kept_inside(self._library, [known.document_id])
        with catalogue.database.writing():
            self._check_wanted(file)
            seen = Seen(file, loaded.stat, loaded.sha256, time.perf_counter())
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
