"""The library of one home: its catalogue with the searchers derived from it, opened from the settings."""

from __future__ import annotations

import logging
from functools import cached_property

from indexes.catalogue import Catalogue
from indexes.dense import DenseSearcher, embedder_id
from indexes.embedders import open_embedder
from indexes.keepers import checkpoint, open_keeper
from indexes.keyword_index import KeywordSearcher
from indexes.memory import share_arenas
from indexes.vector_keeper import VectorKeeper
from rag.errors import IndexMismatch, InputError
from rag.protocols import Embedder
from rag.retriever import Retriever
from rag.settings import Settings

_log = logging.getLogger("footnote")


class Library:
    """Opens what is asked for when it is asked for: listing documents loads no model."""

    def __init__(self, settings: Settings) -> None:
        share_arenas()
        self.settings = settings
        self.catalogue = Catalogue(settings.home)
        self.notes: list[str] = []

    @cached_property
    def embedder(self) -> Embedder:
        return open_embedder(self.settings)

    @cached_property
    def embedder_id(self) -> int:
        """The catalogue's number for the configured embedder."""
        return embedder_id(self.catalogue, self.embedder)

    @cached_property
    def keyword(self) -> KeywordSearcher:
        return KeywordSearcher(self.catalogue)

    @cached_property
    def dense(self) -> DenseSearcher:
        """Raises IndexMismatch when some documents were embedded by another model: they could not be found."""
        others = self.catalogue.embedded_by_others(self.embedder.fingerprint)
        if others:
            raise IndexMismatch(
                f"{others} documents were embedded by another model than {self.embedder.name!r}: "
                "run `python -m ingest reindex`, or set FOOTNOTE_EMBEDDER back"
            )
        return DenseSearcher(self.catalogue, self.embedder, self._keeper())

    def _keeper(self) -> VectorKeeper:
        return open_keeper(self.settings, self.catalogue, self.embedder, self.note)

    def check_collection(self, name: str | None) -> None:
        """Raises InputError for the name of a collection that is not there; None stands for all of them."""
        known = self.catalogue.collections()
        if name is not None and name not in known:
            raise InputError(f"there is no collection {name!r}; there are {', '.join(known) or 'none yet'}")

    def note(self, text: str) -> None:
        """Tell a person something that is no error: once on standard error, and for the pages in `notes`."""
        if text not in self.notes:
            self.notes.append(text)
            _log.warning("footnote: %s", text)

    @cached_property
    def retriever(self) -> Retriever:
        return Retriever(self.dense, self.keyword, self.catalogue, weight=self.settings.dense_weight)

    def refresh(self) -> None:
        """Bring every searcher that is open up to the catalogue."""
        for name in ("keyword", "dense"):
            if name in self.__dict__:
                getattr(self, name).refresh()

    def checkpoint(self) -> None:
        """At the end of an ingest run: write down what the next process would otherwise work out again."""
        self.refresh()
        if not self.catalogue.embedded_by_others(self.embedder.fingerprint):
            checkpoint(self.settings, self.catalogue, self.embedder, self.note)

    def close(self) -> None:
        """Let go of files and locks, so that another process may own them."""
        if "dense" in self.__dict__:
            self.dense.close()
        self.catalogue.close()
