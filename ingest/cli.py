"""The command line of ingestion: `python -m ingest COMMAND`; `--help` lists the commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from indexes.access import Visibility
from indexes.home import load_settings
from indexes.library import Library
from indexes.terminal import run_command
from ingest.commands import add, collections, documents, queue, reindex, removed, sync, upkeep, weight
from ingest.loaders import SUFFIXES
from ingest.weighing import FEWEST_PASSAGES
from rag.weights import DEFAULT_WEIGHT

DEFAULT_COLLECTION = "default"
_MOST_S = 3600

Run = Callable[[argparse.Namespace], int]
Command = Callable[[str, Run, str], argparse.ArgumentParser]


def main(argv: Sequence[str]) -> int:
    """Run one command. 0: all good; 1: something failed and was named; 2: wrong use.

    A file that failed before and is still not readable, since nothing has changed, is named, and no new failure.
    """
    arguments = _parser().parse_args(argv)
    opened: list[Library] = []

    def open_library(*, only_looks: bool = False) -> Library:
        opened.append(Library(load_settings(), only_looks=only_looks))
        return opened[-1]

    arguments.open_library = open_library
    try:
        return run_command(lambda: arguments.run(arguments))
    finally:
        for library in opened:
            library.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Take documents in, list and remove them.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        made.add_argument("--json", action="store_true", help="one JSON object per line")
        return made

    _incoming(command)
    _documents(command)
    _removed(command)
    _queue(command)
    _upkeep(command)
    return parser


def _incoming(command: Command) -> None:
    made = command("add", add.add, "Read files or whole folders into a collection; what has not changed is left alone.")
    made.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or the address of a web page")
    made.add_argument("--collection", default=DEFAULT_COLLECTION, metavar="NAME", help="default: %(default)s")
    made.add_argument("--events", action="store_true", help="with --json: a line for every step of a file, too")
    made.add_argument(
        "--name", help="list the one PATH under this name, and keep a copy of it in the library, as of an upload"
    )
    made.add_argument("--list", metavar="FILE", help='lines of {"path": ..., "name": ...}; - reads standard input')
    kinds = " ".join(sorted(SUFFIXES))
    made.epilog = (
        f"Kinds that are read in folders: {kinds}. A text without an ending is read when its file is named. What could "
        "not be read before and has not changed is only counted, as still not readable, and leaves the exit code 0, "
        "in a folder as among several that are named (*.pdf). Named alone it is tried again: the code is 1 when it "
        "fails again."
    )
    _add_patterns(made)
    made.add_argument("--detach", action="store_true", help="queue the files for the workers and return at once")
    _add_set(made)
    made = command("sync", sync.sync, "Make a collection follow a folder: added, changed, moved and removed files.")
    made.epilog = (
        "added: files that nobody has tried. changed: other bytes than those that were tried last, whether these were "
        "read or failed. retried: the last try failed or was stopped, and another may go better. moved: the bytes of a "
        "file that is gone. removed: gone from the folder, or ignored now. left alone: hidden, or left out by nothing "
        "but patterns given by hand. still not readable: failed over these very bytes. The last two are counted; "
        "--dry-run and --json name them."
    )
    made.add_argument("folder", metavar="FOLDER", nargs="?")
    made.add_argument("--web", action="store_true", help="ask for the collection's web pages again instead")
    made.add_argument("--collection", default=DEFAULT_COLLECTION, metavar="NAME", help="default: %(default)s")
    made.add_argument("--dry-run", action="store_true", help="only say what would be done")
    made.add_argument("--watch", action="store_true", help="go on after every change, until stopped")
    made.add_argument(
        "--settle", type=_seconds, default=2.0, metavar="SECONDS", help="of quiet before a change counts, 0 to 3600"
    )
    _add_patterns(made)
    made.add_argument("--allow-empty", action="store_true", help="remove everything when the folder is empty")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _MOST_S:  # nor what is no number at all
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of seconds from 0 to {_MOST_S}")
    return value


def _add_patterns(made: argparse.ArgumentParser) -> None:
    for name, which in (("--include", "only"), ("--exclude", "none")):
        text = f"of a folder's files {which} that fit, as in .gitignore; may be said again"
        made.add_argument(name, action="append", default=[], metavar="PATTERN", help=text)


def _add_set(made: argparse.ArgumentParser) -> None:
    text = "for these files alone: chunker, chunk_tokens, chunk_overlap, max_file_mb, parse_seconds"
    made.add_argument("--set", action="append", metavar="NAME=VALUE", help=text)


def _documents(command: Command) -> None:
    made = command("list", documents.list_documents, "The documents of the library, or of one collection.")
    made.add_argument("--collection", metavar="NAME")
    made = command("show", documents.show, "All that is known of one document.")
    made.add_argument("document", metavar="DOCUMENT", help="its number or its source")
    made.add_argument("--collection", metavar="NAME", help="where to look for a source")
    made = command("remove", documents.remove, "Take documents out; the files on disk stay.")
    text = "its number or its source; of a folder all files that were read from there"
    made.add_argument("documents", nargs="+", metavar="DOCUMENT", help=text)
    made.add_argument("--yes", action="store_true", help="a folder's files are meant, all of them")
    _add_for_good(made)
    made.add_argument("--collection", metavar="NAME", help="where to look for a source")
    made = command(
        "move", collections.move, "Put documents into another collection; what is inside of them comes along."
    )
    made.add_argument("documents", nargs="+", metavar="DOCUMENT", help="its number or its source")
    made.add_argument("--to", required=True, metavar="NAME", help="the collection, which is made where there is none")
    made.add_argument("--collection", metavar="NAME", help="where to look for a source")
    made = command(
        "collections", collections.collections, "What each collection holds, and the library takes of the disk."
    )
    made.add_argument("collection", nargs="?", metavar="COLLECTION", help="the one to change or to delete")
    made.add_argument("--rename", metavar="NEW", help="give it this name")
    made.add_argument("--delete", action="store_true", help="remove it with all its documents; the files on disk stay")
    made.add_argument("--yes", action="store_true", help="its documents are meant, all of them")
    _add_for_good(made)
    _add_sharing(made)
    made = command("chunks", documents.chunks, "The chunks of a document, as they were cut and embedded.")
    made.add_argument("document", metavar="DOCUMENT", help="its number or its source")
    made.add_argument("--collection", metavar="NAME", help="where to look for a source")


def _add_sharing(made: argparse.ArgumentParser) -> None:
    """What counts where people sign in."""
    text = "who finds what is in it: its owner, also those whom it is shared with, or everybody who signs in"
    made.add_argument("--visible", choices=[one.value for one in Visibility], help=text)
    made.add_argument("--owner", metavar="PERSON", help="make it this person's own")
    made.add_argument("--share", metavar="PERSON", help="let this person see it, and everybody else no more")
    made.add_argument("--edit", action="store_true", help="with --share: and change what is in it")
    made.add_argument("--unshare", metavar="PERSON", help="take that back")


def _removed(command: Command) -> None:
    made = command("removed", removed.removed, "What was removed and can be put back, and until when.")
    _add_numbers(made)
    made.add_argument("--for-good", action="store_true", help="delete these, so that nobody can put them back")
    made.add_argument("--yes", action="store_true", help="with --all --for-good: each of them is meant")
    made = command("put-back", removed.put_back, "Take in again what was removed, under its former names.")
    _add_numbers(made)


def _add_numbers(made: argparse.ArgumentParser) -> None:
    made.add_argument("numbers", nargs="*", metavar="NUMBER", help="as `removed` lists them")
    made.add_argument("--all", action="store_true", help="all that can be put back")


def _add_for_good(made: argparse.ArgumentParser) -> None:
    text = "so that they cannot be put back, not even within the FOOTNOTE_UNDO_DAYS"
    made.add_argument("--for-good", action="store_true", help=text)


def _queue(command: Command) -> None:
    made = command("worker", queue.worker, "Take in whatever is queued, until stopped; several may run at once.")
    made.add_argument("--once", action="store_true", help="end when nothing is left to do")
    made.add_argument("--keep", type=int, metavar="N", help="keep N workers running and start again one that dies")
    made.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    command("status", queue.status, "What is there, what is on its way and how fast, and what has become stale.")
    made = command("jobs", queue.jobs, "The files on their way in, and how those ended that were.")
    made.add_argument("--clear", action="store_true", help="forget those that have ended; their documents stay")
    made = command("cancel", queue.cancel, "Take files off their way.")
    made.add_argument("jobs", nargs="*", metavar="NUMBER", help="as `jobs` lists them")
    made.add_argument("--all", action="store_true", help="every file that has not ended")
    made = command("retry", queue.retry, "Queue files again that failed or were cancelled.")
    made.add_argument("jobs", nargs="*", metavar="NUMBER", help="as `jobs` lists them")
    made.add_argument("--all", action="store_true", help="every file that failed or was cancelled")
    _add_set(made)


def _upkeep(command: Command) -> None:
    command(
        "reindex", reindex.reindex, "Read again what is stale, or move to another embedder; searches go on."
    ).epilog = (
        "Other settings of the chunker take hold document by document, as each is read again from its file; another "
        "embedder for all of them at once, at the end. A document whose file is gone stays as it is, and is named."
    )
    made = command("weight", weight.weight, "How much meaning counts against words in a collection, tuned or set.")
    made.epilog = (
        f"From {FEWEST_PASSAGES} passages on a collection has a weight of its own, tuned by questions made from these. "
        f"Of fewer nothing can be told that would hold tomorrow: there it is {DEFAULT_WEIGHT:g}, or what was set."
    )
    made.add_argument("collection", nargs="?", metavar="COLLECTION", help="default: all of them are shown")
    text = "from 0 (words only) to 1 (meaning only), or auto: tuned by questions made from its own passages"
    made.add_argument("value", nargs="?", metavar="VALUE", help=text)
    made = command("doctor", upkeep.doctor, "Compare the catalogue with its indexes and files, and name what differs.")
    made.add_argument("--repair", action="store_true", help="mend what can be mended")
    made = command("backup", upkeep.backup, "Write the whole library into one file; others may go on working.")
    made.add_argument("file", metavar="FILE")
    made = command("restore", upkeep.restore, "Put a backup back.")
    made.add_argument("file", metavar="FILE")
    made.add_argument("--replace", action="store_true", help="put the library that is there aside")
