"""The command `python -m evals precision SET`: what is lost by running the reranker and the reader faster."""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.corpora import CACHE
from evals.datasets import open_dataset
from evals.files_cli import Command
from evals.numbers import count
from evals.precision import Loss, measure
from evals.run_cli import told
from evals.runner import Options
from indexes.home import load_settings


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "the reranker and the reader as they ship on this processor, beside the same weights run in float32"
    made = command("precision", _precision, text)
    made.add_argument("set", type=Path, metavar="SET", help="as in `python -m evals run`")
    made.add_argument("--limit", type=count, default=200, metavar="N", help="questions; default %(default)s")
    made.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")


def _precision(arguments: argparse.Namespace) -> int:
    dataset = open_dataset(arguments.set)
    options = Options(limit=arguments.limit, cache=arguments.cache, told=told)
    found = measure(dataset, load_settings(), options)
    told("")
    print(table(dataset.name, found))
    return 0


def table(name: str, found: Loss) -> str:
    """A line for each figure, and one for the largest differences."""
    rows = [f"{metric:24}{one:9.4f}{exact:9.4f}{one - exact:+9.4f}" for metric, (one, exact) in found.means.items()]
    return "\n".join(
        [
            f"{name[:23]:24}{'shipped':>9}{'float32':>9}{'lost':>9}",
            *rows,
            f"largest difference of a score after reranking, 0 to 1: {found.score:.4f} ({found.n_scores:,} scores)",
            f"largest difference of the chance of an answer: {found.chance:.4f} ({found.n:,} questions)",
        ]
    )
