"""The command that measures what is searched for: `python -m evals queries SET...`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from evals import agent
from evals.corpora import CACHE, open_corpus
from evals.datasets import open_dataset
from evals.numbers import count, count_or_zero
from evals.queries import measure, table
from evals.run_cli import told
from evals.two_in_one import measured, pairs
from indexes.home import load_settings

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "typos, acronyms, follow-ups and a second search: nDCG@10 before and after, and how often they reword"
    parser = command("queries", _queries, text)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET", help="BEIR folder or SQuAD .json")
    parser.add_argument("--limit", type=count, default=300, metavar="N", help="questions of each kind; %(default)s")
    parser.add_argument(
        "--seed", type=count_or_zero, default=0, metavar="S", help="which ones, and which slips; %(default)s"
    )
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    parser.add_argument("--json", action="store_true", help="one JSON object for each set")
    text = "two questions put as one: how often the answer holds both answers, in parts and as a whole"
    parts = command("parts", _parts, text)
    parts.add_argument("sets", type=Path, nargs="+", metavar="SET", help="sets whose questions have answers")
    parts.add_argument("--limit", type=count, default=100, metavar="N", help="questions of each kind; %(default)s")
    parts.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    text = "two questions put as one: how often the passages of both are found, by one lookup and step by step"
    steps = command("agent", _agent, text)
    steps.add_argument("sets", type=Path, nargs="+", metavar="SET", help="BEIR folder or SQuAD .json")
    steps.add_argument("--limit", type=count, default=100, metavar="N", help="questions of each kind; %(default)s")
    steps.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")


def _agent(arguments: argparse.Namespace) -> int:
    for dataset in [open_dataset(path) for path in arguments.sets]:
        library = open_corpus(dataset, load_settings(), arguments.cache, told).library
        try:
            for name, ways in agent.measured(dataset, library, arguments.limit):
                print(f"{dataset.name}, {name}\n{agent.table(ways)}", flush=True)
        finally:
            library.close()
    return 0


def _parts(arguments: argparse.Namespace) -> int:
    for dataset in [open_dataset(path) for path in arguments.sets]:
        library = open_corpus(dataset, load_settings(), arguments.cache, told).library
        try:
            for name, asked in zip(("one passage", "two passages"), pairs(dataset, arguments.limit), strict=True):
                parts, whole = (measured(asked, library, in_parts=in_parts) for in_parts in (True, False))
                both = f"both answers {parts.both:.3f} in parts, {whole.both:.3f} as a whole"
                one = f"at least one {parts.one:.3f}, {whole.one:.3f}"
                print(f"{dataset.name}, answered by {name}: {parts.n} questions, {both}; {one}", flush=True)
        finally:
            library.close()
    return 0


def _queries(arguments: argparse.Namespace) -> int:
    for dataset in [open_dataset(path) for path in arguments.sets]:  # all of them before the first is measured
        library = open_corpus(dataset, load_settings(), arguments.cache, told).library
        try:
            rows = measure(dataset, library, arguments.limit, arguments.seed, told)
        finally:
            library.close()
        told("")
        if arguments.json:
            print(json.dumps({"set": dataset.name, "rows": [asdict(row) for row in rows]}), flush=True)
        else:
            print(f"{dataset.name}\n{table(rows)}", flush=True)
    return 0
