"""A flagged answer as the conversation draws it, as far as a flag keeps what that takes: its citations are numbers in
brackets, since their passages may be gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from app.components import answer_card
from app.components.answer_text import blocks
from app.components.formula_text import with_formulas
from app.components.markdown_tree import cited
from app.components.quoted_text import Node
from app.quoted_form import on_one_line
from rag.inert import visible
from rag.types import Answer, Chunk, Citation, Sentence, Trace

_ITEM = "- "


def show(row: Mapping[str, Any], key: str) -> None:
    """Draw the answer of a row of `FlagList`."""
    answer = answer_of(row)
    answer_card.show_text(answer, nodes(answer), key)


def nodes(answer: Answer) -> list[Node]:
    """What a flag has of an answer as it is drawn; of a refusal nothing but its title."""
    if answer.refused:
        return []
    is_arranged = (
        not answer.model and "\n" in answer.text
    )  # a flag keeps no outline; all else that is quoted is one line
    return [_numbered(node) for node in (_arranged(answer) if is_arranged else blocks(answer))]


def answer_of(row: Mapping[str, Any]) -> Answer:
    """The answer as far as it was kept; of each cited passage the cited words alone."""
    return Answer(
        question=row["question"],
        text=row["answer"],
        sentences=tuple(Sentence(one["text"], tuple(one["citations"])) for one in row["sentences"]),
        citations=tuple(_citation(one) for one in row["evidence"] if one["n"]),
        hits=(),
        trace=Trace(),
        refused=row["outcome"] in ("refused", "filtered"),
        model=row["model"],
    )


def _citation(one: Mapping[str, Any]) -> Citation:
    start, quote, page = one["start"], one["quote"], one["page"]
    end = start + len(quote)  # without its secrets it may have another length than in its document
    chunk = Chunk(0, one["document"], 0, start, end, quote, "", "", page, page, one["source"], "", "")
    return Citation(one["n"], chunk, start, end)


def _arranged(answer: Answer) -> Iterator[Node]:
    """The lines of an outline: titles, sentences, and what is listed below them."""
    text = answer.text
    for sentence in answer.sentences:
        if "|" in sentence.text or "<" in sentence.text:  # as in the conversation, an item has no table in it
            text = text.replace(sentence.text, on_one_line(sentence.text))
    lines = filter(None, text.split("\n"))
    for is_item, some in groupby(lines, lambda line: line.startswith(_ITEM)):
        tag = "li" if is_item else "p"
        said: list[Node] = [{"tag": tag, "children": _said(line.removeprefix(_ITEM))} for line in some]
        yield from [{"tag": "ul", "children": said}] if is_item else said


def _said(line: str) -> list[Node]:
    parts = cited(visible(line))
    return [node for part in parts for node in (with_formulas(part) if isinstance(part, str) else [part])]


def _numbered(node: Node) -> Node:
    """With `[1]` in the place of a number that leads to its source."""
    if isinstance(node, str):
        return node
    if "cite" in node:
        return f" [{node['cite']}]"
    return node | {"children": [_numbered(child) for child in node.get("children", [])]}
