"""The command line of measurement: `python -m evals retrieval DIR`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from evals.datasets import open_dataset
from evals.retrieval import evaluate, index_corpus
from indexes.home import load_settings
from rag.errors import FootnoteError, InputError

_COLUMNS = ("ndcg@10", "mrr@10", "recall@10", "recall@100", "ms")


def main(argv: Sequence[str]) -> int:
    """Run one command. 0: done; 1: it failed and says why; 2: wrong use."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measure Footnote on judged question sets.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    text = "nDCG, MRR, recall and milliseconds of each way of searching"
    retrieval = commands.add_parser("retrieval", help=text, description=text)
    retrieval.set_defaults(run=_retrieval)
    retrieval.add_argument("folder", type=Path, metavar="DIR", help="holds corpus.jsonl, queries.jsonl and qrels.tsv")
    retrieval.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def _retrieval(arguments: argparse.Namespace) -> int:
    dataset = open_dataset(arguments.folder)
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as home:
        library = index_corpus(dataset, replace(load_settings(), home=Path(home)), _counter())
        print(file=sys.stderr)
        results = evaluate(dataset, library)
    if arguments.json:
        print(json.dumps(results))
        return 0
    print(f"{len(dataset.queries)} questions of {arguments.folder.name}")
    print(f"{'':10}" + "".join(f"{column:>12}" for column in _COLUMNS))
    for name, row in results.items():
        print(f"{name:10}" + "".join(f"{row[column]:12.3f}" for column in _COLUMNS))
    return 0


def _counter() -> Callable[[int], None]:
    def told(n: int) -> None:
        if n % 100 == 0 and sys.stderr.isatty():
            print(f"\r{n} passages indexed", end="", file=sys.stderr, flush=True)

    return told
