"""This file is the process behind a Fence as its parent sees it: a pipe for requests, one for answers, and its end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from ingest import cage
from ingest.wire import MAX_ANSWER
from rag.types import Vectors

_ROOT = Path(__file__).resolve().parent.parent
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from ingest.fence_child import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])"
)
_STEP = 1 << 20


class Child:
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
        os.set_blocking(self._requests, False)  # a child that stops reading must not hold its parent

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

    def send(self, request: dict[str, Any], deadline: float) -> None:
        """Write one request. Raises TimeoutError at the deadline, BrokenPipeError when the child has died."""
        self._write(json.dumps(request).encode() + b"\n", deadline)

    def send_vectors(self, vectors: Vectors, deadline: float) -> None:
        """Write what the child asked for. Raises like `send`."""
        self._write(struct.pack("<II", *vectors.shape) + np.ascontiguousarray(vectors, "<f4").tobytes(), deadline)

    def _write(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([], [self._requests], [], left)[1]:
                raise TimeoutError
            rest = rest[os.write(self._requests, rest) :]

    def receive(self, deadline: float) -> dict[str, Any]:
        """The next message. Raises TimeoutError at the deadline, EOFError when the child died, ValueError."""
        message = json.loads(self.receive_bytes(deadline, MAX_ANSWER))
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
