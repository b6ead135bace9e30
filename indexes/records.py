"""What goes into the catalogue and what comes out of it, and how a row becomes one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.embedding_text import opening
from rag.types import Chunk, Document, DocumentRecord, Ids


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells that a file has not changed without reading it; times in nanoseconds, 0 where there are none."""

    size: int = 0
    modified_ns: int = 0
    changed_ns: int = 0


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is known of a file before its chunks: where it came from and what its bytes were."""

    collection: str
    source: str
    sha256: str
    stat: FileStat
    fingerprint: str
    document: Document
    etag: str = ""
    last_modified: str = ""
    container: int | None = None
    """The document inside of which the file was found."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings that hold for this document alone."""


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk on its way in; `page` and `last_page` are None for a format without pages."""

    start: int
    end: int
    heading: str
    context: str
    page: int | None
    last_page: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What an index must do to get from one sequence number to `sequence`."""

    sequence: int
    added: Ids
    removed: Ids


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A place where a document's bytes were found, with what is needed to tell whether they are still the same."""

    collection: str
    source: str
    document_id: int
    stat: FileStat
    etag: str
    last_modified: str
    container: int | None
    sha256: str
    fingerprint: str
    media_type: str
    options: Mapping[str, Any]
    is_complete: bool
    """Whether every file inside of it, and inside of those, has become a document or was given up."""
    given_up: tuple[str, ...]
    """By which versions of the readers those that failed were given up; empty text: another try may go better."""
    n_pages: int = 0
    n_chunks: int = 0
    warnings: tuple[str, ...] = ()


def chunk_from(row: Sequence[Any]) -> Chunk:
    """A row of `queries.CHUNK`."""
    breaks = tuple((number, start) for number, start in json.loads(row[-1] or "[]"))
    values: tuple[Any, ...] = (*row[:-2], breaks, opening(row[-2] or ""))
    return Chunk(*values)


def document_from(row: Sequence[Any]) -> DocumentRecord:
    """A row of `queries.DOCUMENT`."""
    texts: list[Any] = [tuple(json.loads(row[9])), json.loads(row[10])]
    values: list[Any] = [*row[:9], *texts, *row[11:14], json.loads(row[14]), tuple(json.loads(row[15]))]
    return DocumentRecord(*values)


def source_from(row: Sequence[Any]) -> SourceRecord:
    """A row of `queries.SOURCE`."""
    values: list[Any] = [*row[:3], FileStat(*row[3:6]), *row[6:12], json.loads(row[12])]
    values += [row[13] is not None, tuple(json.loads(row[13] or "[]"))]
    values += [row[14], row[15], tuple(json.loads(row[16]))]
    return SourceRecord(*values)
