"""What is embedded of a chunk."""

from __future__ import annotations

import pytest

from rag.embedding_text import embedding_text, heading_label, heading_path


def test_heading_path_and_context_stand_above_the_text():
    assert embedding_text("Title", "Guide > Use", "| a | b |", "| 1 | 2 |") == "Guide > Use\n| a | b |\n| 1 | 2 |"


def test_empty_parts_leave_no_line():
    assert embedding_text("Title", "", "", "text") == "text"


def test_headings_that_the_text_opens_with_are_not_repeated():
    text = "## **Install**\n\n### On Linux\n\nRun it."
    assert embedding_text("", heading_path(("Guide", "Install", "On Linux")), "", text) == f"Guide\n{text}"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("## Use it ##", "Use it"),
        ("# C#", "C#"),
        ("Two\nlines\n=====", "Two lines"),
        ("Title\n---", "Title"),
        ("**Bold**", "Bold"),
        ("#", "#"),
        ("x" * 300, "x" * 200),
    ],
)
def test_label_of_a_heading(text: str, label: str):
    assert heading_label(text) == label
