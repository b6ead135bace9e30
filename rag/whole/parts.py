"""Cuts what was read into the parts that a summary goes through: documents, chapters, or stretches of even length."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rag.types import Chunk
from rag.whole.margins import is_about_rights

MOST_PARTS = 12
_DEEPEST = 4
_FEWEST_PASSAGES = 5
"""A shorter document is summarised as one."""
_BACK_MATTER = re.compile(
    r"[\d.\s]*(?:references|bibliography|works cited|acknowledge?ments?|(?:table of )?contents|index|appendix.*|"
    r"(?:list of )?(?:illustrations|figures|tables|plates)|copyright|licen[cs]e|"
    r"further reading|external links|see also|notes|competing interests?|author contributions?|funding|"
    r"literatur(?:verzeichnis)?|abbildungsverzeichnis|tabellenverzeichnis|impressum|"
    r"inhalt(?:sverzeichnis)?|bibliografía|referencias|índice)[\s.:]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the passages, by their places, under a title."""

    title: str
    at: tuple[int, ...]


def parts_of(chunks: Sequence[Chunk], n_sentences: int) -> tuple[list[Part], int]:
    """The parts in order, at most twelve, the largest ones of more; and how many there were."""
    if len({chunk.document_id for chunk in chunks}) > 1:
        parts = _grouped(chunks, [chunk.document_id for chunk in chunks], [_name(chunk) for chunk in chunks])
    else:
        parts = _chapters(chunks) or _stretches(len(chunks), n_sentences)
    return _largest(parts), len(parts)


def _name(chunk: Chunk) -> str:
    return chunk.title or chunk.source.rsplit("/", 1)[-1]


def headings_of(chunks: Sequence[Chunk], depth: int) -> list[tuple[str, ...]]:
    """The first headings above each passage, without the one that stands above all of them."""
    paths = [tuple(chunk.heading.split(" > ")) if chunk.heading else () for chunk in chunks]
    firsts = {path[0] if path else "" for path in paths}
    if len(firsts) == 1 or firsts - {""} <= {chunk.title for chunk in chunks}:
        paths = [path[1:] for path in paths]
    return [path[:depth] for path in paths]


def _chapters(chunks: Sequence[Chunk]) -> list[Part]:
    """By the deepest level of headings that has no more than twelve; none where there are no two of them."""
    if len(chunks) < _FEWEST_PASSAGES:
        return []
    best: list[Part] = []
    for depth in range(1, _DEEPEST + 1):
        keys = headings_of(chunks, depth)
        parts = _grouped(chunks, keys, [key[-1] if key else "" for key in keys])
        parts = [part for part in parts if not _BACK_MATTER.fullmatch(part.title)] or parts
        if len({part.title for part in parts} - {""}) < 2:
            continue
        if best and len(parts) > MOST_PARTS:
            break
        best = parts
    return _without_margins(best, chunks)


def _without_margins(parts: list[Part], chunks: Sequence[Chunk]) -> list[Part]:
    """The first and the last are left out where they are about the rights to the document; all stay where all are."""
    own = [n for n, part in enumerate(parts) if not is_about_rights([chunks[at].text for at in part.at])]
    return parts[own[0] : own[-1] + 1] if own else parts


def _grouped(chunks: Sequence[Chunk], keys: Sequence[Hashable], titles: Sequence[str]) -> list[Part]:
    """Passages of one key together, in the order in which the keys come first."""
    found: dict[Hashable, tuple[str, list[int]]] = {}
    for at in range(len(chunks)):
        found.setdefault(keys[at], (titles[at], []))[1].append(at)
    return [Part(title, tuple(places)) for title, places in found.values()]


def _stretches(n: int, n_parts: int) -> list[Part]:
    n_parts = max(1, min(n, n_parts, MOST_PARTS)) if n >= _FEWEST_PASSAGES else 1
    bounds = [round(n * i / n_parts) for i in range(n_parts + 1)]
    return [Part("", tuple(range(a, b))) for a, b in zip(bounds, bounds[1:], strict=False) if a < b]


def _largest(parts: list[Part]) -> list[Part]:
    if len(parts) <= MOST_PARTS:
        return parts
    kept = sorted(range(len(parts)), key=lambda i: (-len(parts[i].at), i))[:MOST_PARTS]
    return [parts[i] for i in sorted(kept)]
