"""What tells documents apart that people call the same: the file's name, or else where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from app.components.answer_card import title
from app.components.plain_text import names, parted, shortened
from rag.inert import flat
from rag.types import Chunk

_LONGEST = 28


class Placed(Protocol):
    """A passage or a document, by where it is."""

    @property
    def source(self) -> str: ...

    @property
    def collection(self) -> str: ...


def _folder(one: Placed) -> str:
    """Its end, since folders differ at theirs."""
    folder = flat(parted(one.source)[1])
    return folder if len(folder) <= _LONGEST else f"…{folder[1 - _LONGEST :]}"


_WAYS: tuple[Callable[[Placed], str], ...] = (
    lambda one: shortened(names(one.source)[0], _LONGEST),
    lambda one: shortened(one.collection, _LONGEST),
    _folder,
    lambda one: flat(f"{one.source}, {one.collection}"),
)
"""The first one by which all that are called the same differ is taken; by the last all do."""


def told_apart(chunks: Iterable[Chunk]) -> Mapping[int, str]:
    """Document -> what tells it from others of its title among these; empty where it has its title alone."""
    by_title: dict[str, dict[int, Chunk]] = defaultdict(dict)
    for chunk in chunks:
        by_title[title(chunk)][chunk.document_id] = chunk
    told: dict[int, str] = {}
    for alike in by_title.values():
        told |= differing(alike)
    return told


def differing(alike: Mapping[int, Placed]) -> Mapping[int, str]:
    """Of documents that are called the same: document -> what tells it from the others; empty where there is no
    other."""
    told = dict.fromkeys(alike, "")
    for way in _WAYS if len(alike) > 1 else ():
        told = {document: way(one) for document, one in alike.items()}
        if len(set(told.values())) == len(alike):
            break
    return told
