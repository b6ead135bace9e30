"""Quotes as they are drawn: rows below their heads, code as code, prose as ever."""

from __future__ import annotations

import pytest

from app.components.quoted_text import quoted as drawn_form
from app.quoted_form import form_of, on_one_line
from rag.types import Chunk, Citation, Sentence

HEAD = "| boat | skipper | home port |\n|---|---|---|\n"
ROW = "| Kittiwake | Morwenna \\| Pascoe | Fowey |"


def citation(text: str, said: str, context: str = "") -> Citation:
    chunk = Chunk(1, 1, 0, 100, 100 + len(text), text, "", context, None, None, "boats.csv", "boats", "default")
    at = text.index(said)
    return Citation(1, chunk, 100 + at, 100 + at + len(said))


def quoted(sentence: Sentence, source: Citation | None) -> object:
    return drawn_form(form_of(sentence, source))


def texts(node: object, tag: str) -> list[str]:
    """What stands in every part of this tag."""
    if not isinstance(node, dict):
        return []
    inner = [text for child in node.get("children", []) for text in texts(child, tag)]
    return [words(node), *inner] if node.get("tag") == tag else inner


def cells_of(node: object) -> list[dict]:
    if not isinstance(node, dict):
        return []
    return (
        [node] if node.get("tag") == "td" else [cell for child in node.get("children", []) for cell in cells_of(child)]
    )


def words(node: object) -> str:
    if isinstance(node, dict):
        return "".join(words(child) for child in node.get("children", []))
    return str(node)


@pytest.mark.parametrize(
    ("text", "said", "context"),
    [(HEAD + ROW, ROW, ""), (ROW, ROW, HEAD.strip()), (HEAD + ROW, HEAD + ROW, "")],
    ids=["below its head", "its head in the context", "quoted with its head"],
)
def test_a_row_stands_below_its_head(text: str, said: str, context: str):
    line = " ".join(said.split())
    start = line.index("Morwenna")
    drawn = quoted(Sentence(line, (1,), (start, start + 18)), citation(text, said, context))
    assert texts(drawn, "th") == ["boat", "skipper", "home port"]
    assert texts(drawn, "td") == ["Kittiwake", "Morwenna | Pascoe", "Fowey"]
    assert texts(drawn, "mark") == ["Morwenna | Pascoe"]
    answering = next(cell for cell in cells_of(drawn) if "Morwenna" in words(cell))
    assert answering["children"][-1] == {"cite": 1}, "the source stands beside the words that answer"


def test_a_head_that_is_cut_says_so():
    row = "| Kittiwake | Fowey | 12 |"
    drawn = quoted(Sentence(row, (1,), (2, 11)), citation(row, row, "| boat | home"))
    assert texts(drawn, "th") == ["boat", "home …", ""]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("| Kittiwake | Fowey |", "Kittiwake · Fowey"),
        (HEAD + "| Kittiwake | | Fowey |\n", "boat · skipper · home port; Kittiwake · Fowey"),
        ("• WordStar was made;", "WordStar was made;"),
        ("```python\nheights = 3\n```", "heights = 3"),
    ],
)
def test_on_one_line_there_are_words_alone(text: str, line: str):
    assert on_one_line(text) == line


def test_of_many_columns_the_first_and_those_that_answer_are_kept():
    row = "| " + " | ".join(f"v{n}" for n in range(40)) + " |"
    head = "| " + " | ".join(f"c{n}" for n in range(40)) + " |\n|" + "---|" * 40
    start = row.index("v33")
    drawn = quoted(Sentence(row, (1,), (start, start + 3)), citation(row, row, head))
    assert texts(drawn, "th") == ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c33", ""]
    assert texts(drawn, "td")[:8] == ["v0", "v1", "v2", "v3", "v4", "v5", "v6", "v33"]
    assert texts(drawn, "td")[8] == "and 32 more"


def test_code_is_drawn_as_code_and_without_its_fence():
    text = "It is so:\n\n```python\ndef height(t):\n    return t + 1\n```"
    first = "```python\ndef height(t):"
    assert texts(quoted(Sentence("```python def height(t):", (1,)), citation(text, first)), "pre") == ["def height(t):"]
    later = "    return t + 1\n```"
    assert texts(quoted(Sentence(later, (1,)), citation(text, later)), "pre") == ["    return t + 1"]
    assert texts(quoted(Sentence("It is so:", (1,)), citation(text, "It is so:")), "p") == ["It is so:"]


def test_prose_is_a_paragraph_also_without_a_source():
    drawn = quoted(Sentence("A bar | is no table.", (), (2, 5)), None)
    assert texts(drawn, "p") == ["A bar | is no table."]
    assert texts(drawn, "mark") == ["bar"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("## Famous ducks", "Famous ducks"),
        ("- Enjoy summer warmth", "Enjoy summer warmth"),
        ("* Feed no ducks", "Feed no ducks"),
        ("- 5 degrees at night", "- 5 degrees at night"),
        ("#1 is a rank", "#1 is a rank"),
        ("-- as ever", "-- as ever"),
    ],
)
def test_the_mark_of_a_heading_or_an_item_is_not_shown(said: str, shown: str):
    at = said.index(shown.rsplit(maxsplit=1)[-1])
    drawn = quoted(Sentence(said, (1,), (at, len(said))), citation(f"Before.\n\n{said}\n", said))
    assert words(drawn) == shown
    assert texts(drawn, "mark") == [said[at:]]


HTML = """<table>
  <tr><th>Character</th> <th>First film</th></tr>
  <tr>
    <td>Donald <b>Duck</b></td>
    <td>The Wise &amp; Little Hen</td>
  </tr>
  <tr><td></td><td>Porky's Duck Hunt</td></tr>
</table>"""


def test_a_table_in_html_is_drawn_as_rows():
    line = " ".join(HTML.split())
    start = line.index("The Wise")
    drawn = quoted(Sentence(line, (1,), (start, start + len("The Wise &amp; Little Hen"))), citation(HTML, HTML))
    assert texts(drawn, "th") == ["Character", "First film"]
    assert [cell for cell in texts(drawn, "td")] == [
        "Donald Duck", "The Wise & Little Hen", "", "Porky's Duck Hunt"
    ]  # fmt: skip
    assert texts(drawn, "mark") == ["The Wise & Little Hen"]


def test_a_table_in_html_that_is_cut_off_keeps_its_words():
    said = "Duck</td> <td>The Wise Little Hen</td> </tr> <tr> <td>Daffy"
    drawn = quoted(Sentence(said, ()), citation(said, said))
    assert texts(drawn, "tr") == ["DuckThe Wise Little Hen", "Daffy"]
