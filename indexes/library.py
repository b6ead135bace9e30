"""The library of one home: its catalogue with the searchers derived from it, opened from the settings."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from indexes.catalogue import Catalogue
from indexes.dense import DenseSearcher, embedder_id, tokenizer_id
from indexes.embedder_table import KnownEmbedder
from indexes.embedders import open_embedder
from indexes.keepers import checkpoint, open_keeper
from indexes.keyword_index import KeywordSearcher
from indexes.memory import share_arenas
from indexes.minilm import is_common_word
from indexes.rerankers import open_reranker
from indexes.version_source import CatalogueVersions
from indexes.vocabulary import KeywordVocabulary
from indexes.weight_table import CollectionWeight
from rag.errors import FootnoteError, IndexMismatch, InputError, StoreError
from rag.protocols import Embedder, QueryRule, Reranker
from rag.query.acronyms import Acronyms
from rag.query.spelling import Spelling
from rag.query.unknown_names import UnknownNames
from rag.retriever import Retriever
from rag.settings import Settings
from rag.types import Ranking, Scope
from rag.versions.choosing import VersionChoice

_log = logging.getLogger("footnote")


class _Keyword:
    """Keyword search, opened by the first question; where it cannot be, it finds nothing and that is noted."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def search(self, query: str, k: int, scope: Scope) -> Ranking:
        try:
            keyword = self._library.keyword
        except StoreError as error:
            self._library.note(f"{error}; until then documents are found by meaning alone")
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        return keyword.search(query, k, scope)


