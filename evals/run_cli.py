"""The commands that run configs over sets and compare them: `python -m evals run | compare | questions`."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.browsing import write_comparison, write_run
from evals.config import Config, read_config
from evals.corpora import CACHE, open_corpus
from evals.datasets import Dataset, open_dataset
from evals.metric_names import Plan
from evals.numbers import count, count_or_zero
from evals.passing import keep_for_gate
from evals.plots import can_draw, draw
from evals.record import RunRecord
from evals.record_file import read, write
from evals.report import questions_of, table_of, table_of_two
from evals.runner import Extra, Options, chosen, run
from evals.sets.files import files_below, read_over_files
from evals.significance import difference
from evals.telling import end_with, tell_as_json
from indexes.home import environment, load_settings
from indexes.library import Library
from ingest.originals import original_path
from ingest.sources import INSIDE
from rag.demands import Demand, read_demand
from rag.errors import InputError
from rag.settings import Settings
from rag.types import counted

if TYPE_CHECKING:
    from evals.judge import Judge

OUT = Path("build/evals/runs")
_OF_CUTS = ("embedder", "chunker", "chunk_tokens", "chunk_overlap")
Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make them known to the parser of `python -m evals`."""
    text = "run a config over a set: JSON, a Markdown table and plots; with --against a second one beside it"
    running = command("run", _run, text)
    _name_a_set(running)
    running.add_argument("--config", type=Path, metavar="A.toml", help="settings that differ from the environment's")
    running.add_argument("--against", type=Path, metavar="B.toml", help="the same for a second run to compare with")
    running.add_argument("--only", choices=("retrieval",), help="ask nothing, only rank")
    running.add_argument("--limit", type=count, metavar="N", help="ask so many of its questions")
    running.add_argument("--seed", type=count_or_zero, default=0, metavar="S", help="which ones; default %(default)s")
    text = "as in 'ndcg@10>=.74'; exit code 1 where it fails; may be repeated, and with --against B must meet it"
    running.add_argument("--must", action="append", default=[], metavar="DEMAND", help=text)
    running.add_argument("--judge", metavar="MODEL", help="ask this model for verdicts, at OPENAI_BASE_URL")
    running.add_argument("--perplexity", metavar="MODEL", help="perplexity of each answer under this model, there")
    running.add_argument("--out", type=Path, metavar="DIR", help=f"default: a new folder below {OUT}")
    text = "take --collection as it is indexed in your home, and time its answers; else its files are taken in anew"
    running.add_argument("--indexed", action="store_true", help=text)
    running.add_argument("--browse", action="store_true", help="write what the Evaluation page reads beside the record")
    _let_be_watched(running)
    running.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    comparing = command("compare", _compare, "two runs with significance, and where they differ most")
    comparing.add_argument("first", type=Path, metavar="RUN1", help="a JSON file that `run` wrote, or its folder")
    comparing.add_argument("second", type=Path, metavar="RUN2")
    comparing.add_argument("--metric", metavar="NAME", help="default: the first that both have")
    comparing.add_argument("--browse", type=Path, metavar="DIR", help="write there what the Evaluation page reads")
    comparing.add_argument("--show", type=count_or_zero, default=10, metavar="N", help="questions; default %(default)s")
    text = "make questions from your own documents: by the chat model, or by leaving out a word"
    asking = command("questions", _questions, text)
    asking.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a folder of documents")
    asking.add_argument("--collection", metavar="NAME", help="... or a collection of your home")
    asking.add_argument("--out", type=Path, default=Path("build/evals/questions.jsonl"), metavar="FILE")
    asking.add_argument("--limit", type=count, default=100, metavar="N", help="default %(default)s")
    asking.add_argument("--seed", type=count_or_zero, default=0, metavar="S", help="default %(default)s")
    asking.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="default %(default)s")
    _let_be_watched(asking)
    _let_be_watched(comparing)


