"""What a sentence is: abbreviations, scripts, lines, and text made to slow the splitter down."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.sentences import MAX_SENTENCE, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith met Mrs. Jones.",
        "J. K. Rowling and W. I. Thomas wrote it.",
        "The U.S. Army left.",
        "It is subject to 11 U.S.C. § 1121 and 28 C.F.R. §§ 35.101 to 35.190.",
        "It costs 3.50 or 2.5 % more.",
        "See Fig. 3 and No. 5, Vol. II and Sec. B for more.",
        "Smith et al. (2010) and Jones et al. 2011 agree.",
        "Cats vs. Dogs, e.g. Tom, i.e. that one.",
        "Acme Inc. Japan opened on Jan. 3.",
        "He wrote to Yahoo! last week.",
        '"Why?" he asked.',
        "Well... perhaps not.",
        "wait . . . and see",
        "Visit example.org or file.txt now.",
        "Ph.D. students are here.",
        "EE. UU. is how Raymond S. Bradley, P. Jones and V. I. Lenin wrote it.",
        "Wir sehen uns am 3. Oktober z. B. hier.",
        "1. First item",
        "2.1. Scope",
        "a line\nthat goes on",
        "No. 5 is alive.",
        "We are open from 9 a.m. to 5 p.m. Monday to Friday.",
        "The call begins at 10 a.m. EST and ends at noon.",
        "The room holds max. 10 persons, and orders are of min. 5 pieces.",
        "Prices are excl. VAT.",
        "Deliver to Apt. 5, Rm. 204, ext. 45, Attn. Ada Moor.",
        "See Ex. A and Sched. 2 of c. 1900.",
    ],
)
def test_one_sentence(text: str):
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("She left.", "He stayed."),
        ("He works at Acme Inc.", "The firm is old."),
        ("That was Plan B.", "It failed."),
        ("Is it?", "No."),
        ("No.", "I will not."),
        ("She slept until 8 a.m.", "Nobody minded."),
        ("“Go.”", "She went."),
        ("(He left.)", "She stayed."),
        ("Known since 1990.[12]", "Then forgotten."),
        ("It rose.", "$5 was paid."),
        ("So says the law.", "§ 5 says more."),
        ("He waited…", "Nothing."),
        ("It ended in 2010.", "15 people came."),
        ("It took 5 min.", "Nobody minded."),
        ("It opens at 9 a.m.", "Dogs are welcome."),
    ],
)
def test_two_sentences(first: str, second: str):
    assert sentences(f"{first} {second}") == [first, second]


def test_stops_of_scripts_without_blanks():
    assert sentences("你好。我很好！「真的吗？」是的。") == ["你好。", "我很好！", "「真的吗？」", "是的。"]


def test_stops_of_hindi_arabic_and_urdu():
    assert sentences("यह है। वह था। مرحبا؟ نعم. نہیں۔ ہاں۔") == ["यह है।", "वह था।", "مرحبا؟", "نعم.", "نہیں۔", "ہاں۔"]


def test_what_has_no_word_joins_its_neighbour():
    assert sentences("Great! 😀") == ["Great! 😀"]
    assert sentences("... Really.") == ["... Really."]


def test_prose_in_lower_case_is_cut_at_its_stops():
    text = "i went there. it was great. the food was cheap."
    assert sentences(text) == ["i went there.", "it was great.", "the food was cheap."]


def test_blank_line_ends_a_sentence_and_a_line_break_does_not():
    assert sentences("one\r\ntwo\r\n\r\nthree") == ["one\r\ntwo", "three"]


def test_lines_that_stand_alone():
    text = "# Title\nA text\ngoes on\n- first\n  goes on\n- second\n**Note**\nMore."
    assert sentences(text) == ["# Title", "A text\ngoes on", "- first\n  goes on", "- second", "**Note**", "More."]


def test_each_table_row_is_one_sentence_and_the_separator_belongs_to_the_header():
    assert sentences("| a | b |\n|---|---|\n| 1. A | 2 |\n| 3 | 4 |") == [
        "| a | b |\n|---|---|",
        "| 1. A | 2 |",
        "| 3 | 4 |",
    ]


def test_code_is_cut_by_lines():
    assert sentences("```py\nx = 1. \n\ny = X. Z\n```\nEnd.") == ["```py\nx = 1.", "y = X. Z\n```", "End."]


def test_long_sentences_are_cut_at_the_best_place():
    text = f"{'word ' * 80}end; {'other ' * 80}end"
    first, second = sentences(text)
    assert first.endswith("end;")
    assert second.startswith("other")
    assert [len(s) for s in sentences("x" * 1500)] == [500, 500, 500]


@given(st.text(alphabet="aB.?! \n\t\r|-#`1(\"'。😀\u2028") | st.text())
@example("\x1c.\x1c")
def test_spans_are_trimmed_ordered_disjoint_and_complete(text: str):
    spans = sentence_spans(text)
    inside = [False] * len(text)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert end - start <= MAX_SENTENCE
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        inside[start:end] = [True] * (end - start)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
    assert all(inside[i] or char.isspace() for i, char in enumerate(text))


HOSTILE = (
    ".", "a ", "(", ". ", "a. ", "A. ", ".[1]", '."', "?! ", "|", "| ", "|a|\n", "```\n", "# ", "*", "\n", "a\r",
    "a.\n", "😀. ", "1.", ";", "-", "。", " ", "- \n", "[", "**a", "\u2028", "$. ", "., ",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text_takes_seconds(piece: str):
    began = time.process_time()
    sentence_spans(piece * (300_000 // len(piece)))
    assert time.process_time() - began < 20


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_alone(piece: str):
    began = time.process_time()
    sentence_spans(piece * (30_000 // len(piece)))
    assert time.process_time() - began < 5
