"""Files are read and cut behind a fence: in a child process with limits, so that a hostile one harms itself alone."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ingest.fence_process import Child
from ingest.loaders.cleaning import one_line
from ingest.loaders.source import HandOut, Progress, Room, Skipped, SourceFile, ignore
from ingest.wire import document_from, drafts_from
from rag.errors import LoadError, Unreadable
from rag.types import ChunkDraft, Document, Vectors

_FULL = 0.75
"""Of its memory limit: a child that has taken so much is replaced, before a library behaves oddly at the limit."""
_MOST_STEPS = 60
"""A file that goes on page by page may take so many times the time limit in all."""
_REPLY_S = 60
"""A child that asked for vectors takes them in this time."""
_MAX_EMBEDDED, _MAX_EMBEDDED_BYTES = 4_000_000, 1 << 30
"""Texts that a child may have embedded to cut one file, and the bytes of all of them."""
_MOST_SKIPPED = 1 << 40


@dataclass(frozen=True, slots=True)
class Cutting:
    """How the child shall cut what it has read; it has no embedder, so that it asks for vectors where it needs some."""

    strategy: str
    max_tokens: int
    overlap: int
    tokenizer: str
    """Its address."""
    embed: Callable[[Sequence[str]], Vectors]
    told: Progress
    """Called some times a second, and before each batch that is embedded; what it raises comes out of the fence."""

    def rules(self) -> dict[str, Any]:
        """What the child is told."""
        return {
            "strategy": self.strategy,
            "max_tokens": self.max_tokens,
            "overlap": self.overlap,
            "tokenizer": self.tokenizer,
        }


T = TypeVar("T")


class Fence:
    """Loads files in a child process, one at a time. Use it as a context manager; it may be shared by threads.

    The child is started ahead, lives for `restart_after` files and is replaced when it was stopped or died.
    `loader` names the function that it runs, `module:function`.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 120,
        memory_mb: int = 4096,
        restart_after: int = 200,
        loader: str = "ingest.loaders:load",
    ) -> None:
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._restart_after = restart_after
        self._loader = loader
        self._child: Child | None = None
        self._n_loaded = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the child ahead of the first file."""
        self._started()

    @property
    def pid(self) -> int | None:
        """The child that is there now, for those who measure it."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """Stop the child; a later `load` starts a new one."""
        if self._child:
            self._child.stop()
        self._child, self._n_loaded = None, 0

    def load(
        self,
        path: Path,
        name: str,
        *,
        max_bytes: int,
        progress: Progress | None = None,
        hand_out: HandOut | None = None,
        room: Room | None = None,
        skipped: Skipped = ignore,
    ) -> Document:
        """Like ingest.loaders.load, and with its LoadError; a parser that hangs, crashes or grows raises LoadError too.

        The time limit begins anew with every page. What `progress` or `hand_out` raises stops the child and comes out
        of here, so that a caller can cancel.
        """
        listener = _Listener(progress, hand_out, room or Room(), skipped)
        return self._answered(SourceFile(path, name), max_bytes, listener, lambda answer: answer.document())

    def load_and_cut(
        self,
        path: Path,
        name: str,
        cutting: Cutting,
        *,
        max_bytes: int,
        progress: Progress | None = None,
        hand_out: HandOut | None = None,
        room: Room | None = None,
        skipped: Skipped = ignore,
    ) -> tuple[Document, list[ChunkDraft]]:
        """Like `load`, with the passages; of the document's blocks only those with a place on a page are kept.

        Cutting has the time limit for itself, and what `cutting` raises comes out of here, too.
        """
        listener = _Listener(progress, hand_out, room or Room(), skipped, cutting)
        return self._answered(SourceFile(path, name), max_bytes, listener, lambda answer: answer.cut_document())

    def _answered(self, source: SourceFile, max_bytes: int, listener: _Listener, read: Callable[[_Answer], T]) -> T:
        with self._lock:
            child = self._started()
            try:
                document = self._ask(child, source, max_bytes, listener, read)
            except LoadError as error:
                if not child.is_alive():
                    self.close()
                raise error from None
            except BaseException:
                self.close()
                raise
            self._n_loaded += 1
            if self._n_loaded >= self._restart_after or child.address_space() > _FULL * (self._memory_mb << 20):
                self.close()
            return document

    def _started(self) -> Child:
        if self._child is None or not self._child.is_alive():
            self.close()
            self._child = Child(self._memory_mb, self._loader)
        return self._child

    def _ask(
        self, child: Child, source: SourceFile, max_bytes: int, listener: _Listener, read: Callable[[_Answer], T]
    ) -> T:
        """Send the request and wait for the answer; every way in which the child can fail becomes a LoadError."""
        last = time.monotonic() + _MOST_STEPS * self._timeout_s
        try:
            child.send(
                {
                    "path": os.fsencode(source.path.absolute()).hex(),
                    "name": source.name,
                    "max_bytes": max_bytes,
                    "cpu_s": int(self._timeout_s) + 1,
                    "room": astuple(listener.room) if listener.hand_out else None,
                    "cut": listener.cutting.rules() if listener.cutting else None,
                },
                min(last, time.monotonic() + self._timeout_s),
            )
            while True:
                deadline = min(last, time.monotonic() + self._timeout_s)
                answer = child.receive(deadline)
                if not listener.heard(child, answer, deadline, max_bytes):
                    return read(_Answer(self._checked(source, answer)))
        except TimeoutError:
            child.stop()
            raise source.trouble(
                f"was given up: its parser ran longer than {self._timeout_s:g} s and was stopped; split the file."
            ) from None
        except (EOFError, BrokenPipeError):
            raise self._death(source, child.wait()) from None
        except (ValueError, TypeError, KeyError) as error:
            child.stop()
            raise source.trouble("cannot be read: its parser gave an answer that makes no sense.") from error

    def _checked(self, source: SourceFile, answer: dict[str, Any]) -> dict[str, Any]:
        if "document" in answer:
            return answer
        if "out_of_memory" in answer:
            raise source.trouble(f"needs more than {self._memory_mb:,} MB of memory to be read: split the file.")
        if "fault" in answer:
            raise source.trouble(
                f"cannot be read: its parser failed ({one_line(str(answer['fault']))}); please report it."
            )
        kind = Unreadable if answer.get("is_final") is True else LoadError
        raise kind(one_line(str(answer["error"]), 1000))

    def _death(self, source: SourceFile, code: int) -> LoadError:
        if -code == signal.SIGXCPU:
            return source.trouble(
                f"was given up: its parser computed for more than {self._timeout_s:g} s; split the file."
            )
        if -code == signal.SIGKILL:
            return source.trouble(
                "was given up: the system stopped its parser, most likely for want of memory; split the file."
            )
        if code >= 0:
            return source.trouble(
                "cannot be read: its parser stopped unexpectedly; try again, or convert the file to PDF."
            )
        return source.trouble("cannot be read: it made its parser crash, so it is damaged or hostile.")


@dataclass(slots=True)
class _Listener:
    """Who is told what a child says before its answer; members beyond the limits raise ValueError."""

    progress: Progress | None
    hand_out: HandOut | None
    room: Room
    skipped: Skipped
    cutting: Cutting | None = None
    cut: tuple[int, int] = (0, 1)
    n_members: int = 0
    n_bytes: int = 0
    n_embedded: int = 0
    n_embedded_bytes: int = 0

    def heard(self, child: Child, answer: dict[str, Any], deadline: float, max_bytes: int) -> bool:
        """Whether this is not the answer yet; then it has been dealt with."""
        if "progress" in answer:
            self.told(*answer["progress"])
        elif "member" in answer:
            self.handed(answer["member"], child.receive_bytes(deadline, max_bytes))
        elif "skipped" in answer:
            self.passed_over(answer["skipped"])
        elif "cutting" in answer and self.cutting:
            self.cut = int(answer["cutting"][0]), int(answer["cutting"][1])
            self.cutting.told(*self.cut)
        elif "embed" in answer and self.cutting:
            vectors = self.embedded(self.cutting, answer["embed"])
            child.send_vectors(vectors, time.monotonic() + _REPLY_S)
        else:
            return False
        return True

    def embedded(self, cutting: Cutting, texts: Any) -> Vectors:  # noqa: ANN401
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("texts")
        self.n_embedded += len(texts)
        self.n_embedded_bytes += sum(map(len, texts))
        if not texts or self.n_embedded > _MAX_EMBEDDED or self.n_embedded_bytes > _MAX_EMBEDDED_BYTES:
            raise ValueError("texts")
        cutting.told(*self.cut)
        return cutting.embed(texts)

    def told(self, done: Any, total: Any) -> None:  # noqa: ANN401
        if self.progress:
            self.progress(int(done), int(total))

    def passed_over(self, n_bytes: Any) -> None:  # noqa: ANN401
        if not isinstance(n_bytes, int) or not 0 <= n_bytes <= _MOST_SKIPPED:
            raise ValueError("skipped")
        self.skipped(n_bytes)

    def handed(self, name: Any, data: bytes) -> None:  # noqa: ANN401
        self.n_members += 1
        self.n_bytes += len(data)
        if not isinstance(name, str) or self.n_members > self.room.n_files or self.n_bytes > self.room.n_bytes:
            raise ValueError("members")
        if self.hand_out:
            self.hand_out(name, data)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a child said at its end; nothing in it is trusted, so that reading it raises ValueError and the like."""

    fields: dict[str, Any]

    def document(self) -> Document:
        return document_from(self.fields["document"])

    def cut_document(self) -> tuple[Document, list[ChunkDraft]]:
        document = self.document()
        return document, drafts_from(self.fields["passages"], len(document.text))
