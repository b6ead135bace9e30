"""Reads a version that a question asks for: its mark stands in the name of its file, and often nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.types import Hit, Reading, Retrieval
from rag.versions.asking import without_mark
from rag.versions.names import version_name

Read = Callable[[str, Sequence[Hit]], Reading]


def read_as_asked(read: Read, question: str, retrieval: Retrieval, threshold: float) -> Reading:
    """What `read` makes of the question and all hits. Where that is less likely than `threshold`, what it makes of the
    passages of the versions that are asked for, and of the question without their marks."""
    reading = read(question, retrieval.hits)
    if not retrieval.asked or reading.answerability >= threshold:
        return reading
    places = [at for at, hit in enumerate(retrieval.hits) if hit.chunk.document_id in retrieval.asked]
    hits = [retrieval.hits[at] for at in places]
    asked = question
    for hit in hits:
        asked = without_mark(asked, version_name(hit.chunk.source))
    if not hits or asked == question:
        return reading
    of_asked = read(asked, hits)
    spans = tuple(replace(span, hit=places[span.hit]) for span in of_asked.spans)
    return replace(of_asked, spans=spans) if of_asked.answerability > reading.answerability else reading
