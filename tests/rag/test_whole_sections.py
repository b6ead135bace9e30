"""Summaries of sections that are called by their number, and of short notes, with the real model."""

from __future__ import annotations

import numpy as np
import pytest

from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.answerer import Answerer
from rag.settings import Settings
from rag.whole.answering import WholeAnswerer
from rag.whole.sections import Section
from tests.rag.hits import a_hit

STATUTES = """# Statutes

## 1. Members

Anybody may join the choir of Looe by writing to the board.

## 2. Money

The treasurer of the choir collects the dues in January. No dues are paid by children.
"""


MINUTES = """# Minutes of 12 March

Present were Anna Berg, Peter Klein and the whole board, who met at seven in the evening in the club house.

## Decisions

- Roof repair approved
- Fee raised to 60 EUR
- Closed

## Tasks

- Anna: order the cake by 1 May
- Peter: book the hall by 8 May

The meeting was closed at nine, and the next one takes place in the club house as usual.
"""
CV = "# Anna Berg\n\n12 Mill Road, Cambridge\n\n## Experience\n\n### Engineer, Acme Ltd, 2019\n\n- Led a team of five\n"


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("texts")
    library = Library(Settings(home=folder / "home", chunk_tokens=128))
    texts = {"statutes.md": STATUTES, "minutes.md": MINUTES, "cv.md": CV}
    for name, text in texts.items():
        (folder / name).write_text(text)
    assert {one.state for one in Pipeline(library, "default").add(File(folder / name, name) for name in texts)} == {
        "ready"
    }
    embedder = library.embedder
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
    whole = WholeAnswerer(library.retriever, shelf, embedder)
    return Answerer(library.retriever, late_reader(), k=8, threshold=0.3, router=whole)


def test_a_section_is_summarised_by_its_number(answerer: Answerer):
    answer = answerer.ask("Summarise section 2 of the statutes")
    assert {citation.chunk.heading for citation in answer.citations} == {"Statutes > 2. Money"}
    assert str(answer.coverage) == "Read 2 of 2 passages of Statutes; 1 matched."
    missing = answerer.ask("Summarise section 7 of the statutes")
    assert (missing.refused, missing.text) == (True, "No heading has the number of “section 7 of the statutes”.")


@pytest.mark.parametrize("line", ["4 Repairs", "4. Repairs", "§ 4 Repairs", "Section 4: Repairs"])
def test_a_line_may_have_the_number(line: str):
    text = f"3 Rent\nThe rent is due on the first.\n{line}\nThe tenant pays repairs of up to 100 EUR."
    found = Section("4").matches(
        [a_hit(1, text).chunk, a_hit(2, "It has 4 Rooms.").chunk], np.zeros((2, 1), np.float32)
    )
    assert found.tolist() == [True, False]


def test_minutes_are_more_than_who_was_present(answerer: Answerer):
    said = [sentence.text for sentence in answerer.ask("Summarise the minutes").sentences]
    assert said[0].startswith("Present were Anna Berg")
    assert said[-1].startswith("The meeting was closed at nine")
    assert {"Fee raised to 60 EUR", "Anna: order the cake by 1 May"} <= set(said)
    assert "Closed" not in said


def test_a_heading_is_quoted_without_its_mark(answerer: Answerer):
    said = [sentence.text for sentence in answerer.ask("Summarise the CV").sentences]
    assert "Engineer, Acme Ltd, 2019" in said
    assert not any(text.startswith("#") for text in said)
