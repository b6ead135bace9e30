"""This file traces the requests to a chat model, by the names of OpenTelemetry's conventions for generative AI."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from urllib.parse import urlsplit

from app.chat_options import sampling
from app.chat_profiles import ANTHROPIC, GGUF, OPENAI
from app.opening import OpenedModel
from indexes.spans import Value, current
from rag.errors import ModelError
from rag.packing import Window
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message

_PROVIDERS = {OPENAI.name: "openai", ANTHROPIC.name: "anthropic"}
"""Profile -> what the conventions call it; the others they do not know."""
_TRACED = ("temperature", "top_p", "max_tokens", "top_k", "frequency_penalty", "presence_penalty", "seed")


class TracedModel:
    """An opened model each request of which is a part of the span that it is asked in."""

    def __init__(self, model: OpenedModel, settings: Settings) -> None:
        """`settings`: by which it was opened."""
        self._model = model
        self._given: dict[str, float] = {
            "temperature": settings.temperature,
            "max_tokens": settings.max_answer_tokens,
            **({} if settings.top_p == 1 else {"top_p": settings.top_p}),
            **sampling(settings),
        }

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def window(self) -> Window:
        """The model's own."""
        return self._model.window()

    def sampled(self, settings: Settings) -> TracedModel:
        """As the model's own."""
        return TracedModel(self._model.sampled(settings), settings)

    def takes_tools(self) -> bool:
        """The model's own."""
        return self._model.takes_tools()

    def calls_none(self) -> bool:
        """The model's own."""
        return self._model.calls_none()

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As the model's own."""
        parent, deltas = current(), self._model.stream(messages, tools, schema)
        if parent is None:
            return (yield from deltas)
        span, start = parent.child(f"chat {self.name}", self._asked(), is_request=True), time.perf_counter()
        said, first, end = list[str](), None, Delta()
        try:
            for delta in deltas:
                first = time.perf_counter() - start if first is None and delta.text else first
                said.append(delta.said)
                end = delta
                yield delta
        except ModelError as error:
            span.fail(type(error).__name__)
            raise
        finally:  # whoever stops an answer closes this generator
            deltas.close()
            span.put(_answered(end, first))
            span.put_texts(messages, "".join(said), end.finish_reason)
            span.end()

    def _asked(self) -> Mapping[str, Value]:
        profile = self._model.facts.found().profile
        given = {name: value for name, value in self._given.items() if name not in self._model.refused}
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _PROVIDERS.get(profile.name, profile.name),
            "gen_ai.request.model": self.name,
            "gen_ai.request.stream": True,
            **{f"gen_ai.request.{name}": given[name] for name in _TRACED if name in given},
            **({} if profile is GGUF else _server(self._model.address)),
        }


def _server(address: str) -> Mapping[str, Value]:
    parts = urlsplit(address)
    return {"server.address": parts.hostname, "server.port": parts.port or {"http": 80, "https": 443}.get(parts.scheme)}


def _answered(end: Delta, first: float | None) -> Mapping[str, Value]:
    """What is known once it is over; `first`: seconds until the first word."""
    return {
        "gen_ai.response.model": end.reported_model or None,
        "gen_ai.output.type": "json" if end.has_schema else None,
        "gen_ai.response.finish_reasons": [end.finish_reason] if end.finish_reason else None,
        "gen_ai.response.time_to_first_chunk": first,
        "gen_ai.usage.input_tokens": end.prompt_tokens or None,
        "gen_ai.usage.output_tokens": end.completion_tokens or None,
    }
