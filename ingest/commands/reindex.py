"""`reindex`: what was read with other settings is read again, by one process at a time."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from indexes.dense import tokenizer_id
from indexes.library import Library
from indexes.terminal import stop_on_sigterm
from ingest.commands.add import shown, told
from ingest.commands.showing import print_json, summary
from ingest.files import File
from ingest.gone import cure, with_holder
from ingest.known import given_up, still_unreadable
from ingest.ledger import InMemory, Outcome
from ingest.moving import move_to
from ingest.originals import is_there, original, original_path
from ingest.pace import Pace
from ingest.pipeline import Pipeline
from ingest.progress import EVERY_S, Show
from ingest.reindexing import Reading, reindexing
from ingest.sources import INSIDE
from ingest.staleness import Stale, is_moving, stale_documents
from ingest.weighing import tune_quietly
from rag.errors import IndexMismatch
from rag.protocols import Embedder
from rag.types import DocumentRecord


def reindex(arguments: argparse.Namespace) -> int:
    """Read again what is stale, and move to another embedder, while searches go on with what there is."""
    library: Library = arguments.open_library()
    stop_on_sigterm()
    with reindexing(library):
        return _reindexed(library, arguments)


def _reindexed(library: Library, arguments: argparse.Namespace) -> int:
    tokenizer_id(library.configured)  # whoever wants another embedder hears that it cannot be opened
    target = library.configured if is_moving(library) else None
    stale = stale_documents(library)
    if target is not None and not _can_search(library):  # nothing works before it is moved
        _moved(library, target, arguments)
        target = None
    n_outer = sum(why != "embedder" and INSIDE not in record.source for record, why in stale)
    reading = Reading(record for record, why in stale if why != "embedder")
    with shown(arguments, n_outer, reading.told) as show:
        outcomes = [told(show, outcome) for outcome in _read_again(library, stale, target, reading, show)]
        outcomes += [told(show, still) for still in still_unreadable(library, outcomes)]
    if target is not None:
        _moved(library, target, arguments)
    library.keyword.refresh()
    tune_quietly(library)
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    if not arguments.json:
        if stale:
            print(summary(outcomes))
        else:
            print("nothing to do: every document was read with the settings of now")
    return 1 if _told_left(library, stale, arguments) or failed else 0


def _told_left(library: Library, stale: Stale, arguments: argparse.Namespace) -> int:
    """How many documents are as stale as before, which is said: searches still find their old passages."""
    before = {record.id for record, _ in stale}
    left = [record.id for record, _ in stale_documents(library) if record.id in before]
    if left and arguments.json:
        print_json([{"state": "stale", "documents": left}])
    elif left:
        many = "documents stay" if len(left) > 1 else "document stays"
        print(f"{len(left)} {many} stale: searches find the old passages; `python -m ingest status` names what it is")
    return len(left)


def _can_search(library: Library) -> bool:
    with suppress(IndexMismatch):
        library.embedder.embed_query("x")
        return True
    return False


def _read_again(
    library: Library, stale: Stale, target: Embedder | None, reading: Reading, show: Show
) -> Iterator[Outcome]:
    def progress(source: str, stage: str, done: int, total: int) -> None:
        reading.progress(source, stage, done, total)
        show.progress(source, stage, done, total)

    groups = defaultdict(list)
    for record, why in stale:
        if why != "embedder":  # its passages stay as they are, and only get other vectors
            groups[record.collection, tuple(sorted(record.options.items()))].append(record)
    for (collection, options), records in groups.items():
        ledger = InMemory(progress)
        pipeline = Pipeline(library, collection, ledger, options=dict(options), beside=target)
        by_source = {record.source: record for record in records}
        files = list(_by_themselves(library, records))
        still = {file.source: outcome for file in files if (outcome := given_up(library, collection, file))}
        yield from still.values()
        tried = [file for file in files if file.source not in still]
        for outcome in pipeline.add(tried, again=True):
            reading.outcome(outcome)
            yield _explained(library, by_source.get(outcome.source), outcome)


def _by_themselves(library: Library, records: Sequence[DocumentRecord]) -> Iterator[File]:
    """The files of documents, without those inside of another one of them: they come with the file that holds them."""
    held = with_holder(library, records)
    for record in records:
        if record.id not in held:
            yield original(library, record)


def _explained(library: Library, record: DocumentRecord | None, outcome: Outcome) -> Outcome:
    """The outcome; of a document whose bytes are gone, what can be done."""
    if record is None or outcome.state != "failed" or is_there(original_path(library.settings.home, record)):
        return outcome
    reason = f"its file is gone, so that it cannot be cut anew and stays as it was read before: {cure(library, record)}"
    return replace(outcome, reason=reason)


def _moved(library: Library, target: Embedder, arguments: argparse.Namespace) -> None:
    n = move_to(library, target, _Moving(target.name, is_json=arguments.json).told)
    if not arguments.json:
        print(f"moved to {target.name}: {n} passages embedded, and searches use it from now on")


class _Moving:
    """Says now and then how many passages have been embedded for another embedder."""

    def __init__(self, name: str, *, is_json: bool) -> None:
        self._name = name
        self._is_json = is_json
        self._began = self._last = time.monotonic()

    def told(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done == 0:
            self._began = now
        if self._is_json and total:
            print_json([{"state": "embedding", "embedder": self._name, "done": done, "total": total}])
        elif done and now - self._last > EVERY_S:
            self._last = now
            rate = done / (now - self._began)
            speed = Pace(rate, (total - done) / rate).told
            print(f"{done:,} of {total:,} passages embedded by {self._name}, {speed}", flush=True)
