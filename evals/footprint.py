"""How fast and how large the app is with many passages: cold and warm searches, the server's memory, freshness."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from evals.corpora import documents_of
from evals.datasets import Dataset
from evals.processes import over, resident
from evals.served import BROWSER_FLAGS, chromium, served
from indexes.library import Library
from ingest.pipeline import Pipeline
from rag.errors import InputError
from rag.settings import Settings
from rag.types import Trace

_COLD, _WARM, _ASKED = 5, 200, 10
_PATIENCE_S = 60.0
_NOTE = "The lamplighter of Zwyndrecht keeps nineteen brass lanterns in the cellar of the town hall."
_ITS_WORDS = "Zwyndrecht lamplighter"


@dataclass(frozen=True, slots=True)
class Footprint:
    """Seconds, milliseconds and megabytes of one run."""

    chunks: int
    cold_s: float
    """Median of whole runs of `python -m app search`."""
    warm_p50_ms: float
    warm_p95_ms: float
    trace: Mapping[str, float]
    """Milliseconds of the stages of the last warm search."""
    server_mb: float
    """What the server's processes hold in memory once models are loaded and questions answered."""
    findable_s: float
    """From the end of a new file's embedding until a process that was running all along finds it by its words."""
    removed_is_gone: bool
    """Whether the first search after a removal, in that same process, was without the document."""


def measure(dataset: Dataset, settings: Settings, n_chunks: int, told: Callable[[str], None]) -> Footprint:
    """Fill `settings.home` with passages of the set until there are `n_chunks` or more, and measure there."""
    _fill(dataset, settings, n_chunks, told)
    home = settings.home
    questions = [query.text for query in dataset.queries[:_WARM]]
    told("cold searches")
    cold = [_seconds(home, question) for question in questions[:_COLD]]
    told("warm searches")
    library = Library(settings)
    warm, trace = _searches(library, questions)
    told("a new file")
    findable_s, removed_is_gone = _freshness(library)
    told("the server")
    return Footprint(
        chunks=library.catalogue.n_chunks(),
        cold_s=median(cold),
        warm_p50_ms=median(warm),
        warm_p95_ms=quantiles(warm, n=20)[-1],
        trace=trace.milliseconds(),
        server_mb=_server_mb(home, questions[:_ASKED]),
        findable_s=findable_s,
        removed_is_gone=removed_is_gone,
    )


def _fill(dataset: Dataset, settings: Settings, n_chunks: int, told: Callable[[str], None]) -> None:
    library = Library(settings)
    n = 0
    for outcome in Pipeline(library, "eval").take_in(documents_of(dataset.corpus())):
        n += outcome.chunks
        told(f"{n:,} passages")
        if n >= n_chunks:
            break
    if n < n_chunks:
        raise InputError(f"{dataset.folder} has only {n:,} passages: ask for fewer with --chunks")
    library.checkpoint()
    library.close()


def _seconds(home: Path, question: str) -> float:
    start = time.perf_counter()
    over(home, "app", "search", question).communicate()
    return time.perf_counter() - start


def _searches(library: Library, questions: Sequence[str]) -> tuple[list[float], Trace]:
    library.retriever.retrieve("warm up", 10)
    times, trace = [], Trace()
    for question in questions:
        start = time.perf_counter()
        trace = library.retriever.retrieve(question, 10).trace
        times.append((time.perf_counter() - start) * 1000)
    return times, trace


def _freshness(library: Library) -> tuple[float, bool]:
    note = library.settings.home / "note.txt"
    note.write_text(_NOTE, encoding="utf-8")
    adding = over(library.settings.home, "ingest", "add", str(note), "--json", "--events")
    document, embedded = None, 0.0
    for line in adding.stdout or ():
        event = json.loads(line)
        embedded = time.perf_counter() if event["state"] == "indexing" else embedded
        document = event.get("document", document)
        if document:  # what the command does after that is not waited for
            break
    while document not in _found(library):
        if time.perf_counter() - embedded > _PATIENCE_S:
            break
    findable_s = time.perf_counter() - embedded
    adding.communicate()
    over(library.settings.home, "ingest", "remove", str(document)).communicate()
    return findable_s, document not in _found(library)


def _found(library: Library) -> set[int]:
    return {hit.chunk.document_id for hit in library.retriever.retrieve(_ITS_WORDS, 3).hits}


def _server_mb(home: Path, questions: Sequence[str]) -> float:
    """Asks through the page itself, in a headless browser, as people do."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        raise InputError("Chromium is not installed, and the page is measured in it: `make browser` may install it")
    with served(home) as (address, pid), sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        page = browser.new_page()
        page.goto(address)
        for n, question in enumerate(questions, start=1):
            box = page.get_by_placeholder("Ask about your documents")
            box.fill(question)
            box.press("Enter")
            page.locator(".flow").nth(n - 1).wait_for(timeout=_PATIENCE_S * 1000)
        megabytes = resident(pid) / 1e6
        browser.close()
    return megabytes
