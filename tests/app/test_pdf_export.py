"""A conversation as a PDF: its words and sources are there, links lead only within it, and nothing in it is markup."""

from __future__ import annotations

import time
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pypdf import PdfReader

from app.pdf_export import as_pdf
from app.pdf_letters import in_order, is_right_to_left, joined
from indexes.feedback import Rating
from rag.types import Answer, Chunk, Citation, Trace, Turn

HOSTILE = '<para><img src="file:///etc/passwd"/><a href="http://evil.example/x">y</a> <b>&amp;</b> <font color=red>'


def turn(question: str, answer: str, *quotes: str) -> Turn:
    chunks = [
        Chunk(n, 1, 0, 0, len(quote), quote, "Rules", "", 3, 3, "harbour.pdf", "Harbour book", "default")
        for n, quote in enumerate(quotes)
    ]
    cited = tuple(Citation(n, chunk, 0, len(chunk.text)) for n, chunk in enumerate(chunks, start=1))
    return Turn(question, Answer(question, answer, (), cited, (), Trace()))


def pages(made: bytes) -> list[str]:
    with pypdfium2.PdfDocument(made) as read:
        return [page.get_textpage().get_text_bounded() for page in read]


def text(made: bytes) -> str:
    return " ".join(" ".join(pages(made)).split())


def test_words_footnotes_and_ratings_are_there():
    turns = [
        turn("How high?", "It is **41** m high. [1] Since 1931. [2]", "41 m", "In 1931"),
        turn("Q?", "A. [1]", "B"),
    ]
    said = text(as_pdf("Varn", turns, {0: Rating(False, ("wrong",), "Not so")}))
    assert "It is 41 m high. [1] Since 1931. [2]" in said
    assert "[1] Harbour book, page 3, Rules (harbour.pdf): “41 m”" in said
    assert "A. [3]" in said
    assert "[3] Harbour book, page 3, Rules (harbour.pdf): “B”" in said
    assert "Rated down: wrong; Not so" in said


def test_it_says_when_it_was_asked_and_exported():
    said = text(as_pdf("Varn", [replace(turn("Q?", "A."), asked_at=1_795_927_267.5)], at=1_796_000_000))
    assert said.startswith("Varn Exported on 30 Nov 2026, 00:53 UTC Q? Asked on 29 Nov 2026, 04:41 UTC A.")
    assert "UTC" not in text(as_pdf("Varn", [turn("Q?", "A.")]))


def test_links_lead_to_places_within_it_alone():
    made = as_pdf("Varn", [turn("Q?", "One. [1] http://evil.example/x [9]", "B"), turn(HOSTILE, HOSTILE, HOSTILE)])
    read = PdfReader(BytesIO(made))
    (link,) = [link.get_object() for page in read.pages for link in page.get("/Annots", [])]
    assert link["/Dest"][0].get_object() == read.pages[0].get_object()
    note = next(line for line in pages(made)[0].splitlines() if line.startswith("[1] "))
    assert "“B”" in note
    assert not any(word in made for word in (b"/URI", b"/Launch", b"/JavaScript", b"/EmbeddedFile"))


def test_markup_is_shown_as_it_stands_and_loads_nothing():
    made = as_pdf(HOSTILE, [turn(HOSTILE, HOSTILE + " [1]", HOSTILE)], {0: Rating(False, (), HOSTILE)})
    said = text(made)
    assert said.count('<img src="file:///etc/passwd"/>') == 5
    assert said.count("<b>&amp;</b>") == 5
    with pypdfium2.PdfDocument(made) as read:
        kinds = {one.type for page in read for one in page.get_objects()}
    assert kinds <= {pdfium.FPDF_PAGEOBJ_TEXT}


def test_huge_words_and_hidden_letters_stay_on_the_page():
    made = as_pdf("T", [turn("Q\x00\u202e?", "W" * 5000 + "\x07\x1b[31m\ud800", "x" * 20_000)])
    with pypdfium2.PdfDocument(made) as read:
        for page in read:
            said, (width, _) = page.get_textpage(), page.get_size()
            edges = [said.get_rect(n)[::2] for n in range(said.count_rects())]
            assert all(0 < left <= right < width for left, right in edges)
    assert "".join(pages(made)).count("W") == 5000
    assert "\x1b" not in text(made)


def test_letters_that_no_font_has_are_named():
    said = text(as_pdf("T", [turn("ไ?", "It is 灯塔.", "x")]))
    assert "U+0E44 THAI CHARACTER SARA AI MAIMALAI" in said
    assert "fonts of the program that shows this file" in said
    plain = text(as_pdf("T", [turn("Q?", "It is.", "x")]))
    assert "No font" not in plain
    assert "fonts of the program" not in plain


def test_chinese_and_formulas_are_kept_as_letters():
    said = text(as_pdf("T", [turn("灯塔有多高?", "灯台の高さは41メートル, 높이, ½ ± × 41", "x")])).replace(" ", "")
    assert "灯塔有多高?" in said
    assert "灯台の高さは41メートル,높이,½±×41" in said


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("abc (d) 41", "abc (d) 41"),
        ("אבג 41 (ד)", "(ד) 41 גבא"),
        ("אבג Varn דה [4]", "[4] הד Varn גבא"),
        ("אב 3.14.", ".3.14 בא"),
        ("is אב 41 גד here", "is דג 41 בא here"),
        ("שָׁלוֹם", "םוֹלשָׁ"),
    ],
)
def test_lines_to_the_left(line: str, drawn: str):
    assert in_order(line, right_to_left=is_right_to_left(line)) == drawn


def test_arabic_letters_are_joined():
    assert joined("بيت") == "\ufe91\ufef4\ufe96"
    assert joined("دار") == "\ufea9\ufe8d\ufead"
    assert joined("بَيت")[0] == "\ufe91"
    assert joined("a б 灯") == "a б 灯"


def test_a_long_conversation_takes_seconds():
    turns = [turn(f"Question {n}?", "It is as high as it was said to be. [1] " * 8, "A quote of words. " * 12)
             for n in range(500)]  # fmt: skip
    start = time.process_time()
    made = as_pdf("Long", turns)
    assert time.process_time() - start < 20
    assert "Question 499?" in "".join(pages(made)[-2:])
