"""From a document to the passages that are embedded, and the fingerprint of how that was done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from indexes.records import FileStat, NewChunk
from ingest.chunkers import check_overlap, chunk
from ingest.fence import Cutting
from ingest.files import File
from ingest.loaders import SUFFIXES
from ingest.loaders.source import Progress
from rag.embedding_text import embedding_text, heading_path
from rag.errors import InputError
from rag.protocols import Embedder
from rag.settings import CHUNKERS, Settings
from rag.types import ChunkDraft, Document

PARSERS: Mapping[str, int] = {
    "application/epub+zip": 2,
    "application/mbox": 2,
    "application/msword": 2,
    "application/pdf": 3,
    "application/rtf": 2,
    "application/vnd.ms-excel": 2,
    "application/vnd.ms-outlook": 2,
    "application/vnd.ms-powerpoint": 2,
    "application/vnd.oasis.opendocument.presentation": 2,
    "application/vnd.oasis.opendocument.spreadsheet": 2,
    "application/vnd.oasis.opendocument.text": 2,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": 2,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 2,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 2,
    "application/x-ipynb+json": 2,
    "message/rfc822": 2,
    "text/csv": 2,
    "text/html": 3,
    "text/markdown": 2,
    "text/tab-separated-values": 2,
}
"""Media type -> version of its loader, where that is not 1; a higher one makes its documents stale."""

READERS = hashlib.sha256(json.dumps([sorted(PARSERS.items()), sorted(SUFFIXES)]).encode()).hexdigest()[:12]
"""Which loaders there are, in which versions: what these have given up may be read by others."""

OPTIONS: Mapping[str, tuple[int, int]] = {
    "chunk_tokens": (32, 8000),
    "chunk_overlap": (0, 4000),
    "max_file_mb": (1, 10_000),
    "parse_seconds": (1, 7200),
}
"""Settings that may be another for one document, with their bounds; `chunker` is the one that is no number."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document on its way in, with the identity of the bytes that it was read from."""

    file: File
    sha256: str
    stat: FileStat
    document: Document
    seconds: float = 0.0
    members: tuple[File, ...] = ()
    """The files that were found inside of it; their documents' container is this document."""
    n_skipped: int = 0
    """Bytes that were unpacked and are not among them."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Source -> SHA-256 of files inside that these readers have given up before, and that are not tried again."""

    @property
    def contents(self) -> dict[str, str]:
        """Source -> SHA-256 of all files that were found inside."""
        return {member.source: member.sha256 for member in self.members} | dict(self.refused)


@dataclass(frozen=True, slots=True)
class Cut:
    """A document with its passages and what the embedder reads for each."""

    loaded: Loaded
    drafts: list[ChunkDraft]
    texts: list[str]


def checked_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as they may be stored; raises InputError for one that is unknown or out of its range."""
    for name, value in options.items():
        if name == "chunker":
            if value not in CHUNKERS:
                raise InputError(f"chunker={value!r} is not one of {', '.join(CHUNKERS)}")
        elif name not in OPTIONS:
            raise InputError(f"{name!r} cannot be set for one file; these can: chunker, {', '.join(OPTIONS)}")
        elif not isinstance(value, int) or not OPTIONS[name][0] <= value <= OPTIONS[name][1]:
            low, high = OPTIONS[name]
            raise InputError(f"{name}={value!r} must be a whole number from {low} to {high}")
    return dict(options)


def check_together(settings: Settings, options: Mapping[str, Any]) -> None:
    """Raises ConfigError for options that cannot be followed together with the settings, whatever the file."""
    mine = with_options(settings, options)
    check_overlap(mine.chunk_tokens, mine.chunk_overlap)


def checked_collection(name: str) -> str:
    """A collection's name without blanks around it; raises InputError for one that cannot be shown on a line."""
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InputError(f"{name[:100]!r} cannot name a collection: use 1 to 100 printable characters")
    return name


def with_options(settings: Settings, options: Mapping[str, Any]) -> Settings:
    """The settings for one document."""
    mine = {name: value for name, value in options.items() if name != "parse_seconds"}
    return replace(settings, **mine)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How documents shall be read now: the settings, and `indexes.dense.tokenizer_id` of who counts."""

    settings: Settings
    tokenizer: str

    def fingerprint(self, media_type: str, options: Mapping[str, Any]) -> str:
        """Changes when the same file would be cut into other chunks; the embedder is known by its vectors."""
        mine = with_options(self.settings, options) if options else self.settings
        chunking = f"{mine.chunker}:{mine.chunk_tokens}:{mine.chunk_overlap}"
        return json.dumps({"parser": PARSERS.get(media_type, 1), "chunker": chunking, "tokenizer": self.tokenizer})


def difference(known: str, wanted: str) -> str:
    """What has changed between two fingerprints, for a person: `parser`, `chunker` and the like."""
    try:
        before, now = json.loads(known), json.loads(wanted)
        return ", ".join(name for name in now if before.get(name) != now[name])
    except (ValueError, AttributeError):  # of an older version
        return "format"


EARLIER = "parser"
"""What `difference` says of a document that only an earlier version of a loader has read."""


def check_fits(settings: Settings, embedder: Embedder) -> None:
    """Raises InputError for settings that the embedder cannot follow."""
    if settings.chunk_tokens > embedder.max_tokens:
        raise InputError(
            f"FOOTNOTE_CHUNK_TOKENS={settings.chunk_tokens} is more than the {embedder.max_tokens} that "
            f"{embedder.name} reads"
        )


def cutting(settings: Settings, embedder: Embedder, told: Progress) -> Cutting:
    """What a fence is told to cut a file as `cut` would."""
    rules = (settings.chunker, settings.chunk_tokens, settings.chunk_overlap, embedder.tokenizer.address)
    return Cutting(*rules, embed=embedder.embed_documents, told=told)


def cut(loaded: Loaded, settings: Settings, embedder: Embedder) -> Cut:
    """The passages of a document that is our own; one that somebody else wrote is cut behind the fence."""
    check_fits(settings, embedder)
    drafts = chunk(
        loaded.document,
        strategy=settings.chunker,
        tokenizer=embedder.tokenizer,
        max_tokens=settings.chunk_tokens,
        overlap=settings.chunk_overlap,
        embed=embedder.embed_documents,
    )
    return with_texts(loaded, drafts)


def with_texts(loaded: Loaded, drafts: list[ChunkDraft]) -> Cut:
    """A document with its passages, and what the embedder reads for each."""
    return Cut(loaded, drafts, [_read_text(loaded.document, draft) for draft in drafts])


def _read_text(document: Document, draft: ChunkDraft) -> str:
    text = document.text[draft.start : draft.end]
    return embedding_text(document.title, heading_path(draft.heading), draft.context, text)


def placed(document: Document, drafts: Iterable[ChunkDraft]) -> list[NewChunk]:
    """The drafts with the pages on which they begin and end."""
    starts = np.array([page.start for page in document.pages])

    def page_at(position: int) -> int | None:
        if not len(starts):
            return None
        return document.pages[max(0, int(np.searchsorted(starts, position, side="right")) - 1)].number

    return [
        NewChunk(d.start, d.end, heading_path(d.heading), d.context, page_at(d.start), page_at(d.end - 1))
        for d in drafts
    ]
