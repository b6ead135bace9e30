"""The commands that run configs over sets and compare them: `python -m evals run | compare | questions`."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evals.config import Config, read_config
from evals.corpora import CACHE
from evals.datasets import Dataset, open_dataset
from evals.gate import read_demand
from evals.record import RunRecord, read, write
from evals.report import questions_of, table_of, table_of_two
from evals.runner import Options, run
from indexes.home import environment
from rag.errors import InputError

OUT = Path("build/evals/runs")
Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make them known to the parser of `python -m evals`."""
    text = "run a config over a set: JSON, a Markdown table and plots; with --against a second one beside it"
    running = command("run", _run, text)
    _name_a_set(running)
    running.add_argument("--config", type=Path, metavar="A.toml", help="settings that differ from the environment's")
    running.add_argument("--against", type=Path, metavar="B.toml", help="the same for a second run to compare with")
    running.add_argument("--only", choices=("retrieval",), help="ask nothing, only rank")
    running.add_argument("--limit", type=int, metavar="N", help="ask so many of its questions")
    running.add_argument("--seed", type=int, default=0, metavar="S", help="which ones; default %(default)s")
    text = "as in 'ndcg@10>=.74'; exit code 1 where it fails; may be repeated, and with --against B must meet it"
    running.add_argument("--must", action="append", default=[], metavar="DEMAND", help=text)
    running.add_argument("--judge", metavar="MODEL", help="ask this model for verdicts, at OPENAI_BASE_URL")
    running.add_argument("--perplexity", metavar="MODEL", help="perplexity of each answer under this model, there")
    running.add_argument("--out", type=Path, metavar="DIR", help=f"default: a new folder below {OUT}")
    running.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    comparing = command("compare", _compare, "two runs with significance, and where they differ most")
    comparing.add_argument("first", type=Path, metavar="RUN1", help="a JSON file that `run` wrote, or its folder")
    comparing.add_argument("second", type=Path, metavar="RUN2")
    comparing.add_argument("--metric", metavar="NAME", help="default: the first that both have")
    comparing.add_argument("--show", type=int, default=10, metavar="N", help="questions; default %(default)s")
    text = "make questions from your own documents: by the chat model, or by leaving out a word"
    asking = command("questions", _questions, text)
    asking.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a folder of documents")
    asking.add_argument("--collection", metavar="NAME", help="... or a collection of your home")
    asking.add_argument("--out", type=Path, default=Path("build/evals/questions.jsonl"), metavar="FILE")
    asking.add_argument("--limit", type=int, default=100, metavar="N", help="default %(default)s")
    asking.add_argument("--seed", type=int, default=0, metavar="S", help="default %(default)s")
    asking.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")


def _name_a_set(parser: argparse.ArgumentParser) -> None:
    text = "BEIR folder, SQuAD .json, .jsonl with passages, or a folder of documents"
    parser.add_argument("set", type=Path, nargs="?", metavar="SET", help=text)
    parser.add_argument("--collection", metavar="NAME", help="in place of SET: a collection of your home")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions about a folder or collection")


def _run(arguments: argparse.Namespace) -> int:
    demands = [read_demand(text) for text in arguments.must]
    dataset = _dataset(arguments)
    paths = [arguments.config, arguments.against] if arguments.against else [arguments.config]
    configs = _apart([read_config(path, environment()) for path in paths])
    options = Options(
        limit=_positive(arguments.limit),
        seed=arguments.seed,
        answers=False if arguments.only else None,
        cache=arguments.cache,
        told=told,
    )
    folder = arguments.out or OUT / time.strftime(f"{_as_name(dataset.name)}-%Y%m%d-%H%M%S")
    records = []
    for config in configs:
        records.append(run(dataset, config, replace(options, extras=_extras(arguments, config))))
        folder.mkdir(parents=True, exist_ok=True)
        write(records[-1], folder / f"{_as_name(config.name)}.json")
    told("")
    text = "\n".join(map(table_of, records)) if len(records) == 1 else table_of_two(*records)
    if len(records) == 2 and arguments.judge:
        text += _preferred(arguments.judge, records)
    (folder / "report.md").write_text(text, "utf-8")
    sys.stdout.write(f"{text}\n")
    _draw(records, folder)
    failures = [failure for demand in demands if (failure := demand.failure(records[-1].metrics or {}))]
    for failure in failures:
        sys.stderr.write(f"footnote: {failure}\n")
    return 1 if failures else 0
