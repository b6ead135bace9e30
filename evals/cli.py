"""The command line of measurement: `python -m evals run | compare | questions | retrieval | ...`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

from evals import (
    ablate_cli,
    attacks_cli,
    endpoint_cli,
    faults_cli,
    files_cli,
    next_cli,
    office_cli,
    people_cli,
    pictures_cli,
    precision_cli,
    queries_cli,
    reaction_cli,
    routes_cli,
    run_cli,
    stages_cli,
    verify_cli,
    versions_cli,
    weights_cli,
)
from evals.corpora import CACHE, open_corpus
from evals.datasets import Dataset, open_dataset
from evals.numbers import count, share
from evals.reader import measure_reader
from evals.refusal import THRESHOLDS, cases_of, choices, of_cases, of_dataset
from evals.refusal_curve import PRECISION, area, recall_at
from evals.retrieval import evaluate
from evals.run_cli import told
from evals.runner import Options
from indexes.home import load_settings
from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.terminal import run_command
from rag.errors import InputError

_CONTEXTS = 10
"""Of a case: all of them are read."""
_MOST_CHARACTERS = 900
"""About as long as a passage of a document."""
_PARTS = (
    ablate_cli,
    attacks_cli,
    endpoint_cli,
    faults_cli,
    files_cli,
    routes_cli,
    run_cli,
    queries_cli,
    people_cli,
    reaction_cli,
    next_cli,
    office_cli,
    pictures_cli,
    weights_cli,
    precision_cli,
    stages_cli,
    verify_cli,
    versions_cli,
)
"""Files whose commands are made known here, in the order of the help text."""
_COLUMNS = ("ndcg@10", "mrr@10", "recall@10", "recall@100", "ms")


def main(argv: Sequence[str]) -> int:
    """Run one command. 0: done; 1: it failed and says why; 2: wrong use."""
    arguments = _parser().parse_args(argv)
    return run_command(lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measure Footnote on judged question sets.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    def over_a_set(
        name: str, run: Callable[[argparse.Namespace], int], text: str, folder: str
    ) -> argparse.ArgumentParser:
        made = command(name, run, text)
        made.add_argument("folder", type=Path, metavar="DIR", help=folder)
        made.add_argument("--json", action="store_true", help="one JSON object")
        return made

    text = "nDCG, MRR, recall and milliseconds of each way of searching"
    over_a_set("retrieval", _retrieval, text, "holds corpus.jsonl, queries.jsonl and qrels.tsv")
    text = "how often the quoted answer holds a gold answer, and how often it refuses"
    reader = over_a_set("reader", _reader, text, "a retrieval set whose queries have answers")
    reader.add_argument("--limit", type=count, metavar="N", help="ask N of its questions, always the same ones")
    text = "tokens a second of the bundled model, beside its backend alone and sentence-transformers"
    embedding = over_a_set("embedding", _embedding, text, "a retrieval set, whose passages are embedded")
    embedding.add_argument("--limit", type=count, default=1000, metavar="N", help="passages; default %(default)s")
    text = "cold and warm searches, the server's memory and freshness with many passages"
    footprint = over_a_set("footprint", _footprint, text, "a retrieval set, which fills the library")
    footprint.add_argument("--chunks", type=count, default=10_000, metavar="N", help="passages; default %(default)s")
    scans = command("ocr", _ocr, "share of characters read wrongly on transcribed scans, and seconds a page")
    scans.add_argument("folder", type=Path, metavar="DIR", help="holds the files that evals/scans/manifest.tsv names")
    refusal = command("refusal", _refusal, "what each threshold would refuse, on several sets")
    refusal.add_argument(
        "folders", type=Path, nargs="+", metavar="DIR", help="retrieval sets whose queries have answers"
    )
    refusal.add_argument("--cases", type=Path, nargs=2, metavar="FILE", help="answerable cases, unanswerable cases")
    refusal.add_argument("--limit", type=count, default=300, metavar="N", help="questions of each set; %(default)s")
    text = "of refusing, whose threshold is named; %(default)s"
    refusal.add_argument("--precision", type=share, default=PRECISION, metavar="P", help=text)
    bulk = command("bulk", _bulk, "take in many small files and a long PDF: time, memory, and the second look")
    bulk.add_argument("--files", type=count, default=10_000, metavar="N", help="default %(default)s")
    bulk.add_argument("--pages", type=count, default=2_000, metavar="N", help="of the PDF; default %(default)s")
    bulk.add_argument("--json", action="store_true", help="one JSON object")
    for part in _PARTS:
        part.add_commands(command)
    return parser


def _bulk(arguments: argparse.Namespace) -> int:
    from evals.bulk import measure

    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
        result = measure(Path(folder), arguments.files, arguments.pages, told)
    if arguments.json:
        print(json.dumps(asdict(result)))
        return 0
    memory = ", ".join(f"{mb:.0f}" for mb in result.memory_mb)
    print(f"{result.files:,} small files for the first time   {result.first_s:8.1f} s")
    print(f"    memory after each tenth: {memory} MB")
    print(f"the same again, nothing changed          {result.again_s:8.2f} s")
    print(f"a PDF of {result.pages:,} pages                   {result.pdf_s:8.1f} s, at most {result.pdf_mb:.0f} MB")
    print(f"    pages told one by one while parsing: {result.page_steps:,}")
    return 0


@contextmanager
def _indexed(dataset: Dataset) -> Iterator[Library]:
    library = open_corpus(dataset, load_settings(), CACHE, told, is_timed=True).library
    try:
        yield library
    finally:
        library.close()


def _reader(arguments: argparse.Namespace) -> int:
    dataset = open_dataset(arguments.folder)
    result = measure_reader(dataset, load_settings(), Options(limit=arguments.limit, told=told))
    if arguments.json:
        print(json.dumps(asdict(result)))
        return 0
    print(
        f"{result.n} questions of {arguments.folder.name}: {result.contained:.3f} hold a gold answer, "
        f"{result.refused:.3f} refused, at most {result.longest_words} words, median {result.ms:.0f} ms"
    )
    return 0


def _refusal(arguments: argparse.Namespace) -> int:
    datasets = [open_dataset(folder) for folder in arguments.folders]  # all that is read before anything is measured
    cases = [cases_of(path) for path in arguments.cases or ()]
    sets = {}
    for dataset in datasets:
        with _indexed(dataset) as library:
            sets[dataset.folder.name] = of_dataset(dataset, library, late_reader(), arguments.limit)
    if cases:
        yes, no = (of_cases(of[: arguments.limit], late_reader(n_read=_CONTEXTS)) for of in cases)
        sets["cases"] = (yes, no)
    print(f"{'':30}{'area':>8}{'recall':>8}" + "".join(f"{threshold:>14}" for threshold in THRESHOLDS))
    for name, (good, bad) in sets.items():
        shares = "".join(f"{(good < t).mean():>7.3f}{(bad < t).mean():>7.3f}" for t in THRESHOLDS)
        print(f"{name:30}{area(good, bad):8.3f}{recall_at(arguments.precision, good, bad):8.3f}{shares}")
    half = "both kinds counting half"
    print(f"recall: most that is refused of the unanswerable at {arguments.precision:.1%} precision, {half}")
    print("under each threshold: share refused of answerable, and of unanswerable questions", end="\n\n")
    print("\n".join(choices(sets, arguments.precision)))
    return 0


def _embedding(arguments: argparse.Namespace) -> int:
    from evals.embedding import measure

    passages = islice(open_dataset(arguments.folder).corpus(), arguments.limit)
    texts = [f"{passage.title}\n{passage.text}".strip()[:_MOST_CHARACTERS] for passage in passages]
    if not texts:
        raise InputError(f"{arguments.folder} has no passages to embed: name a set that consists of them")
    result = measure(texts)
    if arguments.json:
        print(json.dumps(asdict(result)))
        return 0
    print(
        f"{result.texts} texts of {arguments.folder.name}, {result.tokens:,} tokens; tokens a second, medians in turns:"
    )
    print(f"sentence-transformers, float32 {result.sentence_transformers:10,.0f}")
    print(f"OpenVINO alone                 {result.backend:10,.0f}")
    share, times = result.whole / result.backend, result.whole / result.sentence_transformers
    print(f"Footnote's embedder            {result.whole:10,.0f}   {share:.2f} of its backend, {times:.2f} times torch")
    print(f"cosine to sentence-transformers: least {result.least_cosine:.5f}, mean {result.mean_cosine:.5f}")
    return 0


def _footprint(arguments: argparse.Namespace) -> int:
    from evals.footprint import measure

    dataset = open_dataset(arguments.folder)
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as home:
        settings = replace(load_settings(), home=Path(home))
        result = measure(dataset, settings, arguments.chunks, told)
    if arguments.json:
        print(json.dumps(asdict(result)))
        return 0
    print(f"{result.chunks:,} passages of {arguments.folder.name}")
    print(f"`python -m app search`, from a cold start   {result.cold_s:8.2f} s")
    print(f"a warm search, p50 and p95                  {result.warm_p50_ms:8.1f} ms {result.warm_p95_ms:8.1f} ms")
    print("    " + ", ".join(f"{stage} {ms:.1f} ms" for stage, ms in result.trace.items()))
    print(f"the server's memory                         {result.server_mb:8.0f} MB")
    print(f"found after the end of its embedding        {result.findable_s:8.2f} s")
    print(f"gone from the first search after removal    {'yes' if result.removed_is_gone else 'NO':>8}")
    return 0


def _ocr(arguments: argparse.Namespace) -> int:
    from evals.ocr import Measured, mean, measure

    def shown(values: Sequence[Measured]) -> str:
        return "".join(f"{value.wrong:10.3f}{value.missed:8.3f}{value.seconds:7.2f}" for value in values)

    rows: list[list[Measured]] = []
    for scan, measured in measure(arguments.folder):
        if not rows:
            print(f"{'':62}" + "".join(f"{name:>25}" for name in measured))
            print(f"{'':62}" + f"{'wrong':>10}{'missed':>8}{'s':>7}" * len(measured))
        rows.append(list(measured.values()))
        print(f"{f'{Path(scan.file).name[:24]} {scan.page}: {scan.kind}'[:62]:62}{shown(rows[-1])}", flush=True)
    print(f"{f'mean of {len(rows)} pages':62}{shown([mean(column) for column in zip(*rows, strict=True)])}")
    print("wrong: edit distance by characters of the text; missed: share of words that were not read exactly")
    return 0


def _retrieval(arguments: argparse.Namespace) -> int:
    dataset = open_dataset(arguments.folder)
    with _indexed(dataset) as library:
        results = evaluate(dataset, library)
    if arguments.json:
        print(json.dumps(results))
        return 0
    print(f"{len(dataset.queries)} questions of {arguments.folder.name}")
    print(f"{'':10}" + "".join(f"{column:>12}" for column in _COLUMNS))
    for name, row in results.items():
        print(f"{name:10}" + "".join(f"{row[column]:12.3f}" for column in _COLUMNS))
    return 0
