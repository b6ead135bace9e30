"""The names of documents are shown as they are, wherever an answer that tells them is: nothing in them is markup."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from app.components.answer_text import blocks
from app.export import as_markdown, with_footnotes
from app.pdf_export import as_pdf
from rag.types import Answer, Turn
from tests.rag.test_names_told import Shelf, told

NAMES = [
    "invoice[1].pdf",
    "annual_report 2023.pdf",
    "```.txt",
    "~~~.txt",
    "`a`.txt",
    "*draft* **2**.md",
    "__init__.py",
    "~~old~~.md",
    "[click](x.md) ![i](x.png)",
    "[a]: b.txt",
    "<b>bold &copy; & co.txt",
    "$x$.tex",
    "# notes.md",
    "- 2.txt",
    "> 3.txt",
    "1. Lease.pdf",
    "3) Lease.pdf",
    "---",
    "C:\\new.txt",
    "a | b.txt",
    "report (2).pdf",
]


@pytest.fixture(scope="module")
def answer() -> Answer:
    answer = told("List all my documents", Shelf(*NAMES))
    assert answer is not None
    return answer


def test_the_page(answer: Answer):
    (_, listed) = blocks(answer)
    assert isinstance(listed, dict)
    assert [one["children"] for one in listed["children"]] == [[name, {"cite": n}] for n, name in enumerate(NAMES, 1)]


def test_markdown(answer: Answer):
    turn = Turn("List all my documents", answer)
    listed = [f"{name} [^{n}]" for n, name in enumerate(NAMES, 1)]
    again = [f"{name} [^{n}]" for n, name in enumerate(NAMES, 1 + len(NAMES))]
    assert items_of(with_footnotes(answer)) == listed
    assert items_of(as_markdown("Library", [turn, turn])) == listed + again


def items_of(text: str) -> list[str]:
    """As a reader of Markdown shows them."""
    drawn = MarkdownIt("default", {"linkify": False}).render(text)
    return [unescape(item) for item in re.findall(r"<li>(.*?)</li>", drawn, re.DOTALL)]


def test_plain_names_are_copied_without_escapes():
    answer = told("List all my documents", Shelf("annual_report-2023 (1).v2.pdf", "Müller & Co.txt"))
    assert answer is not None
    assert with_footnotes(answer).startswith(
        "2 documents:\n- annual_report-2023 (1).v2.pdf [^1]\n- Müller & Co.txt [^2]\n"
    )


def test_text_and_pdf(answer: Answer):
    assert answer.text.split("\n")[1:] == [f"- {name} [{n}]" for n, name in enumerate(NAMES, 1)]
    turn = Turn("List all my documents", answer)
    pages = PdfReader(BytesIO(as_pdf("Library", [turn, turn]))).pages
    lines = "\n".join(page.extract_text() for page in pages).split("\n")
    numbers = range(1, 1 + 2 * len(NAMES))
    assert [line for line in lines if line.startswith("- ")] == [
        f"- {name} [{n}]" for n, name in zip(numbers, NAMES * 2, strict=True)
    ]
