"""The command that measures answers over whole documents: `python -m evals routes`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evals.corpora import CACHE, open_corpus
from evals.datasets import open_dataset
from evals.numbers import count
from evals.routed import FOLDER, of_labelled, routed_elsewhere, wrong_of_labelled
from evals.run_cli import told
from evals.sets.files import files_below
from evals.whole_lists import measure_lists
from evals.whole_summaries import Compared, measure_documents, measure_titles
from indexes.home import load_settings
from indexes.library import Library
from ingest.pipeline import File, Pipeline

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
_SHOWN = 3


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "how well questions are routed; with --lists, --titles or --files how good lists and summaries are"
    routes = command("routes", _routes, text)
    routes.add_argument("sets", type=Path, nargs="*", metavar="SET", help="sets whose real questions are all lookups")
    routes.add_argument("--questions", type=Path, default=FOLDER, metavar="DIR", help="other labelled questions")
    routes.add_argument("--wrong", action="store_true", help="show the questions that were taken for another kind")
    routes.add_argument("--lists", type=Path, action="append", default=[], metavar="SET", help="lists over this set")
    routes.add_argument("--titles", type=Path, metavar="SET", help="summaries of its passages against their titles")
    routes.add_argument("--files", type=Path, metavar="DIR", help="summaries of the documents in this folder")
    routes.add_argument("--limit", type=count, default=40, metavar="N", help="terms or titles; default %(default)s")


def _routes(arguments: argparse.Namespace) -> int:
    print(f"{'':24}{'questions':>10}{'precision':>11}{'recall':>8}")
    for kind, of in of_labelled(arguments.questions).items():
        print(f"{kind:24}{of.n:10,}{of.precision:11.3f}{of.recall:8.3f}")
    for kind, taken, question in wrong_of_labelled(arguments.questions) if arguments.wrong else ():
        print(f"    {kind}, taken for {taken}: {question}")
    for folder in arguments.sets:
        _elsewhere(folder)
    for folder in arguments.lists:
        _lists(folder, arguments.limit)
    if arguments.titles:
        library = _corpus(arguments.titles)
        _print_compared("ROUGE-L against titles", measure_titles(library, arguments.limit))
        library.close()
    if arguments.files:
        _files(arguments.files)
    return 0


def _elsewhere(folder: Path) -> None:
    dataset = open_dataset(folder)
    found = routed_elsewhere(dataset)
    share = len(found) / max(1, len(dataset.queries))
    print(f"{dataset.name}: {len(found)} of {len(dataset.queries):,} lookups routed elsewhere, {share:.2%}")
    for kind, question in found[:_SHOWN]:
        print(f"    {kind}: {question}")


def _corpus(folder: Path) -> Library:
    return open_corpus(open_dataset(folder), load_settings(), CACHE, told, is_timed=True).library


def _lists(folder: Path, limit: int) -> None:
    library = _corpus(folder)
    found = measure_lists(open_dataset(folder), library, limit)
    library.close()
    print(
        f"lists over {folder.name}: {found.n} terms, {found.gold:.1f} passages hold one; of these "
        f"{found.read:.3f} read, {found.listed:.3f} listed; {found.precision:.3f} of the listed ones hold it; "
        f"{found.seconds_per_100:.2f} s for 100 passages"
    )


def _files(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as home:
        library = Library(replace(load_settings(), home=Path(home)))
        files = [File(path, name) for name, path in sorted(files_below(folder).items())]
        for n, _ in enumerate(Pipeline(library, "routes").add(files), start=1):
            told(f"{n:,} of {len(files):,} files read")
        found = measure_documents(library)
        library.close()
    _print_compared("share of the headings with a sentence", found.parts)
    _print_compared("ROUGE-L against abstracts", found.rouge)
    print(f"{found.seconds_per_100:.2f} s for 100 of {found.n_passages:,} passages")


def _print_compared(what: str, of: Compared) -> None:
    print(f"summaries of {of.n} documents, {what}: {of.ours:.3f}; their first three sentences {of.lead:.3f}")
