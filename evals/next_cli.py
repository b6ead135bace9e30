"""The command that measures the questions to ask next: `python -m evals next SET...`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from evals.corpora import CACHE, open_corpus
from evals.datasets import open_dataset
from evals.next_questions import Offered, measure
from evals.numbers import count
from evals.run_cli import told
from indexes.home import load_settings

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "questions to ask next: how many are offered after an answer, in what time, and how many are answered"
    parser = command("next", _next, text)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET", help="BEIR folder or SQuAD .json")
    parser.add_argument("--limit", type=count, default=30, metavar="N", help="answers; default %(default)s")
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    parser.add_argument("--show", action="store_true", help="each of the questions, too")
    parser.add_argument("--json", action="store_true", help="one JSON object for each set")


def _next(arguments: argparse.Namespace) -> int:
    for dataset in [open_dataset(path) for path in arguments.sets]:
        library = open_corpus(dataset, load_settings(), arguments.cache, told).library
        try:
            found = measure(dataset, library, arguments.limit, print if arguments.show else _quiet)
        finally:
            library.close()
        row = {"set": dataset.name, **asdict(found)}
        print(json.dumps(row) if arguments.json else _line(dataset.name, found), flush=True)
    return 0


def _quiet(_: str) -> None:
    """Says nothing."""


def _line(name: str, found: Offered) -> str:
    share = found.answered / max(1, found.offered)
    median, high = found.ms
    return (
        f"{name}: after {found.with_any} of {found.n} answers {found.offered} questions are offered; "
        f"{found.answered} of them are answered ({share:.0%}), {found.from_own} from a document found before; "
        f"{median:.0f} ms, 95 % within {high:.0f} ms"
    )
