"""The command `python -m evals weights SET...`: the tuned dense weight beside every fixed one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evals.corpora import CACHE, open_corpus
from evals.datasets import open_dataset
from evals.numbers import count
from evals.run_cli import told
from evals.weights import FIXED, METRIC, TOLERANCE, SetWeights, Verdict, measure, verdict
from indexes.home import load_settings

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    made = command("weights", _weights, f"{METRIC} of both searchers, every fixed weight and the tuned one")
    made.add_argument("sets", type=Path, nargs="+", metavar="SET", help="a folder or file with judged questions")
    made.add_argument("--limit", type=count, metavar="N", help="ask so many of each set's questions, always the same")
    made.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")


def _weights(arguments: argparse.Namespace) -> int:
    datasets = [open_dataset(path) for path in arguments.sets]  # all of them before the first is measured
    print(
        f"{METRIC:24}{'dense':>7}{'words':>7}" + "".join(f"{weight:>7}" for weight in FIXED) + f"{'tuned':>13}  margin"
    )
    sets = []
    for dataset in datasets:
        settings = replace(load_settings(), dense_weight="auto")
        library = open_corpus(dataset, settings, arguments.cache, told).library
        try:
            sets.append(measure(dataset, library, arguments.limit))
        finally:
            library.close()
        print(_row(sets[-1]), flush=True)
    found = verdict(sets)
    print(f"{'mean':38}" + "".join(f"{mean:7.4f}" for mean in found.by_weight.values()) + f"{found.tuned:13.4f}")
    _claims(found)
    return 0


def _row(one: SetWeights) -> str:
    fixed = "".join(f"{value:7.3f}" for value in one.by_weight.values())
    tuned = f"{one.tuned:.3f} ({one.weight:.2f})"
    return f"{one.name[:23]:24}{one.dense:7.3f}{one.keyword:7.3f}{fixed}{tuned:>13}  {one.margin:+.3f}"


def _claims(found: Verdict) -> None:
    ahead = found.tuned - found.by_weight[found.best_fixed]
    holds = "holds" if found.beats_fixed else "does NOT hold"
    print(f"better on average than every fixed weight: {holds} ({ahead:+.4f} against the best, {found.best_fixed})")
    holds = "holds" if found.is_never_worse else "does NOT hold"
    print(
        f"nowhere behind the better searcher alone by more than {TOLERANCE}: {holds} (least {found.least_margin:+.4f})"
    )
