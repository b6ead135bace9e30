"""Questions for what a section is called."""

from dataclasses import replace

import pytest

from rag.candidates import Candidates
from rag.headed import is_called_so
from tests.rag.hits import a_hit

TEXT = "## Experience\n\nShe built the shop.\n\n## Skills\n\nPython, SQL, Go\n"


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("What are the skills?", True),
        ("What are Anna's skills?", True),
        ("what's her experience?", False),  # another section
        ("What are Peter's skills?", False),
        ("What skills are missing?", False),
        ("Are the skills proven?", False),
        ("What are the most useful skills?", False),
        ("skills", True),
        ("skills Anna", True),
        ("skills Peter", False),
    ],
)
def test_what_stands_below_its_name_is_what_is_asked_for(question: str, is_so: bool):
    hit = a_hit(1, TEXT)
    hit = replace(hit, chunk=replace(hit.chunk, title="Anna Berg", heading="Anna Berg"))
    start = TEXT.index("Python")
    assert is_called_so(Candidates(question, [hit], [(0, (start, start + 15))]), 0) is is_so


def test_a_title_stands_above_everything_and_names_nothing():
    hit = a_hit(1, "Python, SQL, Go")
    for title, is_so in ("Skills", False), ("Anna", True):
        named = replace(hit, chunk=replace(hit.chunk, title=title, heading="Skills"))
        assert is_called_so(Candidates("What are the skills?", [named], [(0, (0, 15))]), 0) is is_so