class _InUse:
    """The embedder in use, and what is opened with it when it is asked for."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._library = library
        self.embedder = embedder

    @cached_property
    def dense(self) -> DenseSearcher:
        library = self._library
        keeper = open_keeper(library.settings, library.catalogue, self.embedder, library.note)
        return DenseSearcher(library.catalogue, self.embedder, keeper)

    @cached_property
    def retriever(self) -> Retriever:
        library = self._library
        return Retriever(
            self.dense,
            _Keyword(library),
            library.catalogue,
            weight=library.weight,
            reranker=library.reranker,
            reads=self.embedder.reads,
            rules=library.query_rules,
            versions=library.versions,
        )

    def refresh(self) -> None:
        if "dense" in self.__dict__:
            self.dense.refresh()

    def close(self) -> None:
        if "dense" in self.__dict__:
            self.dense.close()


class Library:
    """Opens what is asked for when it is asked for: listing documents loads no model. Threads may share it.

    Searches and new documents use the embedder that the documents have been embedded by, which the catalogue knows,
    also when the settings name another one: `reindex` is what changes it, for all documents at once.
    """

    def __init__(self, settings: Settings, *, only_looks: bool = False) -> None:
        """With `only_looks` its catalogue is read as it is where its disk is full."""
        share_arenas()
        self.settings = settings
        self.catalogue = Catalogue(settings.home, only_looks=only_looks)
        self.jobs = self.catalogue.jobs
        self.notes: list[str] = []
        self._in_use: _InUse | None = None
        self._opening = threading.RLock()

    @cached_property
    def configured(self) -> Embedder:
        """The embedder that the settings name, in use or not."""
        return open_embedder(self.settings)

    @property
    def embedder(self) -> Embedder:
        """The embedder in use. Raises IndexMismatch where the one that the documents were embedded by is gone."""
        return self._used().embedder

    @property
    def dense(self) -> DenseSearcher:
        return self._used().dense

    @property
    def retriever(self) -> Retriever:
        return self._used().retriever

    def _used(self) -> _InUse:
        """What is open, unless the documents have moved to another embedder since."""
        known = self.catalogue.embedders.active()
        with self._opening:
            used = self._in_use
            if used is None or (known is not None and known.fingerprint != used.embedder.fingerprint):
                self._in_use = _InUse(self, self._embedder_for(known))
                if used is not None:
                    used.close()
                return self._in_use
            return used

    def of_configured(self, look: Callable[[Embedder], str], known: KnownEmbedder) -> str:
        """What is asked of the embedder that the settings name; empty where it cannot be opened, which is noted: the
        documents have a `known` one of their own."""
        try:
            return look(self.configured)
        except FootnoteError as error:
            self.note(f"{error}; until then {known.name!r} is used, by which the documents are embedded")
            return ""

    def _embedder_for(self, known: KnownEmbedder | None) -> Embedder:
        if known is None or known.name == self.settings.embedder:
            configured = self.configured.fingerprint
        else:
            configured = self.of_configured(lambda embedder: embedder.fingerprint, known)
        if known is None or known.fingerprint == configured:
            return self.configured
        return self._own(known, is_movable=bool(configured))

    def _own(self, known: KnownEmbedder, *, is_movable: bool) -> Embedder:
        """The embedder of the documents, which is not the one that the settings name."""
        try:
            found = open_embedder(replace(self.settings, embedder=known.name))
            is_same = found.fingerprint == known.fingerprint
        except FootnoteError as error:
            raise _other_model(known, self.settings.embedder, f" ({error})") from error
        if not is_same:
            raise _other_model(known, self.settings.embedder, ", which has changed since")
        if is_movable:
            self.note(
                f"the documents are embedded by {known.name!r}, so that one is used; "
                f"`python -m ingest reindex` moves them to {self.settings.embedder!r}"
            )
        return found

    def embedder_number(self, embedder: Embedder) -> int:
        """The catalogue's number for an embedder; raises IndexMismatch when another model goes by its name."""
        return embedder_id(self.catalogue, embedder)

    def tokenizer_id(self) -> str:
        """How the embedder in use counts, without loading it where the catalogue knows."""
        active = self.catalogue.embedders.active()
        return active.tokenizer if active and active.tokenizer else tokenizer_id(self.embedder)

    @cached_property
    def keyword(self) -> KeywordSearcher:
        return KeywordSearcher(self.catalogue, self.note)

    @cached_property
    def reranker(self) -> Reranker | None:
        """The one that the settings name; it is loaded by the first question."""
        return open_reranker(self.settings)

    def weight(self, scope: Scope) -> float:
        """How much meaning counts against words within a scope: what the settings say, or what its collections were
        tuned or set to; of several the mean by their passages."""
        fixed = self.settings.dense_weight
        return self.catalogue.weights.joint(scope) if fixed == "auto" else float(fixed)

    def weights(self) -> dict[str, CollectionWeight]:
        """Collection -> the weight that searches in it use, and what that rests on."""
        fixed = self.settings.dense_weight
        found = self.catalogue.weights.all()
        if fixed != "auto":
            found = [replace(one, of_settings=float(fixed)) for one in found]
        return {one.collection: one for one in found}

    @cached_property
    def vocabulary(self) -> KeywordVocabulary:
        """The words of the documents."""
        return KeywordVocabulary(lambda: self.keyword, self.catalogue)

    @cached_property
    def query_rules(self) -> tuple[QueryRule, ...]:
        """What the documents change of a query."""
        words = self.vocabulary
        names = UnknownNames(words, is_common_word)
        return Spelling(words, is_common_word), Acronyms(_Keyword(self), self.catalogue), names

    @cached_property
    def versions(self) -> VersionChoice:
        """What chooses between versions of one document."""
        return VersionChoice(CatalogueVersions(self.catalogue))

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

    def refresh(self) -> None:
        """Bring every searcher that is open up to the catalogue."""
        if "keyword" in self.__dict__:
            self.keyword.refresh()
        if self._in_use is not None:
            self._used().refresh()

    def checkpoint(self) -> None:
        """At the end of an ingest run: write down what the next process would otherwise work out again."""
        self.refresh()
        self.checkpoint_of(self.embedder)
        self.catalogue.database.empty_log()  # what was replaced stands in it

    def checkpoint_of(self, embedder: Embedder, *, is_anew: bool = False) -> None:
        """The same for the index of one embedder, which need not be in use yet; `is_anew`: whatever is written down."""
        checkpoint(self.settings, self.catalogue, embedder, self.note, is_anew=is_anew)

    def close(self) -> None:
        """Let go of files and locks, so that another process may own them."""
        with self._opening:
            if self._in_use is not None:
                self._in_use.close()
                self._in_use = None
        self.catalogue.close()


def _other_model(known: KnownEmbedder, configured: str, why: str) -> IndexMismatch:
    return IndexMismatch(
        f"the documents were embedded by another model than {configured!r}: {known.name!r}{why}; run "
        "`python -m ingest reindex`, or set FOOTNOTE_EMBEDDER back"
    )
