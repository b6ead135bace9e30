"""This file knows what is wrong with the chat endpoint before a question meets it, without letting a page wait.

It asks the endpoint for its models, which costs nothing. Only where that is odd, or a request has failed, does it ask
as the doctor does, for one word.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence

from app.chat_doctor import SLOW_SECONDS, checked
from app.chat_facts import LOOK_SECONDS
from app.chat_profiles import ANTHROPIC, profile_of, with_address
from app.detection import names_in
from app.inquiry import Inquiry
from app.local_model import LocalChatModel
from app.opening import OpenedModel, WritingModel
from indexes.endpoint import Endpoint
from rag.errors import ModelError, NoTools
from rag.packing import Window
from rag.settings import Settings
from rag.tools import Tool
from rag.types import Delta, Message

WELL_SECONDS, UNWELL_SECONDS = 600.0, 30.0
"""From one look to the next, as long as somebody uses the page."""


class ChatWatch:
    """What is wrong by now. It never raises, and waits for nothing. Threads may share it."""

    def __init__(
        self, look: Callable[[bool], str], *, well: float = WELL_SECONDS, unwell: float = UNWELL_SECONDS
    ) -> None:
        """`look` takes its time, and says what is wrong; empty where nothing is. It is told whether a request has
        failed."""
        self._look = look
        self._well = well
        self._unwell = unwell
        self._trouble = ""
        self._has_failed = False
        self._due = 0.0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def trouble(self) -> str:
        """A sentence for a person as of the last look; empty where all is well."""
        return self._trouble

    @property
    def is_looking(self) -> bool:
        """Whether it may say something else in a moment."""
        return self._thread is not None

    def used(self) -> None:
        """Somebody uses the page: look beside, where the last look is old."""
        with self._lock:
            if self._thread is None and time.monotonic() >= self._due:
                self._thread = threading.Thread(target=self._look_now, name="chat-watch", daemon=True)
                self._thread.start()

    def failed(self) -> None:
        """A request has: the next use looks."""
        with self._lock:
            self._has_failed, self._due = True, 0.0

    def answered(self) -> None:
        """A request was answered, so all is well."""
        self._has_failed, self._trouble = False, ""

    def _look_now(self) -> None:
        has_failed, self._has_failed = self._has_failed, False
        try:
            self._trouble = self._look(has_failed or bool(self._trouble))
        finally:
            with self._lock:
                rest = self._unwell if self._trouble else self._well
                self._due = 0.0 if self._has_failed else time.monotonic() + rest  # one may have failed meanwhile
                self._thread = None


class WatchedModel:
    """A model whose failures a ChatWatch hears of."""

    def __init__(self, model: WritingModel, watch: ChatWatch) -> None:
        self._model = model
        self._watch = watch

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def window(self) -> Window:
        """The model's own."""
        return self._model.window()

    def takes_tools(self) -> bool:
        """The model's own."""
        return self._model.takes_tools()

    def calls_none(self) -> bool:
        """The model's own."""
        return self._model.calls_none()

    def sampled(self, settings: Settings) -> WatchedModel:
        """As the model's own."""
        return WatchedModel(self._model.sampled(settings), self._watch)

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), schema: str = ""
    ) -> Generator[Delta, None, None]:
        """As the model's own."""
        try:
            yield from self._model.stream(messages, tools, schema)
        except NoTools:  # it does answer
            raise
        except ModelError:
            self._watch.failed()
            raise
        self._watch.answered()


def is_odd(settings: Settings, model: OpenedModel) -> bool:
    """Whether what the endpoint tells without a request gives reason to ask it for a word. Takes some seconds."""
    if isinstance(model, LocalChatModel):
        try:
            model.server.place(settings.timeout)
        except ModelError:
            return True
        return False
    settings = with_address(settings)
    profile = profile_of(settings)
    if profile is ANTHROPIC:  # its list of models wants another kind of question
        return False
    endpoint = Endpoint(settings.base_url, settings.api_key, model.name)
    with Inquiry(
        settings.base_url, endpoint, settings.api_key, seconds=LOOK_SECONDS, headers=profile.headers
    ) as inquiry:
        status, found = inquiry.listing()
    names = names_in(found)
    is_missing = bool(names) and not {model.name, f"{model.name}:latest"} & set(names)
    return status is None or status in (401, 403) or status >= 500 or is_missing


def trouble_of(model: OpenedModel, second: OpenedModel | None, *, slow: float = SLOW_SECONDS) -> str:
    """What is wrong, and what is done instead; the second model is asked only where the first does not answer."""
    found = checked(model, slow)
    if found.is_well:
        return ""
    said = f"{found.said[:1].upper()}{found.said[1:].rstrip('.')}"
    if found.is_answering:
        return f"{said}."
    if second is not None and checked(second, slow).is_answering:
        return f"{said}; meanwhile {second.name!r} writes the answers."
    return f"{said}; meanwhile answers are quoted from the documents."
