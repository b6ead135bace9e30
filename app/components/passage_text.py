"""Text of a document, drawn as nothing but text: paragraphs and tables with passage and quote marked, and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.components.drawing import component
from app.words import tr

_draw = component("passage", "passage.css", "passage.js", in_dialog=True)


def show(blocks: Sequence[Mapping[str, Any]], key: str, facts: Sequence[tuple[str, str]] = ()) -> None:
    """Draw blocks (see `app.source_text.blocks`) in order, below (name, value) of what is known of the document; the
    first quote, or a passage among its surroundings, is scrolled into sight."""
    words = {"cut": tr("Rows before these are not shown"), "text": tr("Text of the document")}
    _draw(
        data={"blocks": [dict(block) for block in blocks], "facts": [list(fact) for fact in facts], "words": words},
        key=key,
    )
