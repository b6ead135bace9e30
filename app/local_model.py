"""This file answers with a GGUF file on this machine: a chat model in a process that the app starts and ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from copy import copy
from dataclasses import replace
from pathlib import Path

from app.chat_facts import PATIENCE_SECONDS, ChatFacts
from app.chat_model import OpenAIChatModel
from app.chat_options import sampling
from app.chat_profiles import GGUF
from app.detection import Found
from app.gguf import context_length
from app.llama_process import Gguf, Place
from app.local_server import LocalServer
from indexes.endpoint import CHAT, Role
from indexes.patience import pause
from indexes.retries import MayPass, with_retries
from rag.errors import FootnoteError, ModelError
from rag.packing import Window
from rag.settings import MOST_THREADS, Settings, sampling_of
from rag.tools import Tool
from rag.types import Delta, Message

_MOST_CONTEXT = 8_192
"""Tokens of context unless more are asked for: each costs memory, and passages and answer need no more."""


class LocalChatModel:
    """A ChatModel in a GGUF file. Its process is asked as any OpenAI-compatible endpoint is."""

    def __init__(
        self,
        settings: Settings,
        *,
        retries: int = 2,
        role: Role = CHAT,
        beside: LocalChatModel | None = None,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        """Nothing is loaded yet. `retries`: without any, what fails before the first word is not tried again, nor is a
        process that dies started anew for the same question.
        `beside`: a model of the same file, whose process this one shares and leaves to it."""
        self._settings = settings
        self._role = role
        self._retries = min(retries, 1)
        self._sleep = sleep
        self._is_owner = beside is None
        self.server: LocalServer = LocalServer(_gguf(settings, role)) if beside is None else beside.server
        self.facts: ChatFacts = ChatFacts(self._known, self._looked_up) if beside is None else beside.facts
        self._asked: tuple[Place, OpenAIChatModel] | None = None
        self._lock = threading.Lock()
        self._plain = self
        """The model that keeps the connection; another one where the sampling is that of a conversation."""

    @property
    def name(self) -> str:
        """The file's."""
        return self.server.model.path.name

    @property
    def address(self) -> str:
        """Where the file is."""
        return str(self.server.model.path)

    @property
    def streams(self) -> bool | None:
        """Whether the last answer came as a stream; None before there was one."""
        return None if self._asked is None else self._asked[1].streams

    @property
    def refused(self) -> list[str]:
        """Parameters of a request that are not sent any more."""
        return [] if self._asked is None else self._asked[1].refused

    def trouble(self, error: FootnoteError, _models: Sequence[str]) -> str:
        """What is wrong."""
        return str(error)

    def window(self) -> Window:
        """What fits into a request."""
        found = self.facts.found(patience=PATIENCE_SECONDS)
        return Window(found.context_tokens, self._settings.max_answer_tokens, found.count)

    def takes_tools(self) -> bool:
        """Not known of a file: whether a model was taught to call them does not show in it."""
        return False

    def calls_none(self) -> bool:
        """It is offered none."""
        return True

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As an OpenAIChatModel's. A process that dies before its first word is started anew, once."""
        return with_retries(lambda: self._attempt(messages, tools, schema), self._retries, self._sleep)

    def sampled(self, settings: Settings) -> LocalChatModel:
        """The same model, in the same process, with the sampling of these settings."""
        other = copy(self)
        other._settings = replace(self._settings, **sampling_of(settings))
        return other

    def close(self) -> None:
        """End the process, unless it is another model's, and the connections to it."""
        if self._is_owner:
            self.server.close()
        with self._lock:
            if self._asked is not None:
                self._asked[1].close()

    def _attempt(self, messages: Sequence[Message], tools: Sequence[Tool], schema: str) -> Generator[Delta, None, None]:
        has_text, seconds = False, self._settings.timeout
        try:
            model = self._sampled_model()
            with (
                self.server.turns.turn(seconds, lambda n_before: self.server.busy(n_before, seconds)),
                closing(model.stream(messages, tools, schema)) as deltas,
            ):
                for delta in deltas:
                    has_text = has_text or bool(delta.text)
                    yield delta
        except ModelError as error:
            death = self.server.death()
            if death is None:
                raise
            raise death if has_text else MayPass(death, 0.0) from error

    def _sampled_model(self) -> OpenAIChatModel:
        asked = self._plain._model()
        return asked if self._plain is self else asked.sampled(self._settings)

    def _model(self) -> OpenAIChatModel:
        place = self.server.place(self._settings.timeout)
        with self._lock:
            if self._asked is None or self._asked[0] != place:
                if self._asked is not None:
                    self._asked[1].close()
                self._asked = place, self._at(place)
            return self._asked[1]

    def _at(self, place: Place) -> OpenAIChatModel:
        settings = self._settings
        return OpenAIChatModel(
            base_url=place.url,
            model=self.name,
            api_key=place.key,
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_tokens=settings.max_answer_tokens,
            more=sampling(settings),
            timeout=settings.timeout,
            retries=self._retries,  # it closes connections that rest, and may do so just as one is asked
            role=self._role,
            facts=lambda _: self.facts,
            sleep=self._sleep,
        )

    @property
    def _known(self) -> Found:
        return Found(GGUF, self.server.model.context_tokens)

    def _looked_up(self) -> Found:
        """Whoever wants to know starts the process, so that the model is loaded beside the first search."""
        with suppress(ModelError):  # a question meets it, too, and it is told there
            return replace(self._known, version=self.server.place(self._settings.timeout).version)
        return self._known


def _gguf(settings: Settings, role: Role) -> Gguf:
    path = Path(settings.chat_model).expanduser().absolute()
    threads = min(os.cpu_count() or 1, MOST_THREADS) if settings.chat_threads == "auto" else int(settings.chat_threads)
    trained = None
    with suppress(ModelError):  # told when it is asked
        trained = context_length(path)
    wanted = _MOST_CONTEXT if settings.context_tokens == "auto" else int(settings.context_tokens)
    return Gguf(path, min(wanted, trained or wanted), threads, role.model_setting)
