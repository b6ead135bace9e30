"""Hits made by hand."""

from rag.types import Chunk, Hit


def a_hit(number: int, text: str, *, score: float = 0.5, document: int | None = None, start: int = 0) -> Hit:
    document = number if document is None else document
    place = (number, document, 0, start, start + len(text), text, "", "", 1, 1, f"{document}.txt", f"Doc {document}")
    return Hit(Chunk(*place, "default"), score, "fused")
