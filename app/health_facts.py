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
from rag.said import Said, say, say_all, say_n

Fact = tuple[str, str]
"""(what it is called, what it is), for `tr` and `spoken`."""
_TOLD_BY_FINDINGS = {"bundled model": msgid("Bundled model"), "reranker": msgid("Reranker"), "parts": msgid("Versions")}


def facts_of(library: Library, findings: Sequence[Finding]) -> tuple[Fact, ...]:
    """Embedder, workers, queue, sizes and versions as of now. Raises StoreError where the catalogue cannot be read."""
    home, catalogue = library.settings.home, library.catalogue
    active, kept = catalogue.embedders.active(), storage(home)
    n_documents = sum(catalogue.collections().values())
    counts = library.jobs.counts()
    n_open = sum(n for state, n in counts.items() if state not in FINISHED)
    n_workers, n_failed = len(living_workers(home)), counts.get("failed", 0)
    documents = say_n(n_documents, "{n} document", "{n} documents")
    passages = say_n(catalogue.n_chunks(), "{n} passage", "{n} passages")
    files = say_n(
        n_open, "{n} file on the way, {failed} failed", "{n} files on the way, {failed} failed", failed=n_failed
    )
    facts: dict[str, str] = {
        msgid("Library"): say_all([documents, passages], ", "),
        msgid("Folder"): str(home.absolute()),
        msgid("Embedder"): _embedder(
            library.settings.embedder, active.name if active else "", active.dim if active else 0
        ),
        msgid("Workers"): f"{n_workers}" if n_workers else say("none is running"),
        msgid("Queue"): files,
        msgid("Vector index"): say(
            "{kind}, {size} with the keyword index", kind=library.settings.index, size=sized(kept.indexes)
        ),
        msgid("Catalogue"): sized(kept.catalogue),
        msgid("Kept originals"): sized(kept.originals),
        msgid("Free on the disk"): sized(shutil.disk_usage(home).free),
    }
    said = {one.what: one.text for one in findings if one.good}
    facts |= {title: said[what] for what, title in _TOLD_BY_FINDINGS.items() if said.get(what)}
    return tuple(facts.items())


def _embedder(configured: str, active: str, dim: int) -> Said:
    if not active:
        return say("{name}; nothing is embedded yet", name=configured)
    if active == configured:
        return say("{name}, {n} dimensions", name=active, n=dim)
    return say("{name}, {n} dimensions; the settings name {other}", name=active, n=dim, other=configured)
