"""Footnote beside the usual LangChain pipeline: `python -m evals.bench [DIR] [--rounds 3]`, or `make bench`.

Both sides ingest the same PDFs with the same model and then search the same texts, each in processes of its own, in
turns. Seconds run from the start of the process to its end, imports and model included; memory is the most that the
process and its children held together. Then one more run of this side shows how much of the time the parser and the
embedder were busy together, and docling and markitdown, where `make benchtools` installed them, convert the same PDFs.
Nothing is asserted: the numbers are for reading.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from evals.bench_converters import TOOLS, converters
from evals.numbers import count
from evals.overlap import overlap
from evals.processes import measured
from rag.errors import FootnoteError, InputError, LoadError

DEFAULT = Path("../shared/data/documents")
MIN_CHARACTERS = 500
"""PDFs with less text than this, or with pages that need OCR, are left out: only one side reads or reports them."""


@dataclass(frozen=True, slots=True)
class Round:
    """One side's ingest and searches in one round."""

    seconds: float
    peak_mb: float
    pages: int
    chunks: int
    tokens: int
    search_ms: Sequence[float]
    stages: Mapping[str, float] = field(default_factory=dict)


MEASURES: dict[str, tuple[Callable[[Round], float], str]] = {
    "seconds, all in": (lambda r: r.seconds, "less"),
    "pages": (lambda r: r.pages, ""),
    "chunks": (lambda r: r.chunks, ""),
    "pages a second": (lambda r: r.pages / r.seconds, "more"),
    "chunks a second": (lambda r: r.chunks / r.seconds, "more"),
    "tokens a second": (lambda r: r.tokens / r.seconds, "more"),
    "peak memory, MB": (lambda r: r.peak_mb, "less"),
    "search p50, ms": (lambda r: median(r.search_ms), "less"),
    "search p95, ms": (lambda r: quantiles(r.search_ms, n=20)[-1], "less"),
}
"""What the table shows, and whether more or less of it is better. Tokens are those that the model reads."""


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; the exit code is 0, or 2 where the folder cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench", description="Footnote beside the usual LangChain pipeline."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT, help="folder of PDFs, searched in depth")
    parser.add_argument("--rounds", type=count, default=3)
    parser.add_argument("--queries", type=count, default=100)
    parser.add_argument("--tools", default=TOOLS, metavar="PYTHON", help="has requirements-bench.txt; %(default)s")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            rounds = compare(options.folder, Path(scratch), options.rounds, options.queries)
            sys.stdout.write(table(rounds) + "\n")
            sys.stderr.write("the overlap of parsing and embedding, then the text that each converter finds\n")
            sys.stdout.write(overlap(Path(scratch) / "pdfs", Path(scratch) / "overlap") + "\n")
            sys.stdout.write(converters(Path(scratch) / "pdfs", Path(scratch), options.tools))
    except FootnoteError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def compare(folder: Path, scratch: Path, n_rounds: int, n_queries: int) -> dict[str, list[Round]]:
    """Name of the side -> its rounds."""
    pdfs, queries = scratch / "pdfs", scratch / "queries.json"
    n_files = gather(folder, pdfs)
    rounds: dict[str, list[Round]] = {"LangChain": [], "Footnote": []}
    for number in range(1, n_rounds + 1):
        sys.stderr.write(f"round {number} of {n_rounds}, {n_files} PDFs\n")
        rounds["LangChain"].append(langchain(pdfs, queries, n_queries))
        rounds["Footnote"].append(footnote(pdfs, queries, scratch / f"home{number}"))
    return rounds


def gather(folder: Path, target: Path) -> int:
    """Copy the PDFs that have a text layer side by side; returns how many there are."""
    from ingest.loaders import load

    target.mkdir()
    for path in sorted(folder.rglob("*.pdf")):
        try:
            document = load(path, path.name, max_bytes=1_000_000_000)
        except LoadError:
            continue
        if len(document.text) >= MIN_CHARACTERS and not document.words:
            shutil.copyfile(path, target / f"{len(list(target.iterdir())):04d}-{path.name}")
    n_files = len(list(target.iterdir()))
    if n_files == 0:
        raise InputError(f"{folder} has no PDF with text in it: name another folder, as in `make bench DIR=papers`")
    return n_files


def langchain(pdfs: Path, queries: Path, n_queries: int) -> Round:
    """One round of the other side."""
    command = ["-m", "evals.bench_langchain", str(pdfs), str(queries), str(n_queries)]
    output, wall, peak_mb = measured(command, {})
    said = json.loads(output)
    searching = sum(said["search_ms"]) / 1000
    return Round(
        seconds=wall - searching - said["counting"],
        peak_mb=peak_mb,
        pages=said["pages"],
        chunks=said["chunks"],
        tokens=said["tokens"],
        search_ms=said["search_ms"],
        stages=said["seconds"],
    )


def footnote(pdfs: Path, queries: Path, home: Path) -> Round:
    """One round of this side: the command that people use, then searches as the app makes them."""
    environment = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_DENSE_WEIGHT": "0.4"}  # tuning it is no part of ingestion
    output, wall, peak_mb = measured(["-m", "ingest", "add", str(pdfs), "--json"], environment)
    added = [json.loads(line) for line in output.splitlines()]
    searched, _, _ = measured(["-m", "evals.bench_footnote", str(queries)], environment)
    said = json.loads(searched)
    return Round(
        seconds=wall,
        peak_mb=peak_mb,
        pages=sum(row.get("pages") or 0 for row in added),
        chunks=said["chunks"],
        tokens=said["tokens"],
        search_ms=said["search_ms"],
        stages=said["seconds"],
    )


def table(rounds: Mapping[str, Sequence[Round]]) -> str:
    """Medians over the rounds, side by side; `times` says how many times as good Footnote is."""
    other, ours = rounds["LangChain"], rounds["Footnote"]
    lines = [f"{f'median of {len(ours)}':<18}{'LangChain':>12}{'Footnote':>12}{'times':>9}"]
    for name, (measure, better) in MEASURES.items():
        theirs, mine = median(map(measure, other)), median(map(measure, ours))
        ratio = {"less": theirs / mine, "more": mine / theirs}.get(better)
        lines.append(f"{name:<18}{theirs:>12,.1f}{mine:>12,.1f}" + (f"{ratio:>9.2f}" if ratio is not None else ""))
    for name, side in rounds.items():
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in side[-1].stages.items())
        lines.append(f"{name}, seconds in the last round: {stages}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
