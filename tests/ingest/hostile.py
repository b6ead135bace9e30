"""Loaders that behave as an exploited or broken parser would; a Fence runs them in its child."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from rag.errors import LoadError
from rag.types import Block, Document

Progress = Callable[[int, int], None]


def said(text: str) -> Document:
    return Document(text, "t", "text/plain", blocks=(Block("paragraph", 0, len(text)),), metadata={"language": "en"})


def load(path: Path, _name: str, *, progress: Progress, **_limits: int) -> Document:
    """Does what the file's text asks for, and answers with the outcome."""
    deed = path.read_text()
    return _DEEDS[deed](path, progress)


def _loop(_path: Path, _progress: Progress) -> Document:
    while True:
        pass


def _sleep(_path: Path, _progress: Progress) -> Document:
    time.sleep(600)
    return said("awake")


def _allocate(_path: Path, _progress: Progress) -> Document:
    return said(str(len(bytearray(64 << 30))))


def _abort(_path: Path, _progress: Progress) -> Document:
    os.abort()


def _segfault(_path: Path, _progress: Progress) -> Document:
    os.kill(os.getpid(), signal.SIGSEGV)
    return said("alive")


def _null(_path: Path, _progress: Progress) -> Document:
    return said(str(ctypes.string_at(0)))


def _exit(_path: Path, _progress: Progress) -> Document:
    os._exit(3)


def _tried(deed: Callable[[], object]) -> Document:
    try:
        return said(f"done {deed()}")
    except OSError as error:
        return said(f"refused {type(error).__name__}")


def _socket(_path: Path, _progress: Progress) -> Document:
    return _tried(lambda: socket.create_connection(("127.0.0.1", 9), timeout=1))


def _program(_path: Path, _progress: Progress) -> Document:
    return _tried(lambda: subprocess.run([sys.executable, "-c", "1"], check=True))


def _fork(_path: Path, _progress: Progress) -> Document:
    return _tried(lambda: os.fork() or os._exit(0))


def _write(path: Path, _progress: Progress) -> Document:
    return _tried(lambda: path.with_name("written").write_text("x"))


def _delete(path: Path, _progress: Progress) -> Document:
    return _tried(path.unlink)


def _kill_parent(_path: Path, _progress: Progress) -> Document:
    return _tried(lambda: os.kill(os.getppid(), signal.SIGTERM))


def _environment(_path: Path, _progress: Progress) -> Document:
    return said(" ".join(sorted(os.environ)))


def _pages(_path: Path, progress: Progress) -> Document:
    for done in range(1, 4):
        progress(done, 3)
    return said("read")


def _refuse(path: Path, _progress: Progress) -> Document:
    raise LoadError(f"{path.name} is not to my taste.")


def _shout(_path: Path, _progress: Progress) -> Document:
    sys.stdout.write("x" * 1_000_000)
    os.write(2, b"y" * 1_000_000)
    return said("shouted")


def _fault(_path: Path, _progress: Progress) -> Document:
    raise KeyError("missing")


def _lie(_path: Path, _progress: Progress) -> Document:
    return Document("short", "t", "text/plain", blocks=(Block("paragraph", 0, 5000),))


def _process(_path: Path, _progress: Progress) -> Document:
    return said(f"process {os.getpid()}")


def _modules(_path: Path, _progress: Progress) -> Document:
    return said(" ".join(sorted({name.split(".")[0] for name in sys.modules})))


class EndlessTokens:
    """A tokenizer that a text has brought to a halt."""

    def offsets(self, _text: str) -> NoReturn:
        while True:
            pass


class GreedyTokens:
    """A tokenizer that a text makes grow."""

    def offsets(self, _text: str) -> bytes:
        return bytes(64 << 30)


_DEEDS: dict[str, Callable[[Path, Progress], Document]] = {
    "loop": _loop,
    "sleep": _sleep,
    "allocate": _allocate,
    "abort": _abort,
    "segfault": _segfault,
    "null": _null,
    "exit": _exit,
    "socket": _socket,
    "program": _program,
    "fork": _fork,
    "write": _write,
    "delete": _delete,
    "kill parent": _kill_parent,
    "environment": _environment,
    "pages": _pages,
    "refuse": _refuse,
    "shout": _shout,
    "fault": _fault,
    "lie": _lie,
    "process": _process,
    "modules": _modules,
}
