"""The command that tries one change at a time: `python -m evals ablate`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from json import dumps
from pathlib import Path

from evals.ablation.changes import BASE, Change, named
from evals.ablation.measuring import METRICS, Measured, Sample
from evals.ablation.table import Worth, joined, read_rows, table, worth, write_rows
from evals.config import read_config
from evals.corpora import CACHE, code_hash
from evals.datasets import Dataset, open_dataset
from evals.docs import MEASURED, around_section, write_section
from evals.files_cli import Command
from evals.numbers import count, count_or_zero
from evals.run_cli import told
from indexes.home import environment
from rag.errors import InputError

ROWS = Path("docs/ablation.json")
_TITLES = {
    "ndcg@10": "nDCG@10 of what is handed to the reader",
    "recall@10": "recall@10",
    "contained": "answers held by the quoted sentences, at most three",
}


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    made = command("ablate", _ablate, "change one thing of retrieval at a time, on every set: what is it worth?")
    made.add_argument("sets", type=Path, nargs="+", metavar="SET", help="as in `python -m evals run`")
    text = "changes or groups whose name begins so; default: all of them"
    made.add_argument("--only", nargs="+", default=[], metavar="NAME", help=text)
    made.add_argument("--limit", type=count, metavar="N", help="so many questions of each set")
    text = (
        "so many passages of each set, those of its questions among them; changes that embed anew need it to be quick"
    )
    made.add_argument("--passages", type=count, metavar="N", help=text)
    made.add_argument("--seed", type=count_or_zero, default=0, metavar="S", help="which ones; default %(default)s")
    made.add_argument("--config", type=Path, metavar="A.toml", help="what is changed; default: the app's settings")
    made.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    text = "measure nothing: only what is on disk from the same code, weights, set and settings"
    made.add_argument("--kept", action="store_true", help=text)
    made.add_argument("--json", action="store_true", help="one JSON array")
    made.add_argument("--write", action="store_true", help=f"put the rows into {ROWS} and the tables into {MEASURED}")


def _ablate(arguments: argparse.Namespace) -> int:
    changes = named(arguments.only)
    if not changes:
        raise InputError(f"no change begins with {' or '.join(arguments.only)}: {', '.join(c.name for c in named([]))}")
    kept = _kept() if arguments.write else []
    datasets = [open_dataset(path) for path in arguments.sets]  # all of them before the first is measured
    rows = [row for dataset in datasets for row in _of_set(dataset, changes, arguments)]
    told("")
    if arguments.write:
        kept = joined(kept, rows)
        write_rows(kept, ROWS)
        write_section(MEASURED, "ablation", tables(kept))
    sys.stdout.write(dumps([asdict(row) for row in rows]) if arguments.json else tables(rows))
    return 0


def _kept() -> list[Worth]:
    """The rows that are there already; raises InputError where new ones could not be written beside them."""
    around_section(MEASURED, "ablation")
    return read_rows(ROWS)


def _of_set(whole: Dataset, changes: list[Change], arguments: argparse.Namespace) -> list[Worth]:
    dataset = Sample(arguments.limit, arguments.passages, arguments.seed).of(whole)
    config = read_config(arguments.config, environment(), is_ablated=True)
    measured = Measured(dataset, config, arguments.cache, told)
    if arguments.kept:
        changes = [change for change in changes if measured.is_kept(change) and measured.is_kept(BASE)]
    base, found = measured.values(BASE) if changes else {}, []
    name = dataset.name if arguments.passages is None else f"{dataset.name}, {arguments.passages:,} passages"
    for change in changes:
        rows = worth(name, change, base, measured.values(change), code_hash())
        told("; ".join(f"{name}, {change.name}: {row.metric} {row.mean:+.4f} (p {row.p:.3f})" for row in rows))
        found += rows
    return found


def tables(rows: list[Worth]) -> str:
    """One for each metric."""
    parts = []
    for metric in METRICS:
        of = [row for row in rows if row.metric == metric]
        if of:
            parts.append(f"**{_TITLES[metric]}**\n\n{table(of, metric)}")
    return "\n".join(parts)
