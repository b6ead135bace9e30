"""The command line of ingestion: `python -m ingest add | list | remove | reindex | doctor | chunks`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from indexes.home import load_settings
from indexes.library import Library
from indexes.terminal import one_line, run_command
from ingest.discovery import find_files, listed, read_list
from ingest.doctor import examine
from ingest.originals import original
from ingest.pipeline import File, Outcome, Pipeline
from ingest.progress import Bars, Events, Show
from rag.errors import InputError

DEFAULT_COLLECTION = "default"
_OTHER_KIND = "Its kind cannot be read; name the file itself if it is text."


def main(argv: Sequence[str]) -> int:
    """Run one command. 0: all good; 1: something failed and was named; 2: wrong use."""
    arguments = _parser().parse_args(argv)
    return run_command(lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Take documents in, list and remove them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        made.add_argument("--json", action="store_true", help="one JSON object per line")
        return made

    add = command("add", _add, "Read files or whole folders into a collection; what has not changed is left alone.")
    add.add_argument("paths", nargs="*", metavar="PATH")
    add.add_argument("--collection", default=DEFAULT_COLLECTION, metavar="NAME", help="default: %(default)s")
    add.add_argument("--events", action="store_true", help="with --json: a line for every step of a file, too")
    add.add_argument("--name", help="list the one PATH under this name instead of its path")
    add.add_argument("--list", metavar="FILE", help='lines of {"path": ..., "name": ...}; - reads standard input')
    listing = command("list", _list, "The documents of the library, or of one collection.")
    listing.add_argument("--collection", metavar="NAME")
    remove = command("remove", _remove, "Take documents out, by their numbers or their sources.")
    remove.add_argument("documents", nargs="+", metavar="DOCUMENT")
    remove.add_argument("--collection", metavar="NAME", help="where to look for a source")
    command("reindex", _reindex, "Read every document again whose settings or embedder have changed.")
    command("doctor", _doctor, "Compare the catalogue with its indexes and name what does not agree.")
    chunks = command("chunks", _chunks, "The chunks of a document, as they were cut and embedded.")
    chunks.add_argument("document", metavar="DOCUMENT", help="its number or its source")
    chunks.add_argument("--collection", metavar="NAME", help="where to look for a source")
    return parser


def _add(arguments: argparse.Namespace) -> int:
    if bool(arguments.paths) == bool(arguments.list):
        raise InputError("say which files: give their paths, or a list of them with --list")
    files, skipped = (read_list(arguments.list), []) if arguments.list else find_files(arguments.paths)
    if arguments.name is not None:
        name = listed(arguments.name)
        if len(files) != 1 or not name:
            raise InputError("--name goes with one file, and is not empty")
        files = [File(files[0].path, name)]
    code = _take_in(Library(load_settings()), arguments.collection, files, arguments)
    if arguments.json:
        _print_json(asdict(Outcome(file.source, "skipped", _OTHER_KIND)) for file in skipped)
    elif skipped:
        print(f"{len(skipped)} skipped: files of kinds that cannot be read ({_kinds(skipped)})")
    return code


def _kinds(files: Sequence[File]) -> str:
    """The endings of files with their numbers, the most frequent first."""
    counted = Counter(file.path.suffix.lower() or "no ending" for file in files)
    return ", ".join(f"{n} {one_line(suffix)}" for suffix, n in counted.most_common(8))


def _take_in(
    library: Library, collection: str, files: Sequence[File], arguments: argparse.Namespace, *, again: bool = False
) -> int:
    with _shown(arguments, len(files)) as show:
        pipeline = Pipeline(library, collection, progress=show.progress)
        outcomes = [_told(show, outcome) for outcome in pipeline.add(files, again=again)]
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    if not arguments.json:
        _summary(outcomes, failed)
    return 1 if failed else 0


def _told(show: Show, outcome: Outcome) -> Outcome:
    show.outcome(outcome)
    return outcome


def _shown(arguments: argparse.Namespace, n_files: int) -> Show:
    return Events(every_step=getattr(arguments, "events", False)) if arguments.json else Bars(n_files)


def _summary(outcomes: Sequence[Outcome], failed: Sequence[Outcome]) -> None:
    ready = [outcome for outcome in outcomes if outcome.state == "ready"]
    unchanged = len(outcomes) - len(ready) - len(failed)
    n_chunks = sum(outcome.chunks for outcome in ready)
    print(f"{len(ready)} ready ({n_chunks} passages), {unchanged} unchanged, {len(failed)} failed")


def _list(arguments: argparse.Namespace) -> int:
    library = Library(load_settings())
    library.check_collection(arguments.collection)
    records = library.catalogue.documents(arguments.collection)
    if arguments.json:
        _print_json(asdict(record) for record in records)
        return 0
    for record in records:
        pages = f"{record.n_pages} p, " if record.n_pages else ""
        print(f"{record.id:>6}  {record.collection:<12}  {pages}{record.n_chunks} passages  {one_line(record.source)}")
    if not records:
        print("no documents yet: `python -m ingest add PATH` takes some in")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    library = Library(load_settings())
    numbers = [_number(library, text, arguments.collection) for text in arguments.documents]
    for number in dict.fromkeys(numbers):
        source = library.catalogue.document(number).source
        library.catalogue.remove(number)
        if arguments.json:
            _print_json([{"document": number, "source": source, "state": "removed"}])
        else:
            print(f"removed {number} {one_line(source)}")
    library.keyword.refresh()
    return 0


def _number(library: Library, text: str, collection: str | None) -> int:
    """The id of a document given by its number or its source; raises InputError when there is none, or several."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return library.catalogue.document(int(text)).id
    sources = {text, _resolved(text)}
    found = [record.id for record in library.catalogue.documents(collection) if record.source in sources]
    if len(found) != 1:
        which = "no document" if not found else f"{len(found)} documents (name one by its number)"
        raise InputError(f"{which} with the source {text!r}: `python -m ingest list` shows them")
    return found[0]


