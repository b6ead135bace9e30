"""The one place where the concrete parts meet: settings in, a workspace that searches and answers out."""

from __future__ import annotations

from functools import cached_property

from indexes.library import Library
from rag.answerer import Answerer
from rag.picker import SentencePicker
from rag.protocols import ChatModel
from rag.settings import Settings
from rag.writing import Writer

THRESHOLD = 0.2
"""Answerability below which a question is refused: `python -m evals refusal` shows what other values would do."""


class Workspace:
    """One home opened for questions. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.library = Library(settings)

    @cached_property
    def answerer(self) -> Answerer:
        model = _chat_model(self.settings)
        return Answerer(
            self.library.retriever,
            SentencePicker(self.library.embedder),
            k=self.settings.top_k,
            threshold=THRESHOLD,
            writer=None if model is None else Writer(model),
        )


def _chat_model(settings: Settings) -> ChatModel | None:
    """The configured chat model; None where the documents answer for themselves."""
    if not settings.chat_model:
        return None
    from app.chat_model import OpenAIChatModel

    return OpenAIChatModel(
        base_url=settings.base_url,
        model=settings.chat_model,
        api_key=settings.api_key,
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_answer_tokens,
        timeout=settings.timeout,
    )
