"""Searches in a library as the app makes them, for `python -m evals.bench`; prints one JSON object."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.clock import Clock
from rag.embedding_text import text_of

if TYPE_CHECKING:
    from indexes.library import Library


def run(queries: Path) -> dict[str, Any]:
    """What the library holds, and the milliseconds of each search, embedding of the query included."""
    clock = Clock()
    from indexes.home import load_settings
    from indexes.library import Library

    library = Library(load_settings())
    clock.lap("imports")
    library.embedder.embed_query("warm")
    clock.lap("model")
    try:
        texts = _embedded_texts(library)
        searched = _search(library, json.loads(queries.read_text(encoding="utf-8")))
        tokens = sum(len(library.embedder.tokenizer.offsets(text)) for text in texts)
        return {"chunks": len(texts), "tokens": tokens, "search_ms": searched, "seconds": clock.seconds}
    finally:
        library.catalogue.close()


def _embedded_texts(library: Library) -> list[str]:
    """What the embedder read for each chunk: its context and text."""
    catalogue = library.catalogue
    return [text_of(chunk) for document in catalogue.documents() for chunk in catalogue.chunks_of(document.id)]


def _search(library: Library, queries: list[str]) -> list[float]:
    library.retriever.retrieve(queries[0], k=10)
    milliseconds = []
    for query in queries:
        start = time.perf_counter()
        library.retriever.retrieve(query, k=10)
        milliseconds.append((time.perf_counter() - start) * 1000)
    return milliseconds


if __name__ == "__main__":
    json.dump(run(Path(sys.argv[1])), sys.stdout)