def _resolved(text: str) -> str:
    """The path as `add` lists it."""
    try:
        return str(Path(text).expanduser().resolve())
    except (OSError, ValueError, RuntimeError):
        return text


def _reindex(arguments: argparse.Namespace) -> int:
    library = Library(load_settings())
    code, n_stale = 0, 0
    for collection in library.catalogue.collections():
        fingerprint = Pipeline(library, collection).fingerprint
        stale = [r for r in library.catalogue.documents(collection) if r.fingerprint != fingerprint]
        files = [original(library.settings.home, record) for record in stale]
        code = max(code, _take_in(library, collection, files, arguments, again=True)) if files else code
        n_stale += len(stale)
    if not n_stale and not arguments.json:
        print("nothing to do: every document was read with the settings of now")
    library.keyword.refresh()
    return code


def _doctor(arguments: argparse.Namespace) -> int:
    findings = examine(Library(load_settings()))
    if arguments.json:
        _print_json(asdict(finding) for finding in findings)
    else:
        for finding in findings:
            print(f"{'ok ' if finding.good else 'BAD'}  {finding.what}: {finding.text}")
    return 0 if all(finding.good for finding in findings) else 1


def _chunks(arguments: argparse.Namespace) -> int:
    library = Library(load_settings())
    for chunk in library.catalogue.chunks_of(_number(library, arguments.document, arguments.collection)):
        if arguments.json:
            _print_json([asdict(chunk)])
        else:
            pages = f", page {chunk.page}" if chunk.page else ""
            print(f"--- {chunk.ordinal}: characters {chunk.start} to {chunk.end}{pages}  {chunk.heading}")
            print("\n".join(part for part in (chunk.context and f"[{chunk.context}]", chunk.text) if part))
    return 0


def _print_json(rows: Iterable[object]) -> None:
    for row in rows:
        print(json.dumps(row, ensure_ascii=False), flush=True)
