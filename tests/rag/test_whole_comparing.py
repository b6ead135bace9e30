"""What a comparison takes from tables and from sentences about codes, with the real model over a small library."""

from __future__ import annotations

import pytest

from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from ingest.pipeline import File, Pipeline
from rag.answerer import Answerer
from rag.settings import Settings
from rag.types import Answer
from rag.whole.answering import WholeAnswerer

MODELS = "".join(f"| K{n} | {n}00 W | {n}.5 l | {'red' if n % 2 else ''} | {n}9 euros |\n" for n in range(1, 61))
TEXTS = {
    "copy.txt": "The AX-4100 weighs 3.2 kg. The guarantee of the AX-4100 lasts two years; the guarantee of the "
    "AX-4200 lasts three years.",
    "kettles.md": f"# Kettles\n\n| Model | Power | Capacity | Colour | Price |\n|---|---|---|---|---|\n{MODELS}",
    "woods.md": "# Woods\n\n| | Oak | Pine |\n|---|---|---|\n| Hardness | 6.7 | 1.8 |\n| Price | high | low |\n",
    "plans.md": "# Tariffs\n\n| Feature | Plan A | Plan B |\n|---|---|---|\n| Fee | 10 EUR | 20 EUR |\n\n"
    "With plan A a contract runs for one year. With plan B a contract runs for two years.\n",
    "colours.md": "# Stock\n\n| Bolt | Size |\n|---|---|\n| B1 | small |\n| B1 | large |\n| B2 | small |\n",
    "pumps.txt": "The AX-4100 is our pump for ponds. The AX-4100 has a power of 60 watts.\n\n"
    "The AX-4200 has a power of 90 watts. The housing of the AX-4100 is made of plastic.\n\n"
    "The weight of the AX-4200 is 4.1 kg. The AX-4200 is sold in Spain. The AX-4100 weighs 3.2 kg.\n\n"
    "The housing of the AX-4200 is made of steel. The price of the AX-4100 is 120 euros.\n\n"
    "The AX-4200 costs 180 euros.\n\n"
    "The guarantee of the AX-4100 lasts two years; the guarantee of the AX-4200 lasts three years.",
}


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("texts")
    library = Library(Settings(home=folder / "home", chunk_tokens=128))
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    outcomes = list(Pipeline(library, "default").add(File(folder / name, name) for name in TEXTS))
    assert [outcome.state for outcome in outcomes] == ["ready"] * len(TEXTS)
    embedder = library.embedder
    shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
    whole = WholeAnswerer(library.retriever, shelf, embedder)
    return Answerer(library.retriever, late_reader(), k=8, threshold=0.3, router=whole)


def pairs(answer: Answer) -> list[tuple[str, list[str]]]:
    """(title, what each side says)."""
    assert answer.outline is not None
    sections = [section for section in answer.outline.sections if len(section.cells) == len(answer.outline.sides)]
    return [(section.title, [" ".join(one.text for one in cell) for cell in section.cells]) for section in sections]


def rows(answer: Answer) -> dict[str, list[str]]:
    """Title -> what each side says."""
    return dict(pairs(answer))


def test_lines_of_a_table_are_compared_head_by_head(answerer: Answerer):
    answer = answerer.ask("Compare K2 and K57")  # the table goes over many passages
    assert rows(answer) == {
        "Power": ["200 W", "5700 W"],
        "Capacity": ["2.5 l", "57.5 l"],
        "Colour": ["", "red"],
        "Price": ["29 euros", "579 euros"],
    }
    assert all(citation.quote in citation.chunk.text for citation in answer.citations)


def test_three_lines_and_one_head(answerer: Answerer):
    assert rows(answerer.ask("Compare the price of K1, K2 and K3")) == {"Price": ["19 euros", "29 euros", "39 euros"]}


def test_columns_of_a_table_are_compared_line_by_line(answerer: Answerer):
    found = rows(answerer.ask("Compare oak and pine"))
    assert (found["Hardness"], found["Price"]) == (["6.7", "1.8"], ["high", "low"])


def test_a_side_with_several_lines_is_not_reduced_to_one(answerer: Answerer):
    assert "Size" not in rows(answerer.ask("Compare B1 and B2"))


def test_all_that_both_sides_share_is_said_though_only_codes_and_numbers_differ(answerer: Answerer):
    answer = answerer.ask("Compare AX-4100 and AX-4200")
    said = [cells for _, cells in pairs(answer)]
    for pair in (("60 watts", "90 watts"), ("plastic", "steel"), ("3.2 kg", "4.1 kg"), ("120 euros", "180 euros")):
        assert any(all(part in cell for part, cell in zip(pair, cells, strict=True)) for cells in said), pair
    assert answer.text.count("lasts two years; the guarantee") == answer.text.count("weighs 3.2 kg") == 1


def test_things_that_a_letter_tells_apart_have_their_own_columns_and_sentences(answerer: Answerer):
    found = pairs(answerer.ask("Compare plan A and plan B"))
    assert ("Fee", ["10 EUR", "20 EUR"]) in found
    said = [cells for title, cells in found if title != "Fee"]
    assert ["With plan A a contract runs for one year.", "With plan B a contract runs for two years."] in said