def _let_be_watched(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--progress", action="store_true", help="how far it is, as lines of JSON, in place of a report")
    parser.add_argument("--parent", type=count, metavar="PID", help=argparse.SUPPRESS)


def _watched(arguments: argparse.Namespace) -> Callable[[str], None]:
    """Whom the command tells how far it is; where a process is named, the command ends with it."""
    if arguments.parent is not None:
        end_with(arguments.parent)
    return tell_as_json() if arguments.progress else told


def _name_a_set(parser: argparse.ArgumentParser) -> None:
    text = "BEIR folder, SQuAD .json, .jsonl with passages, or a folder of documents"
    parser.add_argument("set", type=Path, nargs="?", metavar="SET", help=text)
    parser.add_argument("--collection", metavar="NAME", help="in place of SET: a collection of your home")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions about a folder or collection")


def _run(arguments: argparse.Namespace) -> int:
    tell = _watched(arguments)
    demands = [read_demand(text) for text in arguments.must]
    dataset = _dataset(arguments)
    paths = [arguments.config, arguments.against] if arguments.against else [arguments.config]
    configs = _apart([read_config(path, environment()) for path in paths])
    options = Options(
        limit=arguments.limit,
        seed=arguments.seed,
        answers=False if arguments.only else None,
        cache=arguments.cache,
        collection=arguments.collection if arguments.indexed else None,
        told=tell,
    )
    _refuse_early(arguments, demands, _plan(arguments, dataset, configs[-1], options))
    for config in configs:
        config.check()
        if arguments.indexed:
            _refuse_other_cuts(config.settings)
    folder = arguments.out or OUT / time.strftime(f"{_as_name(dataset.name)}-%Y%m%d-%H%M%S")
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for config in configs:
        records.append(run(dataset, config, replace(options, extras=_extras(arguments, config))))
        _keep(records[-1], folder, is_browsed=arguments.browse)
    tell("")
    text = "\n".join(map(table_of, records)) if len(records) == 1 else table_of_two(records[0], records[1])
    if len(records) == 2 and arguments.judge:
        text += _preferred(arguments.judge, records)
    (folder / "report.md").write_text(text, "utf-8")
    if not arguments.progress:
        sys.stdout.write(f"{text}\n")
        _draw(records, folder)
    _pass(records, configs)  # after all that shall be there where it cannot be kept
    failures = [failure for demand in demands if (failure := demand.failure(records[-1].metrics or {}))]
    for failure in failures:
        sys.stderr.write(f"footnote: {failure}\n")
    return 1 if failures else 0


def _keep(record: RunRecord, folder: Path, *, is_browsed: bool) -> None:
    write(record, folder / f"{_as_name(record.config)}.json")
    if is_browsed:
        write_run(record, folder / f"{_as_name(record.config)}.browse")


def _pass(records: Sequence[RunRecord], configs: Sequence[Config]) -> None:
    for record, config in zip(records, configs, strict=True):
        if sentence := keep_for_gate(record, config):
            sys.stderr.write(f"footnote: {sentence}\n")


def _refuse_other_cuts(settings: Settings) -> None:
    """Raises InputError for what would need the documents to be taken in anew."""
    usual = load_settings()
    if other := [name for name in _OF_CUTS if getattr(settings, name) != getattr(usual, name)]:
        raise InputError(
            f"{other[0]} changes how documents are taken in: leave out --indexed, and they are taken in anew"
        )


def _plan(arguments: argparse.Namespace, dataset: Dataset, config: Config, options: Options) -> Plan:
    queries = chosen(dataset.queries, options.limit, options.seed)
    return Plan(
        queries,
        has_files=dataset.files is not None and any(dataset.qrels.get(query.id) for query in queries),
        has_answers=options.is_answered(queries),
        is_quoting=not config.settings.chat_model,
        is_judged=bool(arguments.judge),
        is_scored=bool(arguments.perplexity),
    )


def _refuse_early(arguments: argparse.Namespace, demands: Sequence[Demand], plan: Plan) -> None:
    """Raises InputError for what the end of a run could not give, before the run begins."""
    for demand in demands:
        demand.refuse_unless_among(plan.metrics())
    if not plan.has_answers and (arguments.judge or arguments.perplexity):
        raise InputError(
            "--judge and --perplexity are about answers, and nothing is asked here: leave out --only, and take a set "
            "that says what would be right"
        )


def _compare(arguments: argparse.Namespace) -> int:
    _watched(arguments)
    first, second = read(arguments.first), read(arguments.second)
    if first.set != second.set:
        raise InputError(f"one run is of {first.set}, the other of {second.set}: compare runs of one set")
    unpaired = _unpaired(first, second)
    if arguments.browse:
        write_comparison(first, second, arguments.browse, unpaired)
    if arguments.progress:
        return 0
    shared = [name for name in first.metrics or {} if first.values(name) and second.values(name)]
    metric = arguments.metric or next(iter(shared), "")
    questions = questions_of(first, second, metric, arguments.show)
    sys.stdout.write(f"{table_of_two(first, second)}{unpaired}\n{questions}")
    return 0


def _unpaired(first: RunRecord, second: RunRecord) -> str:
    """A sentence on questions that only one run has; raises InputError where one id stands for two questions."""
    one, other = ({asked.id: asked.question for asked in record.questions} for record in (first, second))
    if wrong := next((id for id in one if id in other and one[id] != other[id]), None):
        raise InputError(
            f"question {wrong} is {one[wrong]!r} in one run and {other[wrong]!r} in the other: these are two sets of "
            f"the name {first.set}"
        )
    n = len(one.keys() ^ other.keys())
    return (
        f"\nAsked in one of the runs alone, and left out of what is compared: {counted(n, 'question')}.\n" if n else ""
    )


def _questions(arguments: argparse.Namespace) -> int:
    from app.opening import open_model
    from evals.question_maker import asked_questions, gap_questions, write_questions

    tell = _watched(arguments)
    if arguments.out.is_dir():
        raise InputError(f"--out {arguments.out} is a folder: name the file that the questions are written to")
    library = _documents(arguments)
    try:
        records = library.catalogue.documents(arguments.collection)
        chunks = [chunk for record in records for chunk in library.catalogue.chunks_of(record.id)]
        model = open_model(load_settings())
        limit = arguments.limit
        if model is None:
            made = list(gap_questions(chunks, limit, arguments.seed))
        else:
            made = list(asked_questions(model, chunks, limit, arguments.seed, tell))
    finally:
        library.close()
    tell("")
    if not made:
        raise InputError("no passage gave a question: the documents have too little text in sentences")
    write_questions(made, arguments.out)
    if arguments.progress:
        return 0
    how = "by leaving a word out of a sentence" if model is None else f"by {model.name}"
    where = ["--collection", arguments.collection] if arguments.collection else [str(arguments.folder)]
    sys.stdout.write(f"{len(made)} questions made {how} from {len(records)} documents: {arguments.out}\n")
    sys.stdout.write(f"measure with: python -m evals run {shlex.join([*where, '--questions', str(arguments.out)])}\n")
    return 0


def _documents(arguments: argparse.Namespace) -> Library:
    _one_of(arguments.folder, arguments.collection, "DIR")
    settings = load_settings()
    if arguments.collection:
        library = Library(settings)
        library.check_collection(arguments.collection)
        return library
    dataset = Dataset(arguments.folder, (), {}, lambda: iter(()), files_below(arguments.folder))
    return open_corpus(dataset, settings, arguments.cache, told).library


def _dataset(arguments: argparse.Namespace) -> Dataset:
    _one_of(arguments.set, arguments.collection, "SET")
    if arguments.indexed and not arguments.collection:
        raise InputError("--indexed is about a collection of your home: name it with --collection")
    if not arguments.collection:
        return open_dataset(arguments.set, arguments.questions)
    if arguments.questions is None:
        raise InputError("--collection needs --questions FILE: `python -m evals questions` makes one")
    library = Library(load_settings())
    try:
        library.check_collection(arguments.collection)
        records = library.catalogue.documents(arguments.collection)
        home = library.settings.home
        files = {record.source: original_path(home, record) for record in records if INSIDE not in record.source}
    finally:
        library.close()
    return read_over_files(arguments.questions, files)


def _one_of(path: Path | None, collection: str | None, name: str) -> None:
    if (path is None) == (collection is None):
        raise InputError(f"name either {name} or --collection NAME")


def _apart(configs: list[Config]) -> list[Config]:
    """Two configs of the same name get a letter each, since their records lie side by side."""
    if len({_as_name(config.name) for config in configs}) == len(configs):
        return configs
    return [replace(config, name=f"{config.name}-{letter}") for config, letter in zip(configs, "ab", strict=True)]


def _as_name(text: str) -> str:
    """As a part of a file's name."""
    return re.sub(r"[^\w.-]+", "-", text)


def _extras(arguments: argparse.Namespace, config: Config) -> list[Extra]:
    extras = []
    if arguments.judge:
        judge = _judge(arguments.judge, config.settings)
        extras.append(Extra("judged", judge.name, judge.grade, lambda: _unusable(judge)))
    if arguments.perplexity:
        from evals.perplexity import Perplexity

        scoring = Perplexity(arguments.perplexity, config.settings)
        extras.append(Extra("scored", scoring.name, scoring.measure))
    return extras


def _judge(name: str, settings: Settings) -> Judge:
    from app.opening import open_model
    from evals.judge import Judge

    model = open_model(replace(settings, chat_model=name, temperature=0.0))
    if model is None:
        raise InputError("--judge needs the name of a model")
    return Judge(model)


def _unusable(judge: Judge) -> str:
    """A sentence on verdicts that are missing from a mean; empty where none is."""
    return f"{counted(judge.n_unusable, 'verdict')} of {judge.name} could not be used" if judge.n_unusable else ""


def _preferred(name: str, records: list[RunRecord]) -> str:
    """A sentence about which run the judge prefers."""
    from evals.judge import preferences

    judge = _judge(name, load_settings())
    values = np.array(list(preferences(judge, records[0].questions, records[1].questions).values()))
    found = difference(np.zeros(len(values)), values)
    unusable = _unusable(judge)
    return (
        f"\n{name}, shown both orders, prefers B {found.won} times, A {found.lost} times, "
        f"neither {found.tied} times (p {found.p:.4f}).{unusable and f' {unusable}.'}\n"
    )


def _draw(records: list[RunRecord], folder: Path) -> None:
    drawn = draw(records, folder) if can_draw() else []
    plots = ", ".join(path.name for path in drawn) or "no plots, since matplotlib is not installed"
    sys.stdout.write(
        f"\nwritten to {folder}: {', '.join(sorted(p.name for p in folder.iterdir() if p not in drawn))}, {plots}\n"
    )


def told(text: str) -> None:
    """Shows what is being done on standard error: on one line of a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text:60}" if text else f"\r{'':60}\r")
    elif text:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
