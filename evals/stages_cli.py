"""The command that times a warm question stage by stage: `python -m evals stages`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict, replace
from itertools import islice
from json import dumps
from pathlib import Path

from app.wiring import Workspace
from evals.ablate_cli import ROWS
from evals.ablation.table import read_rows
from evals.corpora import CACHE, CachedLibrary, documents_of
from evals.datasets import Dataset, open_dataset
from evals.docs import MEASURED, around_section, draw_depths, write_section
from evals.files_cli import Command
from evals.numbers import count
from evals.run_cli import told
from evals.stages import FEWEST, StageTimes, measure
from indexes.home import load_settings
from ingest.pipeline import Pipeline
from rag.errors import InputError
from rag.settings import Settings
from rag.types import counted

STAGES = Path("docs/stages.json")


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    made = command("stages", _stages, "each stage of a warm question beside its raw library, and questions by depth")
    made.add_argument("set", type=Path, metavar="SET", help="as in `python -m evals run`")
    made.add_argument("--chunks", type=count, default=10_000, metavar="N", help="passages; default %(default)s")
    made.add_argument("--limit", type=count, default=60, metavar="N", help="questions; default %(default)s")
    made.add_argument("--json", action="store_true", help="one JSON object")
    made.add_argument("--write", action="store_true", help=f"put it into {STAGES}, {MEASURED} and its plots")


def _stages(arguments: argparse.Namespace) -> int:
    dataset = open_dataset(arguments.set)
    ablated = read_rows(ROWS) if arguments.write else []
    if arguments.write:
        around_section(MEASURED, "stages")  # tells before the work that there is no place for it
    questions = _timed(dataset, arguments.limit)
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as home:
        settings = replace(load_settings(), home=Path(home), chat_model="", questions_per_minute=0)
        _fill(dataset, settings, arguments.chunks)
        workspace = Workspace(settings)
        found = measure(workspace, questions, told)
        workspace.close()
    told("")
    if arguments.write:
        STAGES.write_text(dumps(asdict(found), indent=1) + "\n", "utf-8")
        write_section(MEASURED, "stages", table(found))
        draw_depths(ablated, found.by_depth, MEASURED.parent)
    sys.stdout.write(dumps(asdict(found)) if arguments.json else table(found))
    return 0


def _timed(dataset: Dataset, limit: int) -> list[str]:
    """The questions; raises InputError where they are too few."""
    questions = [query.text for query in dataset.queries[:limit]]
    if len(questions) < FEWEST:
        few = f"{counted(len(questions), 'question')} of {dataset.folder}"
        raise InputError(f"{few} cannot be timed: it takes {FEWEST}, by --limit or by a larger set")
    return questions


def _fill(dataset: Dataset, settings: Settings, n_chunks: int) -> None:
    """Passages of the set until there are enough; vectors that are kept from other runs are not made again."""
    library, n = CachedLibrary(settings, CACHE), 0
    for outcome in Pipeline(library, "eval").take_in(islice(documents_of(dataset.corpus()), n_chunks)):
        n += outcome.chunks
        if n >= n_chunks:
            break
    library.checkpoint()
    library.close()
    if n < n_chunks:
        raise InputError(f"{dataset.folder} has only {n:,} passages: ask for fewer with --chunks")


def table(found: StageTimes) -> str:
    """As Markdown: stages, then whole questions by depth."""
    lines = ["| stage | ms | its library alone, ms | times |", "| --- | --- | --- | --- |"]
    for name, ms in found.ours.items():
        raw = found.alone.get(name)
        shown = "| | |" if raw is None else f"| {raw:.2f} | {ms / raw:.2f} |"
        lines.append(f"| {name} | {ms:.2f} {shown}")
    depths = ", ".join(f"{depth}: {ms:.0f}" for depth, ms in found.by_depth.items())
    return "\n".join(
        [
            f"Medians of {found.questions} questions among {found.chunks:,} passages, in turns:\n",
            *lines,
            f"\nA whole question, reranking and reading included: p50 {found.p50:.0f} ms, p95 {found.p95:.0f} ms. By "
            f"hits reranked, p50 in ms: {depths}.\n",
        ]
    )
