"""The command line of measurement: `python -m evals retrieval DIR`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from evals.datasets import Dataset, open_dataset
from evals.reader import measure_reader
from evals.refusal import THRESHOLDS, answerabilities, area, fit, of_cases, of_dataset
from evals.retrieval import evaluate, index_corpus
from indexes.home import load_settings
from indexes.library import Library
from indexes.terminal import run_command
from rag.picker import SentencePicker

_COLUMNS = ("ndcg@10", "mrr@10", "recall@10", "recall@100", "ms")


def main(argv: Sequence[str]) -> int:
    """Run one command. 0: done; 1: it failed and says why; 2: wrong use."""
    arguments = _parser().parse_args(argv)
    return run_command(lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measure Footnote on judged question sets.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    text = "nDCG, MRR, recall and milliseconds of each way of searching"
    retrieval = commands.add_parser("retrieval", help=text, description=text)
    retrieval.set_defaults(run=_retrieval)
    retrieval.add_argument("folder", type=Path, metavar="DIR", help="holds corpus.jsonl, queries.jsonl and qrels.tsv")
    retrieval.add_argument("--json", action="store_true", help="one JSON object")
    text = "how often the quoted answer holds a gold answer, and how often it refuses"
    reader = commands.add_parser("reader", help=text, description=text)
    reader.set_defaults(run=_reader)
    reader.add_argument("folder", type=Path, metavar="DIR", help="a retrieval set whose queries have answers")
    reader.add_argument("--limit", type=int, metavar="N", help="ask N of its questions, always the same ones")
    reader.add_argument("--json", action="store_true", help="one JSON object")
    text = "fit answerability on several sets and show what each threshold refuses"
    refusal = commands.add_parser("refusal", help=text, description=text)
    refusal.set_defaults(run=_refusal)
    refusal.add_argument(
        "folders", type=Path, nargs="+", metavar="DIR", help="retrieval sets whose queries have answers"
    )
    refusal.add_argument("--cases", type=Path, nargs=2, metavar="FILE", help="answerable cases, unanswerable cases")
    refusal.add_argument("--limit", type=int, default=300, metavar="N", help="questions of each set; %(default)s")
    return parser


@contextmanager
def _indexed(folder: Path) -> Iterator[tuple[Dataset, Library]]:
    dataset = open_dataset(folder)
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as home:
        yield dataset, index_corpus(dataset, replace(load_settings(), home=Path(home)), _counter())


def _reader(arguments: argparse.Namespace) -> int:
    with _indexed(arguments.folder) as (dataset, library):
        result = measure_reader(dataset, library, limit=arguments.limit)
    if arguments.json:
        print(json.dumps(asdict(result)))
        return 0
    print(
        f"{result.n} questions of {arguments.folder.name}: {result.contained:.3f} hold a gold answer, "
        f"{result.refused:.3f} refused, at most {result.longest_words} words, median {result.ms:.0f} ms"
    )
    return 0


def _refusal(arguments: argparse.Namespace) -> int:
    sets = {}
    for folder in arguments.folders:
        with _indexed(folder) as (dataset, library):
            sets[folder.name] = of_dataset(dataset, library, arguments.limit)
            picker = SentencePicker(library.embedder, n_read=10)
    if arguments.cases:
        yes, no = (of_cases(path, picker, arguments.limit) for path in arguments.cases)
        sets["cases"] = (yes, no)
    weights = fit(sets)
    print("weights: constant {:.2f}, meaning {:.2f}, words {:.2f}".format(*weights))
    print(f"{'':30}{'area':>8}" + "".join(f"{threshold:>14}" for threshold in THRESHOLDS))
    for name, pair in sets.items():
        good, bad = (answerabilities(features, weights) for features in pair)
        shares = "".join(f"{(good < t).mean():>7.3f}{(bad < t).mean():>7.3f}" for t in THRESHOLDS)
        print(f"{name:30}{area(good, bad):8.3f}{shares}")
    print("under each threshold: share refused of answerable, and of unanswerable questions")
    return 0


def _retrieval(arguments: argparse.Namespace) -> int:
    with _indexed(arguments.folder) as (dataset, library):
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
