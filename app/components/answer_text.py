"""The text of an answer as a tree of plain texts, tags and citation numbers, so that no HTML is ever written."""

from __future__ import annotations

import re
from typing import Any

from rag.inert import visible
from rag.types import Answer

Node = str | dict[str, Any]
"""A text, `{"cite": n}`, or `{"tag": name, "children": [...]}`."""

_MARKER = re.compile(r"\[(\d{1,4})\]")


def blocks(answer: Answer) -> list[Node]:
    """One paragraph per quoted sentence, or the paragraphs that a chat model wrote."""
    if not answer.model:
        return [_paragraph([visible(s.text), *({"cite": n} for n in s.citations)]) for s in answer.sentences]
    return [_paragraph(cited(part)) for part in answer.text.split("\n\n")]


def cited(text: str) -> list[Node]:
    """A text with its `[n]` markers as citation numbers."""
    parts: list[Node] = []
    for i, part in enumerate(_MARKER.split(text)):
        parts += [{"cite": int(part)}] if i % 2 else [part] if part else []
    return parts


def _paragraph(children: list[Node]) -> Node:
    return {"tag": "p", "children": children}
