"""A list of sources that a model writes behind its answer is no part of it, and takes no marker from a sentence."""

from __future__ import annotations

import time

import pytest

from rag.source_list import without_sources
from tests.rag.hits import a_hit
from tests.rag.scripted import Says, drafted

HITS = [a_hit(1, "The bridge opened in 1931."), a_hit(2, "The toll is 5 euros.")]
SAID = "The bridge opened in 1931. [1]"


@pytest.mark.parametrize(
    "sources",
    [
        "Sources:\n[1] Handbook.pdf, page 3\n[2] Guide.pdf, page 4",
        "**Sources:**\n\n- [1] Handbook\n- [2] Guide",
        "---\n\n### References\n1. Handbook.pdf (p. 3)\n2. https://example.org/guide",
        "Quellen:\n[1] Handbuch, Seite 3",
        "Quellen: [1] Handbuch.pdf, Seite 3; [2] x.pdf",
        "Fuentes: [1], [2]",
        "[^1]: Handbook.pdf, page 3",
        "[^1]: Handbook\n[^2]: Guide",
        "[1] Handbook.pdf, page 3\n[2] Guide.pdf",
        "Sources:\n[1] Handbook.pdf\n[7] Unknown.pdf",
    ],
)
def test_a_list_at_the_end_is_left_out(sources: str):
    for text in (f"{SAID}\n\n{sources}", f"{SAID}\n\n{sources}\n"):
        draft = drafted(Says(*text), HITS)[1]
        assert draft.text == SAID
        assert [one.check.state for one in draft.sentences if one.check] == ["supported"]
        assert len(draft.citations) == 1
        assert not draft.notice


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It opened in 1931. Source: [2]", "It opened in 1931. [2]"),
        ("It opened. Source: [1]\nIt is long. **Source:** [2]\n", "It opened. [1]\nIt is long. [2]\n"),
        ("- It opened in 1931\n  Source: [1]\n- It is long", "- It opened in 1931 [1]\n- It is long"),
        ("Er ist lang. Quelle: [1], [2]. Er ist alt.", "Er ist lang. [1], [2] Er ist alt."),
    ],
)
def test_a_word_before_a_marker_is_no_sentence(text: str, expected: str):
    assert without_sources(text) == expected


def test_the_marker_behind_such_a_word_is_that_of_the_sentence():
    draft = drafted(Says("The toll is 5 euros. Source: [2]"), HITS)[1]
    assert draft.text == "The toll is 5 euros. [1]"
    assert [(one.text, one.citations) for one in draft.sentences] == [("The toll is 5 euros.", (1,))]
    assert draft.citations[0].chunk.id == 2


@pytest.mark.parametrize(
    "text",
    [
        "Sources:\n[1] Handbook.pdf, page 3",
        f"{SAID}\n\nSources of heat:\n[1] Coal.",
        f"{SAID}\n\nSources:\n- Coal\n- Wood [2]",
        f"{SAID}\n\n[2] The toll is 5 euros.",
        f"Sources:\n[1] Handbook.pdf\n\n{SAID}",
        f"{SAID} The source: [2] says so.",
        "It has two. Source: [2] says so.",
        f"{SAID}\n\n```\nSources:\n[1] Handbook.pdf\n```",
        "`It opened. Source: [1]`",
        f"{SAID}\n- See page 3 of the handbook [1]",
    ],
)
def test_what_is_no_such_list_stays(text: str):
    assert without_sources(text) == text


@pytest.mark.parametrize(
    "unit", ["Sources:\n", "[1] a.pdf\n", "\n", " ", "[1]", "Source: [1]\n", "---\n", "a.pdf ", "- "]
)
def test_takes_linear_time(unit: str):
    start = time.process_time()
    without_sources("A." + unit * (20_000 // len(unit)))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "text", ["The reports are:\n\n- [1] report.pdf\n- [2] summary.docx", "Files:\n\n[1] lease.pdf"]
)
def test_files_that_are_asked_for_stay(text: str):
    assert without_sources(text) == text
