"""This file keeps foreign text in a request apart from what the user says, and out of the reply what does so."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from app.changed_deltas import changed_deltas, deltas_of
from rag.packing import Window
from rag.protocols import ChatModel
from rag.settings import Settings
from rag.spotlight import RULE, SIGNS, Unfenced, datamarked, sign_for, with_room, words_of
from rag.tools import Tool
from rag.types import Delta, Message


class SpotlitModel:
    """A ChatModel whose replies never repeat the fences or the rules of a request with passages. Where `is_marking`
    it reads those with a sign for each blank, another one for each question, which its replies have no more, either.
    """

    def __init__(self, model: ChatModel, *, is_marking: bool) -> None:
        self._model = model
        self._sign = secrets.choice(SIGNS) if is_marking else ""

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As the model's own; what may be half of a fence is held back."""
        texts = [text for message in messages for text in message.texts]
        words = words_of(texts)
        if not words:
            return (yield from deltas_of(self._model, messages, tools, schema))
        sign = sign_for(texts, self._sign) if self._sign else ""
        rules = messages[0].content if messages[0].role == "system" else ""
        unfenced = Unfenced(words, f"{rules}\n{RULE}", sign)
        asked = _marked(messages, sign) if sign else messages
        yield from changed_deltas(deltas_of(self._model, asked, tools, schema), unfenced, unfenced.whole)


def _marked(messages: Sequence[Message], sign: str) -> list[Message]:
    """The messages with signs in their fences; the first says what these are, the same for every sign, so that what a
    server has read of it need not be read again."""
    first, *rest = messages
    marked = [replace(one, content=datamarked(one.content, sign)) for one in rest]
    return [replace(first, content=f"{first.content}\n{RULE}"), *marked]


def is_marking(settings: Settings) -> bool:
    """Whether passages are marked."""
    return settings.datamarking == "on"


def room_of(window: Callable[[], Window], settings: Settings) -> Callable[[], Window]:
    """What a model's window is for requests that are marked by these settings, or are not."""
    return (lambda: with_room(window())) if is_marking(settings) else window
