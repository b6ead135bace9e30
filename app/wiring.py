"""The one place where the concrete parts meet: settings in, a workspace that searches and answers out."""

from __future__ import annotations

from functools import cached_property

from app.chat_model import open_chat_model
from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from rag.answerer import Answerer
from rag.protocols import Embedder
from rag.settings import Settings
from rag.whole.answering import WholeAnswerer
from rag.writing import Writer

THRESHOLD = 0.3
"""Answerability below which a question is refused: `python -m evals refusal` shows what other values would do."""


class Workspace:
    """One home opened for questions. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.library = Library(settings)
        self._answerer: Answerer | None = None
        self._embedder: Embedder | None = None

    @property
    def answerer(self) -> Answerer:
        """Made anew when the documents have moved to another embedder."""
        embedder = self.library.embedder
        if self._answerer is None or self._embedder is not embedder:
            self._answerer, self._embedder = self._made(), embedder
        return self._answerer

    @cached_property
    def _writer(self) -> Writer | None:
        model = open_chat_model(self.settings)
        return None if model is None else Writer(model)

    def _made(self) -> Answerer:
        return Answerer(
            self.library.retriever,
            late_reader(),
            k=self.settings.top_k,
            threshold=THRESHOLD,
            writer=self._writer,
            router=self._whole(),
        )

    def _whole(self) -> WholeAnswerer:
        library, embedder = self.library, self.library.embedder
        shelf = CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)
        return WholeAnswerer(library.retriever, shelf, embedder, self._writer)
