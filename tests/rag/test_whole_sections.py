"""Summaries of sections that are called by their number, with the real model over one document."""

from __future__ import annotations

from pathlib import Path

from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.answerer import Answerer
from rag.settings import Settings
from rag.whole.answering import WholeAnswerer

STATUTES = """# Statutes

## 1. Members

Anybody may join the choir of Looe by writing to the board.

## 2. Money

The treasurer of the choir collects the dues in January. No dues are paid by children.
"""


def test_a_section_is_summarised_by_its_number(tmp_path: Path):
    library = Library(Settings(home=tmp_path / "home", chunk_tokens=128))
    (tmp_path / "statutes.md").write_text(STATUTES)
    list(Pipeline(library, "default").add([File(tmp_path / "statutes.md", "statutes.md")]))
    embedder = library.embedder
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
    whole = WholeAnswerer(library.retriever, shelf, embedder)
    answerer = Answerer(library.retriever, late_reader(), k=8, threshold=0.3, router=whole)
    answer = answerer.ask("Summarise section 2 of the statutes")
    assert {citation.chunk.heading for citation in answer.citations} == {"Statutes > 2. Money"}
    assert str(answer.coverage) == "Read 2 of 2 passages of Statutes; 1 matched."
    missing = answerer.ask("Summarise section 7 of the statutes")
    assert (missing.refused, missing.text) == (True, "No heading has the number of “section 7 of the statutes”.")
