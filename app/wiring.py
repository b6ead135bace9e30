"""The one place where the concrete parts meet: settings in, a workspace that searches and answers out."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from app.fallback import FallbackModel, fallback_settings
from app.opening import OpenedModel, open_model
from indexes.endpoint import CHAT, FALLBACK, Role
from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from indexes.support_weights import support
from rag.answerer import Answerer
from rag.protocols import ChatModel, Embedder
from rag.query.condensing import RuleCondenser
from rag.query.feedback import Feedback
from rag.query.finder import Finder
from rag.query.planning import SECONDS, ModelCondenser, Planner
from rag.settings import Settings
from rag.verification.verifier import Verifier
from rag.whole.answering import WholeAnswerer
from rag.writing import Writer

THRESHOLD = 0.3
"""Answerability below which a question is refused: `python -m evals refusal` shows what other values would do."""

_BRIEF = 400
"""Tokens of a reply about what to search for."""


class Workspace:
    """One home opened for questions. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.library = Library(settings)
        self._answerer: Answerer | None = None
        self._embedder: Embedder | None = None
        self._models: list[OpenedModel] = []

    @property
    def answerer(self) -> Answerer:
        """Made anew when the documents have moved to another embedder."""
        embedder = self.library.embedder
        if self._answerer is None or self._embedder is not embedder:
            self._answerer, self._embedder = self._made(), embedder
        return self._answerer

    @cached_property
    def _model(self) -> OpenedModel | None:
        return self._opened(self.settings)

    @cached_property
    def _writer(self) -> Writer | None:
        first, own = self._model, fallback_settings(self.settings)
        if first is None:
            return None
        second = None if own is None else self._opened(own, role=FALLBACK)
        model = first if second is None else FallbackModel(first, second)
        return Writer(
            model,
            window=model.window,
            verifier=Verifier(support),
            is_rewriting=self.settings.rewrite == "once",
        )

    def _made(self) -> Answerer:
        return Answerer(
            self._finder(),
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

    def _finder(self) -> Finder:
        """Follow-ups are completed by the chat model where there is one, else by rules."""
        retriever, rules, ways = self.library.retriever, RuleCondenser(), self.settings.query.split(",")
        model = self._brief_model
        if model is None:
            feedback = Feedback(self.library.vocabulary) if "hops" in ways else None
            return Finder(retriever, condenser=rules, feedback=feedback)
        planner = Planner(model, ways) if self.settings.query else None
        return Finder(retriever, condenser=ModelCondenser(model), otherwise=rules, planner=planner)

    @cached_property
    def _brief_model(self) -> ChatModel | None:
        """The chat model for short replies about what to search for: a question does not wait long for them."""
        seconds = min(self.settings.timeout, SECONDS)
        brief = replace(self.settings, temperature=0.0, top_p=1.0, max_answer_tokens=_BRIEF, timeout=seconds)
        return self._opened(brief, retries=0, beside=self._model) if self._model else None

    def _opened(
        self, settings: Settings, *, retries: int = 2, role: Role = CHAT, beside: OpenedModel | None = None
    ) -> OpenedModel | None:
        model = open_model(settings, retries=retries, role=role, beside=beside)
        if model is not None:
            self._models.append(model)
            model.facts.found()  # it is asked while the passages are searched for
        return model

    def close(self) -> None:
        """Let go of files, locks and connections."""
        for model in self._models:
            model.close()
        self.library.close()
