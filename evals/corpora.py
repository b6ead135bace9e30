"""Indexed corpora that are kept: a set is taken in once for every way of cutting it, and searched in every run after.

What a corpus is kept under names all that decides what is stored: the texts or the files' bytes, the embedder, how it
is cut, and the code that does it. Weights, depths and thresholds are not among them, so that runs which differ in these
alone share one corpus. Where the code has changed everything is cut again, but only new texts are embedded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from evals.datasets import Dataset, Passage
from evals.embedding_cache import CachedEmbedder, VectorCache
from indexes.embedders import open_embedder
from indexes.library import Library
from indexes.records import FileStat
from ingest.loaders.language import detect
from ingest.pipeline import File, Loaded, Outcome, Pipeline
from ingest.weighing import tune
from rag.errors import InputError
from rag.settings import Settings
from rag.types import Block, Document, counted

CACHE = Path("build/evals/cache")
COLLECTION = "eval"
_ROOT = Path(__file__).parents[1]
_CODE = ("rag", "indexes", "ingest")
_FAILED = "failed.json"
"""In a kept home: the files that could not be read, each with the reason."""

Told = Callable[[str], None]


class CachedLibrary(Library):
    """A Library whose embedder remembers."""

    def __init__(self, settings: Settings, cache: Path) -> None:
        super().__init__(settings)
        self._vectors = cache

    @cached_property
    def configured(self) -> CachedEmbedder:
        """The embedder of the settings behind its cache."""
        inner = open_embedder(self.settings)
        return CachedEmbedder(inner, VectorCache(self._vectors, inner.fingerprint))


@dataclass(frozen=True, slots=True)
class Corpus:
    """A library that holds one set, and what of the set could not be read."""

    library: Library
    failed: dict[str, str]
    was_kept: bool
    """Whether it was there from an earlier run."""
    content: str
    """Hash of what was taken in."""
    unknown: str = ""
    """A sentence on judgements that name what the set does not have."""


def open_corpus(dataset: Dataset, settings: Settings, cache: Path, told: Told, *, is_timed: bool = False) -> Corpus:
    """The set as these settings cut and embed it, made where it is not kept.

    `is_timed`: questions and sentences are embedded as the app does it, and not looked up.
    """
    content = content_of(dataset)
    home = cache / "homes" / _key(content, settings)
    was_kept = home.is_dir()
    if not was_kept:
        _build(dataset, settings, cache, home, told)
    failed = json.loads((home / _FAILED).read_text("utf-8"))
    kept = replace(settings, home=home)
    library = Library(kept) if is_timed else CachedLibrary(kept, cache)
    unknown = "" if dataset.files is not None else _unknown(dataset, library, failed)
    if unknown:
        library.note(unknown)
    return Corpus(library, failed, was_kept, content, unknown)


def indexed_corpus(collection: str, settings: Settings) -> Corpus:
    """A collection of the home as it is indexed there: nothing is read, cut or embedded anew. Raises InputError."""
    library = Library(settings)
    library.check_collection(collection)
    state = f"{collection} of {library.catalogue.identity()} at {library.catalogue.sequence()}"
    return Corpus(library, {}, was_kept=True, content=sha256(state.encode()).hexdigest())


def _unknown(dataset: Dataset, library: Library, failed: Mapping[str, str]) -> str:
    """Sets are published with such judgements, so they are told and not refused."""
    known = {record.source for record in library.catalogue.documents()} | failed.keys()
    lost = [(id, query) for query, grades in dataset.qrels.items() for id in grades if id not in known]
    if not lost:
        return ""
    (id, query), n = lost[0], counted(len(lost), "judgement")
    return (
        f"{dataset.folder} judges passages that it does not have, in {n}, the first of {id!r} for question {query!r}: "
        "where they should be relevant they count as not found"
    )


def _build(dataset: Dataset, settings: Settings, cache: Path, home: Path, told: Told) -> None:
    """Beside its place, then moved there: a run that is stopped leaves no half corpus behind."""
    scratch = home.with_name(f".{home.name}-{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    library = CachedLibrary(replace(settings, home=scratch), cache)
    try:
        failed = {}
        for n, outcome in enumerate(_outcomes(dataset, Pipeline(library, COLLECTION)), start=1):
            if outcome.state == "failed":
                failed[outcome.source] = outcome.reason
            if n % 100 == 0 or dataset.files is not None:
                told(f"{n:,} documents of {dataset.name} indexed")
        if not library.catalogue.documents() and dataset.files is None:
            raise InputError(f"{dataset.folder} holds no passage, so there is nothing to be found")
        tune(library, COLLECTION, limit_s=float("inf"))  # so that it is the same on a slow machine
        library.close()
        if dataset.files and len(failed) == len(dataset.files):
            raise InputError(f"none of the {len(failed)} files of {dataset.name} could be read: {min(failed.values())}")
        (scratch / _FAILED).write_text(json.dumps(failed), "utf-8")
        if not home.exists():  # another run may have been faster
            scratch.rename(home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _outcomes(dataset: Dataset, pipeline: Pipeline) -> Iterator[Outcome]:
    if dataset.files is None:
        return pipeline.take_in(documents_of(dataset.corpus()))
    return pipeline.add(File(path, name) for name, path in sorted(dataset.files.items()))


def documents_of(corpus: Iterable[Passage]) -> Iterator[Loaded]:
    """Every passage as a document on its way in."""
    for passage in corpus:
        text = as_document(passage)
        content = f"{passage.id}\n{text.text}"  # two passages of the same words are two things to find
        file = File(Path(passage.id), passage.id)
        yield Loaded(file, sha256(content.encode()).hexdigest(), FileStat(len(content)), text)


def as_document(passage: Passage) -> Document:
    """A passage with its title as the heading above its text, as in a file."""
    title, text = passage.title.strip(), passage.text.strip()
    metadata = {"language": detect(text)}
    if not title:
        return Document(text, "", "text/plain", blocks=(Block("paragraph", 0, len(text)),), metadata=metadata)
    whole = f"{title}\n\n{text}"
    blocks = [Block("heading", 0, len(title), 1), Block("paragraph", len(title) + 2, len(whole))]
    kept = tuple(block for block in blocks if block.start < block.end)
    return Document(whole, title, "text/plain", blocks=kept, metadata=metadata)


def _key(content: str, settings: Settings) -> str:
    fingerprint = open_embedder(settings).fingerprint
    cut = (settings.chunker, settings.chunk_tokens, settings.chunk_overlap, settings.max_file_mb)
    return sha256(repr((content, fingerprint, cut, code_hash())).encode()).hexdigest()[:24]


def content_of(dataset: Dataset) -> str:
    """Of what is taken in: the texts, or the bytes of the files."""
    digest = sha256()
    for passage in dataset.corpus():
        digest.update(repr((passage.id, passage.title, passage.text)).encode())
    for name, path in sorted((dataset.files or {}).items()):
        with path.open("rb") as file:
            digest.update(repr((name, hashlib.file_digest(file, "sha256").hexdigest())).encode())
    return digest.hexdigest()


def code_hash() -> str:
    """Of the code that reads, cuts, stores and finds."""
    digest = sha256()
    for layer in _CODE:
        for path in sorted((_ROOT / layer).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
