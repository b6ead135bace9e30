"""Files are parsed behind a fence: in a child process with limits, so that a hostile one harms only its own answer."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest import cage
from ingest.loaders.cleaning import one_line
from ingest.loaders.source import HandOut, Progress, Room, SourceFile
from ingest.wire import document_from
from rag.errors import LoadError, Unreadable
from rag.types import Document

_ROOT = Path(__file__).resolve().parent.parent
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from ingest.fence_child import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])"
)
_MAX_ANSWER = 1 << 30
"""Bytes; a document of that size would not fit a catalogue either."""
_FULL = 0.75
"""Of its memory limit: a child that has taken so much is replaced, before a library behaves oddly at the limit."""
_MOST_STEPS = 60
"""A file that goes on page by page may take so many times the time limit in all."""
_STEP = 1 << 20


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
        self._child: _Child | None = None
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
    ) -> Document:
        """Like ingest.loaders.load, and with its LoadError; a parser that hangs, crashes or grows raises LoadError too.

        The time limit begins anew with every page. What `progress` or `hand_out` raises stops the child and comes out
        of here, so that a caller can cancel.
        """
        with self._lock:
            source = SourceFile(path, name)
            child = self._started()
            try:
                document = self._ask(child, source, max_bytes, _Listener(progress, hand_out, room or Room()))
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

    def _started(self) -> _Child:
        if self._child is None or not self._child.is_alive():
            self.close()
            self._child = _Child(self._memory_mb, self._loader)
        return self._child

    def _ask(self, child: _Child, source: SourceFile, max_bytes: int, listener: _Listener) -> Document:
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
                }
            )
            while True:
                deadline = min(last, time.monotonic() + self._timeout_s)
                answer = child.receive(deadline)
                if "progress" in answer:
                    listener.told(*answer["progress"])
                elif "member" in answer:
                    listener.handed(answer["member"], child.receive_bytes(deadline, max_bytes))
                else:
                    return self._document(source, answer)
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

    def _document(self, source: SourceFile, answer: dict[str, Any]) -> Document:
        if "document" in answer:
            return document_from(answer["document"])
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
    n_members: int = 0
    n_bytes: int = 0

    def told(self, done: Any, total: Any) -> None:  # noqa: ANN401
        if self.progress:
            self.progress(int(done), int(total))

    def handed(self, name: Any, data: bytes) -> None:  # noqa: ANN401
        self.n_members += 1
        self.n_bytes += len(data)
        if not isinstance(name, str) or self.n_members > self.room.n_files or self.n_bytes > self.room.n_bytes:
            raise ValueError("members")
        if self.hand_out:
            self.hand_out(name, data)


class _Child:
    """One child process with a pipe for requests and one for answers."""

    def __init__(self, memory_mb: int, loader: str) -> None:
        self._is_stopped = False
        its_requests, self._requests = os.pipe()
        self._answers, its_answers = os.pipe()
        arguments = (str(_ROOT), str(its_requests), str(its_answers), str(memory_mb), loader)
        try:
            self._process = subprocess.Popen(
                (sys.executable, "-c", _START, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=cage.clean_environment(os.environ),
                pass_fds=(its_requests, its_answers),
                start_new_session=True,
                cwd="/",
            )
        finally:
            os.close(its_requests)
            os.close(its_answers)

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it can take a request."""
        return self._process.poll() is None

    def address_space(self) -> int:
        """Bytes, as the limit counts them; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[0])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def send(self, request: dict[str, Any]) -> None:
        """Write one request. Raises BrokenPipeError when the child has died."""
        data = json.dumps(request).encode() + b"\n"
        while data:
            data = data[os.write(self._requests, data) :]

    def receive(self, deadline: float) -> dict[str, Any]:
        """The next message. Raises TimeoutError at the deadline, EOFError when the child died, ValueError."""
        message = json.loads(self.receive_bytes(deadline, _MAX_ANSWER))
        if not isinstance(message, dict):
            raise ValueError("not an object")  # noqa: TRY004
        return message

    def receive_bytes(self, deadline: float, limit: int) -> bytes:
        """The next message as it is. Raises like `receive`."""
        (size,) = struct.unpack("<I", self._read(4, deadline))
        if size > limit:
            raise ValueError("too large")
        return self._read(size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        """Exactly `size` bytes; never waits past the deadline, however slowly they come."""
        data = bytearray()
        while len(data) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise TimeoutError
            piece = os.read(self._answers, min(_STEP, size - len(data)))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def wait(self) -> int:
        """The exit code of a child that has closed its pipe; negative for a signal."""
        try:
            return self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.stop()
            return 0

    def stop(self) -> None:
        """Kill the child and whatever it started, and close the pipes; does nothing the second time."""
        if self._is_stopped:
            return
        self._is_stopped = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for end in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                os.close(end)
