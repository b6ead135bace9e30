"""What a home holds and what works on it, in figures beside the doctor's findings."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from app.words import msgid
from indexes.job_records import FINISHED
from indexes.library import Library
from indexes.storage import storage
from ingest.finding import Finding
from ingest.living import living_workers
from ingest.sizes import sized
from rag.types import counted

Fact = tuple[str, str]
"""(what it is called, what it is)."""
_TOLD_BY_FINDINGS = {"bundled model": msgid("Bundled model"), "reranker": msgid("Reranker"), "parts": msgid("Versions")}


def facts_of(library: Library, findings: Sequence[Finding]) -> tuple[Fact, ...]:
    """Embedder, workers, queue, sizes and versions as of now. Raises StoreError where the catalogue cannot be read."""
    home, catalogue = library.settings.home, library.catalogue
    active, kept = catalogue.embedders.active(), storage(home)
    n_documents = sum(catalogue.collections().values())
    counts = library.jobs.counts()
    n_open = sum(n for state, n in counts.items() if state not in FINISHED)
    facts = {
        msgid("Library"): f"{counted(n_documents, 'document')}, {counted(catalogue.n_chunks(), 'passage')}",
        msgid("Folder"): str(home.absolute()),
        msgid("Embedder"): _embedder(
            library.settings.embedder, active.name if active else "", active.dim if active else 0
        ),
        msgid("Workers"): f"{len(living_workers(home)) or 'none is running'}",
        msgid("Queue"): f"{counted(n_open, 'file')} on the way, {counts.get('failed', 0):,} failed",
        msgid("Vector index"): f"{library.settings.index}, {sized(kept.indexes)} with the keyword index",
        msgid("Catalogue"): sized(kept.catalogue),
        msgid("Kept originals"): sized(kept.originals),
        msgid("Free on the disk"): sized(shutil.disk_usage(home).free),
    }
    said = {one.what: one.text for one in findings if one.good}
    facts |= {title: said[what] for what, title in _TOLD_BY_FINDINGS.items() if said.get(what)}
    return tuple(facts.items())


def _embedder(configured: str, active: str, dim: int) -> str:
    if not active:
        return f"{configured}; nothing is embedded yet"
    of = f"{active}, {dim} dimensions"
    return of if active == configured else f"{of}; the settings name {configured}"
