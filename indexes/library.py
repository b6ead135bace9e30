"""The library of one home: its catalogue with the searchers derived from it, opened from the settings."""

from __future__ import annotations

from functools import cached_property

from indexes.catalogue import Catalogue
from indexes.dense import DenseSearcher, embedder_id
from indexes.embedders import open_embedder
from indexes.keyword_index import KeywordSearcher
from rag.errors import ConfigError, IndexMismatch
from rag.protocols import Embedder, VectorIndex
from rag.retriever import Retriever
from rag.settings import Settings


class Library:
    """Opens what is asked for when it is asked for: listing documents loads no model."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue(settings.home)

    @cached_property
    def embedder(self) -> Embedder:
        return open_embedder(self.settings.embedder)

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
        return DenseSearcher(self.catalogue, self.embedder, self._vector_index())

    def _vector_index(self) -> VectorIndex:
        if self.settings.index == "faiss":
            from indexes.faiss_index import FaissIndex

            return FaissIndex(self.embedder.dim)
        raise ConfigError(f"FOOTNOTE_INDEX={self.settings.index!r} is not available yet; choose faiss")

    @cached_property
    def retriever(self) -> Retriever:
        return Retriever(self.dense, self.keyword, self.catalogue, weight=self.settings.dense_weight)

    def refresh(self) -> None:
        """Bring every searcher that is open up to the catalogue."""
        for name in ("keyword", "dense"):
            if name in self.__dict__:
                getattr(self, name).refresh()
