"""This file keeps one process for a GGUF file: started when it is needed, shared by threads, anew when it died."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from app.llama_process import Gguf, LlamaProcess, Place
from app.turns import Turns
from rag.errors import ModelError, Unavailable
from rag.types import counted

START_SECONDS = 600.0
"""A model is loaded in less, or never."""


class Busy(Unavailable):
    """The process answers, but others."""


class LocalServer:
    """The process that answers for a GGUF file. Threads may share it."""

    def __init__(self, model: Gguf, *, start_seconds: float = START_SECONDS) -> None:
        """Nothing is started yet."""
        self.model = model
        self.turns = Turns()
        """The process answers one request after another."""
        self._start_seconds = start_seconds
        self._process: LlamaProcess | None = None
        self._place: Future[Place] = Future()
        self._is_closed = False
        self._lock = threading.Lock()

    def place(self, seconds: float) -> Place:
        """Where it answers, started where it does not run. Raises ModelError, Unavailable where it takes longer."""
        with self._lock:
            if self._is_closed:
                raise ModelError(f"the chat model {self.model.path} was let go of: start the app again")
            if self._process is None or not self._process.is_alive():
                self._start()
            place = self._place
        try:
            return place.result(seconds)
        except TimeoutError:
            raise Unavailable(
                f"the chat model {self.model.path} is still being loaded after {seconds:g} seconds: "
                "ask again later, or raise FOOTNOTE_TIMEOUT"
            ) from None

    def busy(self, n_before: int, seconds: float) -> ModelError:
        """Others were answered for so long."""
        return Busy(
            f"the chat model {self.model.path} answers one question after another, and {counted(n_before, 'other')} "
            f"had not been answered after {seconds:g} seconds: ask again later, or raise FOOTNOTE_TIMEOUT"
        )

    def death(self) -> ModelError | None:
        """What ended the process; None where it lives, or was let go of."""
        return None if self._process is None or self._is_closed else self._process.death()

    def close(self) -> None:
        """End the process, for good."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.end()

    def _start(self) -> None:
        if self._process is not None:
            self._process.end()
        self._process, self._place = LlamaProcess(self.model), Future()
        waiting = threading.Thread(
            target=_fill, args=(self._place, self._process, self._start_seconds), name="local-model", daemon=True
        )
        waiting.start()


def _fill(place: Future[Place], process: LlamaProcess, seconds: float) -> None:
    try:
        place.set_result(process.place(seconds))
    except ModelError as error:
        place.set_exception(error)
