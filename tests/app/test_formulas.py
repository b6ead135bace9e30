"""Formulas are drawn from an allow list, money and code are none, and what cannot be drawn stays as it was written."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from app.components import mathml as home
from app.components.formula_text import as_code
from app.components.markdown_tree import tree
from app.components.mathml import mathml
from app.components.quoted_text import Node, prose, quoted
from app.export import with_footnotes
from app.pdf_export import as_pdf
from app.quoted_form import form_of
from rag.formulas import formulas
from rag.types import Answer, Sentence, Trace, Turn

SCRIPT = (Path(__file__).parents[2] / "app" / "components" / "answer.js").read_text(encoding="utf-8")


def found(text: str) -> list[tuple[str, bool]]:
    return [(one.latex, one.is_display) for one in formulas(text)]


def elements(node: Node) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for child in node.get("children", ()):
            yield from elements(child)


def names(nodes: list[Node]) -> list[str]:
    return [str(one.get("math") or one.get("tag") or "sign") for node in nodes for one in elements(node)]


def latex_of(nodes: list[Node]) -> list[str]:
    every = [one for node in nodes for one in elements(node)]
    return [one["children"][0] for one in every if one.get("math") == "annotation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$E = mc^2$", [("E = mc^2", False)]),
        ("the $n$th and \\(a_1\\)", [("n", False), ("a_1", False)]),
        ("$$\na\n+ b\n$$", [("a\n+ b", True)]),
        ("\\[ a = b \\]", [("a = b", True)]),
        ("高さは$h$です", [("h", False)]),
        ("$3x + 2$ at $50\\%$", [("3x + 2", False), ("50\\%", False)]),
    ],
)
def test_a_formula_stands_between_its_delimiters(text: str, expected: list[tuple[str, bool]]):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "from $5-$10",
        "US$5 or 6 US$",
        "$5 (US$) or more",
        "$ a$ and $b $",
        "\\$x$",
        "$a\n\nb$",
        "$HOME and $PATH, $HOME:$PATH",
        "$5 and `echo $x`",
        "\\[sic\\] and \\[12\\]",
        "$$ a",
        "$" + "x" * 2001 + "$",
    ],
)
def test_money_and_other_dollars_are_no_formula(text: str):
    assert found(text) == []


def test_markdown_leaves_a_formula_alone_and_code_is_none():
    nodes = tree("So $a_1 * b_1 * c$, \\(x\\), `$y$` and\n\n```\n$z$\n```")
    assert latex_of(nodes) == ["a_1 * b_1 * c", "x"]
    assert {"tag": "code", "children": ["$y$"]} in list(elements(nodes[0]))
    assert nodes[1] == {"tag": "pre", "children": ["$z$\n"]}


def test_lines_of_a_formula_are_no_list_and_no_heading():
    nodes = tree("Where:\n$$\na\n=\n- b\n+ c\n$$ [2]\nAfter.")
    assert [node["tag"] for node in nodes if isinstance(node, dict)] == ["p", "p", "p"]
    assert latex_of(nodes) == ["a\n=\n- b\n+ c"]
    assert {"cite": 2} in list(elements(nodes[1]))


def test_a_marker_within_a_formula_stands_behind_it():
    assert latex_of(tree("$\\sqrt[3]{x}$")) == ["\\sqrt[3]{x}"]
    [paragraph] = tree("It is $E = mc^2 [1]$. [2]")
    assert latex_of([paragraph]) == ["E = mc^2"]
    assert [one["cite"] for one in elements(paragraph) if "cite" in one] == [1, 2]


HOSTILE = [
    r"\href{javascript:alert(1)}{x}",
    r"\style{position:fixed}{x}",
    r"\class{chip}{x}",
    r"\unknown{x}",
    r"\begin{tikzpicture}a\end{tikzpicture}",
    r"\newcommand{\a}{\b\b}\newcommand{\b}{xx}\a",
    r"\def\a{\a\a}\a",
    r"\sideset{}{}{" * 30 + "x" + "}" * 30,
    "{" * 300 + "}" * 300,
    r"\frac" * 300,
    "a}",
    "a_{",
    r"\left( a",
    "x^",
    r"\unicode{x202e}",
    "x \\limits_",
]


@pytest.mark.parametrize("latex", HOSTILE, ids=range(len(HOSTILE)))
def test_what_cannot_be_drawn_stays_as_it_was_written(latex: str):
    assert mathml(latex, is_display=True) is None
    [paragraph] = tree(f"a $${latex}$$ b")
    assert "math" not in names([paragraph])
    assert {"tag": "code", "children": [f"$${latex}$$"]} in list(elements(paragraph))


DRAWN = [
    r"E = mc^2",
    r"\begin{aligned} a &= b \\[2pt] &= c \end{aligned}",
    r"\begin{cases} 1 & x < 0 \\ 2 & \text{else} \end{cases}",
    r"\sum_{i=1}^n \sqrt[3]{\frac{a_i}{b}} \implies \boxed{\mathbf{AB}}",
    r"\color{white}{x} \hspace{900em} \rule{900em}{900em} \raise 90em {x} \llap{over}",
    "\\text{\u202eabc <b>&lt;}",
    r"\left( \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \right]",
]


@pytest.mark.parametrize("latex", DRAWN, ids=range(len(DRAWN)))
def test_nothing_but_known_elements_attributes_and_values(latex: str):
    root = mathml(latex, is_display=True)
    assert root is not None
    known = re.search(r"MATHML = new Set\(\[(.*?)\]", SCRIPT, re.DOTALL)
    for one in elements(root):
        assert known and f'"{one["math"]}"' in known[1]
        assert set(one) <= {"math", "attributes", "children"}
        assert not any("\u202e" in child for child in one["children"] if isinstance(child, str))
        for name, value in one.get("attributes", {}).items():
            assert name in {*home._ATTRIBUTES, "display", "encoding"}
            assert not re.search(r"\d{3}|:|white|black", value)


def test_rows_of_an_aligned_formula_and_its_gaps():
    root = mathml(r"\begin{aligned} a &= b \\[2pt] &= c \end{aligned}", is_display=True)
    assert root is not None
    assert names([root]).count("mtr") == 2
    assert "2pt" not in "".join(
        c for one in elements(root["children"][0]["children"][0]) for c in one["children"] if isinstance(c, str)
    )


def test_limits_of_a_sum_stand_above_and_below_on_lines_of_its_own():
    for is_display, name in ((True, "munderover"), (False, "msubsup")):
        root = mathml(r"\sum_{i=1}^n i", is_display=is_display)
        assert root is not None
        assert name in names([root])


@pytest.mark.parametrize("letters", ["\\[", "$a ", "\\(a ", "$$a ", "{", "$x$ "])
def test_a_megabyte_takes_no_time_to_speak_of(letters: str):
    text = letters * (1_000_000 // len(letters))
    begun = time.process_time()
    list(formulas(text))
    assert time.process_time() - begun < 10


def test_of_many_formulas_some_hundreds_are_drawn():
    [paragraph] = tree("$x$ " * 1000)
    assert names([paragraph]).count("math") == 300
    assert names([paragraph]).count("code") == 700


def test_a_quoted_sentence_has_its_formulas_drawn_and_marked_as_a_whole():
    text = "The height is $h = \\sqrt{a}$ metres."
    at = text.index("= ")
    nodes = prose(Sentence(text, (1,), (at, at + 5)))
    assert latex_of(nodes) == ["h = \\sqrt{a}"]
    assert isinstance(nodes[1], dict)
    assert names([nodes[1]])[:2] == ["mark", "math"]
    assert quoted(form_of(Sentence("It costs $5 and $6.", ()), None)) == {
        "tag": "p",
        "children": ["It costs $5 and $6."],
    }


def test_while_an_answer_grows_formulas_are_code_and_half_ones_wait():
    assert as_code("So $E = mc^2$ costs $5.") == "So `$E = mc^2$` costs \\$5."
    for half in ("$E = m", "$$\nE", "$$E$", "\\[ a \\", "\\(a", "$"):
        assert as_code(f"So {half}") == "So ", half
    assert as_code("`$x` $|a|$") == "`$x` \\$|a|\\$"
    assert as_code("x $$\na\n= b\n$$ y") == "x `$$ a = b $$` y"


def test_headings_follow_each_other_without_a_gap_below_those_of_the_page():
    levels = [
        node["tag"]
        for node in tree("### A\n###### B\n## C\n# D\n### E\n#### F\n##### G\n###### H")
        if isinstance(node, dict)
    ]
    assert levels == ["h3", "h4", "h3", "h3", "h4", "h5", "h6", "h6"]


def test_exports_keep_the_latex():
    answer = Answer("Why?", "So $E = mc^2$ and \\[a = b\\].", (), (), (), Trace(()), model="m")
    assert "So $E = mc^2$ and \\[a = b\\]." in with_footnotes(answer)
    with pypdfium2.PdfDocument(as_pdf("Title", [Turn("Why?", answer)])) as made:
        assert "So $E = mc^2$ and \\[a = b\\]." in made[0].get_textpage().get_text_bounded()
