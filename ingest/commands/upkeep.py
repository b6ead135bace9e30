"""`reindex`, `doctor`, `backup` and `restore`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from indexes.dense import tokenizer_id
from indexes.home import load_settings
from indexes.library import Library
from ingest.backup import back_up, restore_to
from ingest.commands.add import shown, told
from ingest.commands.showing import print_json, summary, typed_path
from ingest.doctor import examine, mend
from ingest.files import File
from ingest.known import given_up, still_unreadable
from ingest.ledger import InMemory, Outcome
from ingest.moving import move_to
from ingest.originals import is_there, original, original_path, outermost
from ingest.pipeline import Pipeline
from ingest.progress import Show
from ingest.sources import INSIDE, path_of
from ingest.staleness import Stale, is_moving, stale_documents
from ingest.web import is_address
from rag.errors import IndexMismatch
from rag.protocols import Embedder
from rag.types import DocumentRecord, counted


def reindex(arguments: argparse.Namespace) -> int:
    """Read again what is stale, and move to another embedder, while searches go on with what there is."""
    library: Library = arguments.open_library()
    tokenizer_id(library.configured)  # whoever wants another embedder hears that it cannot be opened
    target = library.configured if is_moving(library) else None
    stale = stale_documents(library)
    if target is not None and not _can_search(library):  # nothing works before it is moved
        _moved(library, target, arguments)
        target = None
    n_outer = sum(why != "embedder" and INSIDE not in record.source for record, why in stale)
    with shown(arguments, n_outer) as show:
        outcomes = [told(show, outcome) for outcome in _read_again(library, stale, target, show)]
        outcomes += [told(show, still) for still in still_unreadable(library, outcomes)]
    if target is not None:
        _moved(library, target, arguments)
    library.keyword.refresh()
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


def _read_again(library: Library, stale: Stale, target: Embedder | None, show: Show) -> Iterator[Outcome]:
    groups = defaultdict(list)
    for record, why in stale:
        if why != "embedder":  # its passages stay as they are, and only get other vectors
            groups[record.collection, tuple(sorted(record.options.items()))].append(record)
    for (collection, options), records in groups.items():
        ledger = InMemory(show.progress)
        pipeline = Pipeline(library, collection, ledger, options=dict(options), beside=target)
        by_source = {record.source: record for record in records}
        files = list(_by_themselves(library, records))
        still = {file.source: outcome for file in files if (outcome := given_up(library, collection, file))}
        yield from still.values()
        tried = [file for file in files if file.source not in still]
        for outcome in pipeline.add(tried, again=True):
            yield _explained(library, by_source.get(outcome.source), outcome)


def _by_themselves(library: Library, records: Sequence[DocumentRecord]) -> Iterator[File]:
    """The files of documents, without those inside of another one of them: they come with the file that holds them."""
    home, sources = library.settings.home, library.catalogue.sources
    read = {record.id for record in records if is_there(original_path(home, record))}
    for record in records:
        found = sources.find(record.collection, record.source)
        if found is None or read.isdisjoint(sources.holders(found.container)):
            yield original(library, record)


def _explained(library: Library, record: DocumentRecord | None, outcome: Outcome) -> Outcome:
    """The outcome; of a document whose bytes are gone, what can be done. Its text is kept, but not the headings, lists
    and tables that it is cut by, which only the file itself tells."""
    if record is None or outcome.state != "failed" or is_there(original_path(library.settings.home, record)):
        return outcome
    holder = outermost(library, record)
    if holder is not None:
        cure = f"`python -m ingest doctor --repair` takes it out of {holder.source} again"
    elif is_address(record.source):
        cure = "`python -m ingest add` its address again"
    elif path_of(record.source).is_absolute():
        cure = "put it back, or `python -m ingest sync` its folder, or `add` it from where it is now"
    else:
        cure = "hand it in again under the same name"
    reason = f"{record.source} is gone, so that it cannot be cut anew and stays as it was read before: {cure}"
    return replace(outcome, reason=reason)


def _moved(library: Library, target: Embedder, arguments: argparse.Namespace) -> None:
    def tell(done: int, total: int) -> None:
        if arguments.json and total:
            print_json([{"state": "embedding", "embedder": target.name, "done": done, "total": total}])

    n = move_to(library, target, tell)
    if not arguments.json:
        print(f"moved to {target.name}: {n} passages embedded, and searches use it from now on")


def doctor(arguments: argparse.Namespace) -> int:
    """Every finding; with `--repair`, mended where that is possible, and looked at again."""
    library: Library = arguments.open_library()
    findings = examine(library)
    mended: set[str] = set()
    while arguments.repair and (curable := [f for f in findings if f.cure is not None and f.what not in mended]):
        for finding in curable:
            mended.add(finding.what)
            done = mend(library, finding)
            print_json([{"repaired": finding.what, "done": done}]) if arguments.json else print(f"repair: {done}")
        findings = examine(library)  # once the catalogue is whole, more can be told
    if arguments.json:
        print_json(
            {key: value for key, value in asdict(finding).items() if key not in ("cure", "hides")}
            for finding in findings
        )
    else:
        for finding in findings:
            print(f"{'ok ' if finding.good else 'BAD'}  {finding.what}: {finding.text}")
        if any(not finding.good and finding.cure for finding in findings):
            print("`python -m ingest doctor --repair` mends what it can")
    return 0 if all(finding.good for finding in findings) else 1


def backup(arguments: argparse.Namespace) -> int:
    """The whole home into one file, while others go on working."""
    library: Library = arguments.open_library()
    told_of = back_up(library, typed_path(arguments.file))
    print_json([told_of]) if arguments.json else print(
        f"{told_of['file']}: {counted(told_of['documents'], 'document')}, "
        f"{counted(told_of['originals'], 'kept file')}, {told_of['mb']} MB"
    )
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """A backup as the home of now; what was there is put aside with `--replace`."""
    home: Path = load_settings().home
    told_of = restore_to(home, typed_path(arguments.file), replace=arguments.replace)
    print_json([told_of]) if arguments.json else print(
        f"{home}: {counted(told_of['documents'], 'document')} put back"
        + (f"; the former home is {told_of['former']}" if told_of["former"] else "")
    )
    return 0
