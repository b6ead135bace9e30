"""Questions to begin with, made of the documents that came in last, beside the page and once for each of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress

from rag.errors import FootnoteError
from rag.next_questions import first_questions
from rag.protocols import Reader
from rag.types import Chunk

N_DOCUMENTS, N_CHUNKS = 6, 8
"""Of so many documents, so many passages of each, spread over it."""
_MOST_KEPT = 64

Read = Callable[[], Sequence[Sequence[Chunk]]]
"""Passages of each document."""


class FirstQuestions:
    """Keeps them by the documents of which they were made; any thread may ask."""

    def __init__(self, reader: Callable[[], Reader]) -> None:
        self._reader = reader
        self._kept: OrderedDict[tuple[int, ...], tuple[str, ...] | None] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, documents: tuple[int, ...], read: Read) -> tuple[str, ...] | None:
        """Questions that these documents answer; None while they are being made, which begins with the first call.

        `read` is called by another thread. None are made where the bundled reader cannot be used.
        """
        with self._lock:
            if documents in self._kept:
                self._kept.move_to_end(documents)
                return self._kept[documents]
            self._kept[documents] = None
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        threading.Thread(target=self._make, args=(documents, read), name="first-questions", daemon=True).start()
        return None

    def _make(self, documents: tuple[int, ...], read: Read) -> None:
        found: tuple[str, ...] = ()
        try:
            with suppress(FootnoteError):  # the first question meets the same error, and says it
                found = first_questions(read(), self._reader())
        finally:
            with self._lock:
                self._kept[documents] = found
