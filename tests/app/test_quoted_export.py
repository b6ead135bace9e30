"""Quoted sentences in a file: rows as a table of Markdown, items as a list, and paragraphs as paragraphs."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from app.components.answer_card import card
from app.export import as_markdown, with_footnotes
from app.pdf_export import as_pdf
from app.quoted_export import as_lines
from app.quoted_export import as_markdown as said
from rag.types import Answer, Chunk, Citation, Sentence, Trace, Turn
from rag.whole.composing import as_text
from rag.whole.nouns import Outline, Section
from tests.app.test_quoted_text import HEAD, HTML

BOATS = HEAD + "| Kittiwake | Morwenna \\| Pascoe | Fowey |\n| Gannet | Jago | Polruan |\n"
TEXT = f"# Boats\n\nBoats leave at nine. They return at noon.\n\n{BOATS}\n- Bring a towel\n\n- Bring a rope\n\n{HTML}\n"


def answered(*quotes: str, text: str = TEXT) -> Answer:
    """Each of these sentences with a source of its own."""
    chunk = Chunk(1, 1, 0, 0, len(text), text, "", "", None, None, "boats.md", "Boats", "default")
    starts = [text.index(quote) for quote in quotes]
    cited = tuple(Citation(n, chunk, at, at + len(quotes[n - 1])) for n, at in enumerate(starts, start=1))
    sentences = tuple(Sentence(" ".join(one.split()), (n,)) for n, one in enumerate(quotes, start=1))
    flat = " ".join(f"{one.text} [{one.citations[0]}]" for one in sentences)
    return Answer("Which boats?", flat, sentences, cited, (), Trace())


def drawn(markdown: str) -> str:
    """As a reader of Markdown shows it."""
    return MarkdownIt().enable("table").render(markdown)


def test_rows_below_one_head_are_one_table():
    answer = answered("| Gannet | Jago | Polruan |", "| Kittiwake | Morwenna \\| Pascoe | Fowey |")
    assert said(answer).split("\n") == [
        "| boat | skipper | home port |",
        "| --- | --- | --- |",
        "| Gannet | Jago | Polruan [1] |",
        "| Kittiwake | Morwenna \\| Pascoe | Fowey [2] |",
    ]
    shown = drawn(with_footnotes(answer))
    assert shown.count("<table>") == 1
    assert "<td>Morwenna | Pascoe</td>" in shown
    assert "<td>Polruan [^1]</td>" in shown


@pytest.mark.parametrize("quote", [HTML, "| Gannet | Jago | Polruan |"], ids=["HTML", "without a head"])
def test_every_table_has_a_head(quote: str):
    shown = drawn(with_footnotes(answered(quote, text=quote)))
    assert shown.count("<th>") == len(shown.split("<tr>")[1].split("<th>")) - 1 > 1
    assert "Hunt [^1]</td>" in shown or "Polruan [^1]</td>" in shown
    assert "&lt;" not in shown


@pytest.mark.parametrize("sides", [(), ("boats", "skippers")], ids=["list", "comparison"])
def test_what_is_arranged_is_told_without_bars(sides: tuple[str, ...]):
    answer = answered("| Gannet | Jago | Polruan |", "They return at noon.")
    cells = tuple((one,) for one in answer.sentences)
    outline = Outline((Section("Boats", cells),), sides, is_list=not sides)
    answer = replace(answer, outline=outline, text=as_text(outline))
    places = ("boats: ", "skippers: ") if sides else ("", "")
    lines = ["Boats:", f"- {places[0]}Gannet · Jago · Polruan [1]", f"- {places[1]}They return at noon. [2]"]
    assert said(answer).split("\n") == as_lines(answer)[0].split("\n") == lines
    shown = json.dumps(card(answer)["blocks"], ensure_ascii=False)
    assert "Gannet · Jago · Polruan" in shown
    assert "|" not in shown
    assert "Gannet · Jago · Polruan [^1]" in with_footnotes(answer)
    pdf = PdfReader(BytesIO(as_pdf("Boats", [Turn("Which boats?", answer)])))
    assert "|" not in "".join(page.extract_text() for page in pdf.pages)


def test_paragraphs_and_items_stay_apart():
    answer = answered("Boats leave at nine.", "They return at noon.", "- Bring a towel", "- Bring a rope", "# Boats")
    assert said(answer) == (
        "Boats leave at nine. [1]\n\nThey return at noon. [2]\n\n- Bring a towel [3]\n- Bring a rope [4]\n\nBoats [5]"
    )
    shown = drawn(as_markdown("Trip", [Turn("Which boats?", answer)]))
    assert "<p>Boats leave at nine. [^1]</p>" in shown
    assert shown.count("<li>") == 2


def test_code_keeps_its_lines():
    text = "```python\ndef height(t):\n    return t + 1\n```"
    assert "<code>def height(t):\n    return t + 1\n</code>" in drawn(with_footnotes(answered(text, text=text)))


def test_a_pdf_names_the_values_of_a_row():
    answer = answered("| Gannet | Jago | Polruan |", "Boats leave at nine.", HTML)
    pages = PdfReader(BytesIO(as_pdf("Trip", [Turn("Which boats?", answer)]))).pages
    lines = "\n".join(page.extract_text() for page in pages).split("\n")
    assert "boat: Gannet · skipper: Jago · home port: Polruan [1]" in lines
    assert "Boats leave at nine. [2]" in lines
    assert "Character: Donald Duck · First film: The Wise & Little Hen [3]" in lines
