"""What tells documents apart that people call the same: the file's name, or else where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from app.components.answer_card import title
from app.components.plain_text import names, parted, shortened
from rag.inert import flat
from rag.types import Chunk

_LONGEST = 28


def _folder(chunk: Chunk) -> str:
    """Its end, since folders differ at theirs."""
    folder = flat(parted(chunk.source)[1])
    return folder if len(folder) <= _LONGEST else f"…{folder[1 - _LONGEST :]}"


_WAYS: tuple[Callable[[Chunk], str], ...] = (
    lambda chunk: shortened(names(chunk.source)[0], _LONGEST),
    lambda chunk: shortened(chunk.collection, _LONGEST),
    _folder,
    lambda chunk: flat(f"{chunk.source}, {chunk.collection}"),
)
"""The first one by which all of the same title differ is taken; by the last all do."""


def told_apart(chunks: Iterable[Chunk]) -> Mapping[int, str]:
    """Document -> what tells it from others of its title among these; empty where it has its title alone."""
    by_title: dict[str, dict[int, Chunk]] = defaultdict(dict)
    for chunk in chunks:
        by_title[title(chunk)][chunk.document_id] = chunk
    told: dict[int, str] = {}
    for alike in by_title.values():
        told |= _differing(alike) if len(alike) > 1 else dict.fromkeys(alike, "")
    return told


def _differing(alike: Mapping[int, Chunk]) -> dict[int, str]:
    told: dict[int, str] = {}
    for way in _WAYS:
        told = {document: way(chunk) for document, chunk in alike.items()}
        if len(set(told.values())) == len(alike):
            break
    return told
