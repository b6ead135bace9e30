"""This file gets to know an endpoint beside the first question, so that no answer waits for what it has to tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from app.chat_profiles import OPENAI, profile_of
from app.detection import Found, known, looked_up
from app.inquiry import Inquiry
from indexes.endpoint import Endpoint
from indexes.openai_tokens import chat_counter
from rag.errors import ModelError
from rag.settings import Settings

LOOK_SECONDS = 3.0
"""All questions about an endpoint together."""
PATIENCE_SECONDS = 0.25
"""The most that an answer waits, once, for what an endpoint tells about itself."""
_FRESH_SECONDS = 60.0
"""What an endpoint did not tell may be told after the next answer: Ollama knows its context once a model is loaded."""
_SILENT = 2
"""Questions for which an endpoint of which nobody knew may call none, before it is offered no tools any more."""
_TOLD_SECONDS = 600.0
"""One that has told all may be started anew with another context: it is asked again as long as questions come."""


class ChatFacts:
    """What is known of an endpoint by now. It never raises. Threads may share it."""

    def __init__(
        self,
        first: Found,
        look: Callable[[], Found] | None = None,
        *,
        fresh: float = _FRESH_SECONDS,
        told: float = _TOLD_SECONDS,
        tries_tools: bool = False,
    ) -> None:
        """`first`: what is known without asking. `look` asks: again after `fresh` seconds, or after `told` where the
        endpoint has told its context. `tries_tools`: tools are offered where it is not known whether they are taken."""
        self._found = first
        self._look = look
        self._fresh = fresh
        self._told = told
        self._tries_tools = tries_tools
        self._refuses_tools = self._has_called = False
        self._n_without_call = 0
        self._due = 0.0
        self._has_looked = self._has_waited = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def found(self, *, patience: float = 0.0) -> Found:
        """What is known, at most `patience` seconds later; it is looked for beside where it has become old."""
        with self._lock:
            if self._look and self._thread is None and time.monotonic() >= self._due:
                self._thread = threading.Thread(target=self._ask, args=(self._look,), name="chat-facts", daemon=True)
                self._thread.start()
            thread = None if self._has_looked or self._has_waited else self._thread
        if thread is not None and patience:
            self._has_waited = True
            thread.join(patience)
        return self._found

    def takes_tools(self) -> bool:
        """Whether tools may be offered; asked at most a moment."""
        known = self.found(patience=PATIENCE_SECONDS).tools
        is_tried = known is None and (self._has_called or self._tries_tools)
        return not self._refuses_tools and (known is True or is_tried)

    def refuse_tools(self) -> bool:
        """Tools were refused, and are offered no more; returns whether they had only been tried."""
        self._refuses_tools = True
        return self._found.tools is None

    def called(self) -> None:
        """A tool was called, so they are taken."""
        self._has_called = True

    def calls_none(self) -> bool:
        """A question was gone into with tools, and none was called; returns whether they may not be taken at all: then
        they are offered for one more question, since a question may need none."""
        if self._found.tools is True or self._has_called:
            return False
        self._n_without_call += 1
        self._refuses_tools = self._refuses_tools or self._n_without_call >= _SILENT
        return True

    def _ask(self, look: Callable[[], Found]) -> None:
        try:
            found = look()
            if found.tells or not self._has_looked:  # an endpoint that is too busy to tell has not become another one
                self._found = found
        finally:
            with self._lock:
                has_told = self._found.context_tokens is not None and not self._found.is_assumed
                self._due = time.monotonic() + (self._told if has_told else self._fresh)
                self._has_looked, self._thread = True, None


def facts_of(settings: Settings, endpoint: Endpoint) -> ChatFacts:
    """Of the endpoint that the settings name. Nothing is asked before somebody wants to know."""
    first = known(profile_of(settings), endpoint.model)
    if settings.context_tokens != "auto":
        first = replace(first, context_tokens=int(settings.context_tokens))

    def look() -> Found:
        asked = Inquiry(
            settings.base_url, endpoint, settings.api_key, seconds=LOOK_SECONDS, headers=first.profile.headers
        )
        with asked as inquiry:
            found = looked_up(inquiry, endpoint.model, first, is_certain=settings.chat_profile != "auto")
        if settings.context_tokens != "auto":
            found = replace(found, context_tokens=first.context_tokens, is_assumed=False)
        names = tuple(map(endpoint.redacted, found.models))  # an endpoint has seen the key, and may say it again
        return _counted(replace(found, models=names, version=endpoint.redacted(found.version)), endpoint.model)

    return ChatFacts(first, look, tries_tools=settings.agent == "try")


def _counted(found: Found, model: str) -> Found:
    """With OpenAI's own tokenizer, where it is OpenAI's model and its table can be had."""
    if found.profile is not OPENAI:
        return found
    try:
        count = chat_counter(model)
    except ModelError:
        return found
    return found if count is None else replace(found, count=count)
