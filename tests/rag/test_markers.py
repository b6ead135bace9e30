"""Markers in a stream: every way of writing them, and nothing half, unknown or in code."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.citations import bare
from rag.markers import MarkerStream

N_HITS = 3
PARTS = [
    "[",
    "]",
    "【",
    "】",
    "†",
    "［",
    "(source ",
    ": ",
    "(",
    ")",
    "1",
    "2",
    "9",
    ",",
    "-",
    "^",
    " ",
    ".",
    "\n",
    "`",
    "```",
    "a",
    "\\",
    "|",
    "http://e",
]
TEXTS = st.lists(st.sampled_from([*PARTS, "[1]", "[1, 3]", "【2†x】", "(1)", ". (2)\n", "[1](http://e)"])).map("".join)


def shown(*deltas: str) -> str:
    stream = MarkerStream(N_HITS)
    return "".join([*map(stream.feed, deltas), stream.finish()])


@pytest.mark.parametrize(
    ("text", "expected", "used"),
    [
        ("A [1].", "A [1].", (1,)),
        ("A [3]. B [1]. C [3].", "A [1]. B [2]. C [1].", (3, 1)),
        ("A [1][3].", "A [1][2].", (1, 3)),
        ("A [1] [3].", "A [1] [2].", (1, 3)),
        ("A [1, 3].", "A [1][2].", (1, 3)),
        ("A [1; 3 and 2].", "A [1][2][3].", (1, 3, 2)),
        ("A [1-3].", "A [1][2][3].", (1, 2, 3)),
        ("A [2–9].", "A [1][2].", (2, 3)),
        ("A [ 2 ].", "A [1].", (2,)),
        ("A [^2].", "A [1].", (2,)),
        ("A [Source 2].", "A [1].", (2,)),
        ("A [passages 2, 3].", "A [1][2].", (2, 3)),
        ("A【2】.", "A[1].", (2,)),
        ("A 【2†source】.", "A [1].", (2,)),
        ("A 【4:0†file.pdf】.", "A.", ()),
        ("A. (2)\nB", "A. [1]\nB", (2,)),
        ("A. (2)", "A. [1]", (2,)),
        ("A [1][1], B [1].", "A [1], B [1].", (1,)),
        ("A [9]. B", "A. B", ()),
        ("A [9, 2].", "A [1].", (2,)),
        ("A x [1][9].", "A x [1].", (1,)),
        ("A x [1][9][2], y[2][8]", "A x [1][2], y[2]", (1, 2)),
        ("A [0].", "A.", ()),
        ("x = a[2] 开放[9] B.[9]", "x = a[1] 开放 B.", (2,)),
        ("A [1](http://evil.example/?q=(x)) b", "A [1] b", (1,)),
        ('A [1](<http://evil.example> "t").', "A [1].", (1,)),
        ("- A [2]\n- B [1]", "- A [1]\n- B [2]", (2, 1)),
        ("| a [2] | b |\n|---|---|", "| a [1] | b |\n|---|---|", (2,)),
        ("**A** [2]\n\n# B [2]", "**A** [1]\n\n# B [1]", (2,)),
        ("A [source 1, source 2].", "A [1][2].", (1, 2)),
        ("A [Passage 3; Passage 2].", "A [1][2].", (3, 2)),
        ("A [Quelle 2].", "A [1].", (2,)),
        ("A [Quellen 1 und 3].", "A [1][2].", (1, 3)),
        ("A [1 und 2], b [3 et 1], c [2 y 3].", "A [1][2], b [3][1], c [2][3].", (1, 2, 3)),
        ("A [1,2, and 3].", "A [1][2][3].", (1, 2, 3)),
        ("A [#2], [^3^].", "A [1], [2].", (2, 3)),
        ("A [cite: 2], [citation:3], [doc_1].", "A [1], [2], [3].", (2, 3, 1)),
        ("A [1, p. 3], [Passage 2, S. 4-5].", "A [1], [2].", (1, 2)),
        ("A [1: Handbook, page 3].", "A [1].", (1,)),
        ("A [2†L3-L5].", "A [1].", (2,)),
        ("A \\[2\\].", "A [1].", (2,)),
        ("A \\[1, 2\\] b", "A [1][2] b", (1, 2)),
        ("A ［2］.", "A [1].", (2,)),
        ("A (Passage 2).", "A [1].", (2,)),
        ("A (Passage 1) (b) (Quellen 2 und 3).", "A [1] (b) [2][3].", (1, 2, 3)),
        ("A. (Source: [2])\nB", "A. [1]\nB", (2,)),
        ("A (Sources: [1], [3]).", "A [1][2].", (1, 3)),
        ("A (source [2], in part).", "A (source [1], in part).", (2,)),
        ("A (Source: [9], [2]).", "A (Source:, [1]).", (2,)),
        ("Cut [source 2, sou", "Cut [source 2, sou", ()),
        ("Cut [source 2, ", "Cut", ()),
        ("Cut [1, p. ", "Cut", ()),
        ("Cut (Passage 1", "Cut", ()),
        ("Cut (Source: [1], [2", "Cut (Source: [1],", (1,)),
        ("Cut \\[1\\", "Cut", ()),
        ("Cut [1", "Cut", ()),
        ("Cut [", "Cut", ()),
        ("Cut [1] and [2, ", "Cut [1] and", (1,)),
    ],
)
def test_markers(text: str, expected: str, used: tuple[int, ...]):
    stream = MarkerStream(N_HITS)
    assert (stream.feed(text) + stream.finish(), stream.used) == (expected, used)


@pytest.mark.parametrize(
    "text",
    [
        "(1) First, (2) second.",
        "See equation (1).",
        "It ended. (2) is next",
        "Paid. (9)",
        "[2024] EWCA Civ 12",
        "[x] done, [ ] open, [a1], [1.2], [12:30], []",
        "[1a] and [see 1]",
        "\\[1\\]",
        "The interval [0, 1] and x=a[0], a[0][0].",
        "x = a[7] + row_[5, 9]",
        "Oak[9] and a_[9]",
        "A (document 2), (passage 9), (passages), (passage 1 of 3), (source code), (a",
        "A [1: 30], [9, p. 3], [1, no. 3], [9: Handbook], [note: 1], [2023], [sic], [Quelle]",
        "A \\[x\\] \\[9\\] \\",
        "f(source 1)",
        "Use `row[1]` and ``x[2]``.",
        "```python\nrow[1] = row[2]\n```",
        "1. do\n   ```\n   x[1]\n   ```",
        "```\nnever closed [1]",
        "  two  blanks  ",
        "",
    ],
)
def test_what_is_no_marker_stays(text: str):
    assert shown(text) == text


def test_a_parenthesis_behind_a_marker_stays_when_it_is_no_address():
    assert shown("A [1](see below) b") == "A [1](see below) b"
    assert shown("A [1] (Handbook, p. 3)") == "A [1] (Handbook, p. 3)"


@given(TEXTS, st.lists(st.integers(0, 60)))
@example("[1](http://e)", [3, 4])
@example("a. (1)", [4, 5])
def test_how_the_stream_is_cut_does_not_matter(text: str, cuts: list[int]):
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    deltas = [text[start:end] for start, end in zip(places, places[1:], strict=False)]
    assert shown(*deltas) == shown(text)


@given(TEXTS)
def test_half_a_marker_is_never_shown(text: str):
    stream = MarkerStream(N_HITS)
    so_far = ""
    whole = shown(text)
    for char in text:
        so_far += stream.feed(char)
        assert whole.startswith(so_far.rstrip())


@given(TEXTS)
def test_numbers_are_those_of_hits_in_order_of_first_use(text: str):
    stream = MarkerStream(N_HITS)
    stream.feed(text)
    stream.finish()
    assert len(set(stream.used)) == len(stream.used)
    assert set(stream.used) <= set(range(1, N_HITS + 1))


def test_held_back_is_little():
    stream = MarkerStream(N_HITS)
    assert [stream.feed(delta) for delta in ["The ", "rule [", "1", "] holds", " (and ", "so on)"]] == [
        "The",
        " rule",
        "",
        " [1] holds",
        " (and",
        " so on)",
    ]


@pytest.mark.parametrize(
    "unit",
    ["[", "[1", "`", "``a", " ", "(", "a. (1) ", " (source 1", " \\[1, ", "[1](x", "【1†", "1", "~", "[1]", "\\"],
)
def test_takes_linear_time(unit: str):
    stream = MarkerStream(N_HITS)
    start = time.process_time()
    for _ in range(100_000 // len(unit)):
        stream.feed(unit)
    stream.finish()
    assert time.process_time() - start < 10


@pytest.mark.parametrize("formula", ["$\\sqrt[3]{x}$", "$x \\in [0, 1]$", "$x \\in[1,2]$"])
def test_a_bracket_of_a_formula_is_no_marker(formula: str):
    for pieces in ([f"{formula} [2]"], list(f"{formula} [2]")):
        stream = MarkerStream(N_HITS)
        assert "".join([*map(stream.feed, pieces), stream.finish()]) == f"{formula} [1]"
        assert stream.used == (2,)
    assert bare("$\\sqrt[3]{x}$ [1]") == "$\\sqrt[3]{x}$"
