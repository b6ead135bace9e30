"""Files of a conversation speak the language of whoever saves them; what was asked and quoted stays as it is."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.export import as_markdown
from app.pdf_export import as_pdf
from app.quoted_export import REFUSALS
from app.words import speaking
from indexes.feedback import REASONS, Rating
from rag.answerer import NOT_FOUND, NOTHING_THERE
from rag.query.nouns import Correction, Query
from rag.types import Answer, Chunk, Citation, Sentence, Trace, Turn
from rag.verification.nouns import Check

ENGLISH = (
    "page 3",
    "Rated down: wrong, too slow; Not so",
    "not in the source",
    "partly in the source",
    "Searched for “rent” instead of “rnet”.",
)
GERMAN = (
    "Seite 3",
    "Schlecht bewertet: falsch, zu langsam; Not so",
    "nicht in der Quelle",
    "teils in der Quelle",
    "Gesucht nach „rent“ statt „rnet“.",
)
LETTERS = {
    "en": ("with the fonts of the program that shows this file.", "No font here has these letters, which stand as"),
    "de": ("mit den Schriften des Programms gezeichnet, das", "Diese Zeichen hat hier keine Schrift; an ihrer Stelle"),
}


def turns(text: str = "It is 500. [1] It is old.") -> list[Turn]:
    chunk = Chunk(1, 1, 0, 0, 6, "Rated.", "", "", 3, 3, "rent.pdf", "", "default")
    sentences = tuple(
        Sentence(said, (1,), check=Check(state))
        for said, state in (("It is 500.", "unsupported"), ("It is old.", "partly"))
    )
    query = Query("rent", corrections=(Correction("rnet", "rent"),))
    answer = Answer("Rent?", text, sentences, (Citation(1, chunk, 0, 6),), (), Trace(), model="tiny", query=query)
    return [Turn("Rated up?", answer), Turn("Really?", answer)]


RATINGS = {0: Rating(is_up=False, reasons=("wrong", "too slow"), comment="Not so"), 1: Rating(is_up=True)}


def pdf(kept: list[Turn]) -> str:
    read = PdfReader(BytesIO(as_pdf("T", kept, RATINGS)))
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


@pytest.mark.parametrize(("language", "told", "up"), [("en", ENGLISH, "Rated up"), ("de", GERMAN, "Gut bewertet")])
def test_either_file_says_it_in_the_readers_words(language: str, told: tuple[str, ...], up: str):
    others = GERMAN if language == "en" else ENGLISH
    with speaking(language):
        for said in (as_markdown("T", turns(), RATINGS), pdf(turns())):
            assert all(one in said for one in (*told, up, "Rated up?", "“Rated.”"))
            assert not any(one in said for one in others)


def test_in_english_a_file_is_as_it_always_was():
    first, *_ = turns()
    assert as_markdown("T", [first], RATINGS) == (
        "# T\n\n## Rated up?\n\n"
        + "It is 500. [^1] It is old.\n\n"
        + "- *not in the source*: It is 500.\n- *partly in the source*: It is old.\n\n"
        + "> Searched for “rent” instead of “rnet”.\n\n"
        + "[^1]: rent.pdf, page 3 (rent.pdf): “Rated.”\n\n"
        + "Rated down: wrong, too slow; Not so\n"
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_letters_without_a_font_are_told_in_the_readers_words(language: str):
    with speaking(language):
        said = pdf(turns("灯塔 " + "".join(map(chr, range(0x0E01, 0x0E5C)))))
    assert all(one in said for one in LETTERS[language])
    assert ("more." in said, "weitere." in said) == (language == "en", language == "de")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_told_in_the_readers_words(refusal: str):
    kept = [Turn("Q?", Answer("Q?", refusal, (), (), (), Trace(), refused=True))]
    assert refusal in as_markdown("T", kept)
    with speaking("de"):
        for said in (as_markdown("T", kept), pdf(kept)):
            assert refusal not in said


def test_they_are_those_of_the_answerer_and_every_reason_has_its_words():
    assert REFUSALS == (NOT_FOUND, NOTHING_THERE)
    with speaking("de"):
        said = as_markdown("T", turns(), {0: Rating(is_up=False, reasons=REASONS)})
    assert "Schlecht bewertet: falsch, nicht in der Quelle, unvollständig, " in said
    assert not any(f", {reason}" in said for reason in REASONS[2:])
