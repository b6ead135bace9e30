"""Summaries of a book begin with the book: not with its licence, its title page or its list of plates."""

from __future__ import annotations

import pytest

from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.answerer import Answerer
from rag.settings import Settings
from rag.types import Chunk
from rag.whole.answering import WholeAnswerer
from rag.whole.margins import is_about_rights
from rag.whole.quotes import Quote, is_caption, is_running
from tests.ingest import make_files as make

LICENCE = (
    "You may copy this ebook, give it away or re-use it under the terms of the licence that comes with it. It is in "
    "the public domain, and nobody pays royalties for its distribution. Its trademark is not used without permission."
)
ICE = (
    "The ice of a rink is made at night, when the frost is hard and the air is still. Men sprinkle thin sheets of "
    "water upon it until the morning. A rink that is swept every day stays keen until the end of winter."
)
STONES = (
    "Every player in a game of curling has two stones of polished granite. The sweepers clean the ice in front of a "
    "stone, so that it runs further. A game is won by the side whose stones lie nearest to the tee."
)
SLEDGES = (
    "A sledge runs down a frozen road faster than a horse can gallop. Its rider steers with the heels and lies upon "
    "the back. Beginners choose the gentle road behind the church, where nobody was ever hurt."
)
FILLING = (
    " All this was seen in the valley of Looe, where the author spent many winters with friends and without any haste."
    * 4
)
PLATES = "".join(
    f"<tr><td>{n}</td><td>Winter Sunlight on Rink {n}</td><td>Facing p. {n}0</td></tr>" for n in range(1, 9)
)
CHAPTERS = {"Of Rinks": ICE, "Of Curling": STONES, "Of Sledges": SLEDGES}
BOOK = {
    "licence": f"<h1>The eBook of Winter Games, by A. Holt</h1><p>{LICENCE}</p>",
    "title": "<h1>WINTER GAMES</h1><p>BY<br/>A. HOLT</p><p>WITH EIGHT PLATES BY<br/>B. PENROSE</p>",
    "plates": f"<h2>Pictures</h2><table>{PLATES}</table>",
    **{
        name: f"<h2>{name}</h2><p>{text}{FILLING}</p><p>CURLING RINK AT THE GRAND HOTEL</p>"
        for name, text in CHAPTERS.items()
    },
    "end": f"<h2>The full terms</h2><p>{LICENCE}</p>",
}


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("book")
    library = Library(Settings(home=folder / "home", chunk_tokens=64))
    (folder / "games.epub").write_bytes(make.epub(BOOK))
    outcomes = list(Pipeline(library, "default").add([File(folder / "games.epub", "games.epub")]))
    assert [outcome.state for outcome in outcomes] == ["ready"]
    embedder = library.embedder
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
    whole = WholeAnswerer(library.retriever, shelf, embedder, None)
    return Answerer(library.retriever, late_reader(), k=8, threshold=0.3, router=whole)


def test_a_summary_of_a_book_has_its_chapters_alone(answerer: Answerer):
    answer = answerer.ask("Summarise the document games.epub")
    assert answer.outline is not None
    assert [section.title for section in answer.outline.sections] == list(CHAPTERS)
    said = f"{' '.join(CHAPTERS.values())}{FILLING}"
    assert all(citation.quote in said for citation in answer.citations)


def test_a_comparison_quotes_no_caption(answerer: Answerer):
    answer = answerer.ask("Compare the rink and the curling")
    assert answer.citations
    assert not any("GRAND HOTEL" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SKATING-RINK AT CHÂTEAU D’OEX", True),
        ("By the Stream-side at Davos (Plate II)", True),
        ("The bumblebee has a weight of 0.3 g", False),
        ("The Rules of Davos Were Changed.", False),
        ("- Oak from Norway", False),
    ],
)
def test_a_caption_has_no_end_and_capitals(text: str, expected: bool):  # noqa: FBT001
    chunk = Chunk(1, 1, 0, 0, len(text), text, "", "", None, None, "a.txt", "A", "default")
    assert is_caption(Quote(chunk, 0, len(text))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Using this model becomes easy when you have these packages:", True),
        ("Die Bahn wird jede Nacht von den Männern mit Wasser besprengt:", True),
        ("Printed by Ballantyne, Hanson & Co. at the Ballantyne Press, Edinburgh", False),
        ("WITH EIGHT PLATES IN COLOUR BY B. PENROSE", False),
        ("| 1 | Winter Sunlight on the rink of Davos | Facing p. 10 |", False),
    ],
)
def test_running_text_has_words_that_are_no_names(text: str, expected: bool):  # noqa: FBT001
    chunk = Chunk(1, 1, 0, 0, len(text), text, "", "", None, None, "a.txt", "A", "default")
    assert is_running(Quote(chunk, 0, len(text))) is expected


def test_rights_are_told_by_several_of_their_words():
    assert is_about_rights([LICENCE])
    assert not is_about_rights([ICE, STONES, SLEDGES, LICENCE])
    assert not is_about_rights(["The licence of a driver is kept in the car, and a copy of it at home."])
