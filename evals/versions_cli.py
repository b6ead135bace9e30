"""The command that measures the choice between versions of documents: `python -m evals versions SET...`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from evals.corpora import CACHE
from evals.datasets import Dataset, open_dataset
from evals.numbers import count
from evals.versions import YEARS, made, measure, ordinary

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "versions of documents: how often the newest answers and says so, and what happens where there are none"
    parser = command("versions", _versions, text)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET", help="BEIR folder or SQuAD .json with answers")
    parser.add_argument("--documents", type=count, default=30, metavar="N", help="of which are versions; %(default)s")
    parser.add_argument("--limit", type=count, default=100, metavar="N", help="of the set's own questions; %(default)s")
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")


def _versions(arguments: argparse.Namespace) -> int:
    for dataset in [open_dataset(path) for path in arguments.sets]:
        with tempfile.TemporaryDirectory() as folder:
            print("\n".join(_lines(dataset, arguments, Path(folder))), flush=True)
    return 0


def _lines(dataset: Dataset, arguments: argparse.Namespace, folder: Path) -> list[str]:
    passages, questions = made(dataset, arguments.documents)
    found = measure(passages, questions, folder / "versions", arguments.cache)
    plain = ordinary(dataset, arguments.limit, folder / "plain", arguments.cache)
    return [
        f"{dataset.name}: {len(passages) // len(YEARS)} documents in three versions each, {len(questions)} questions, "
        f"{found.unanswered} of them not answered from these",
        f"  another answer in each: the newest is quoted {found.newest}, the note has both others {found.told}",
        f"  the same answer in all: the newest is quoted {found.same}, without a note {found.silent}",
        f"  an older one by its year: that is quoted {found.by_year}",
        f"  the set itself: {plain.n} questions, {plain.n_notes} notes, other passages for {plain.n_moved}; "
        f"{plain.ms:.1f} ms to find, {plain.ms_without:.1f} ms without the choice",
    ]
