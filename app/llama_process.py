"""This file starts the process that runs a GGUF file, and says in a sentence why it did not start or has ended."""

from __future__ import annotations

import json
import os
import re
import secrets
import select
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL

from app.gguf import context_length
from rag.errors import ModelError
from rag.inert import flat, visible

_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from app.llama_child import main; main()"
_LAST_BREATH = 1.0
"""Seconds: a process whose connections broke off is gone within them, or lives."""
_NO_MEMORY = re.compile(r"insufficient memory|failed to allocate|out of memory|bad_alloc|mem_buffer != NULL", re.I)
_REASON = re.compile(r" E \S+: (?:error loading model: )?(.*)")
_MOST_LOG, _MAX_REASON = 100_000, 200


@dataclass(frozen=True, slots=True)
class Gguf:
    """A file with a model, and how it shall be run."""

    path: Path
    context_tokens: int
    threads: int
    setting: str = "FOOTNOTE_CHAT_MODEL"
    """That names it."""

    def check(self) -> None:
        """Raises ModelError for a file that is not there, is no GGUF file, or is larger than this machine's memory."""
        context_length(self.path, self.setting)
        size, memory = self.path.stat().st_size, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if size > memory:  # it would be read from the disk again for each word
            raise ModelError(
                f"the chat model {self.path} has {size / 1e9:,.1f} GB, and this machine {memory / 1e9:,.1f} GB of "
                f"memory: set {self.setting} to a smaller one"
            )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process answers."""

    url: str
    key: str = field(repr=False)
    version: str


class LlamaProcess:
    """llama.cpp's server in a child process, on a port and with a key that nobody else is told."""

    def __init__(self, model: Gguf) -> None:
        """Start it. Raises ModelError."""
        model.check()
        self._model = model
        self._key = secrets.token_hex(24)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process may write
        try:
            self._process = subprocess.Popen(
                (sys.executable, "-c", _START, str(_ROOT)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,  # an interrupt at the terminal is the parent's to handle
            )
        except OSError as error:
            raise ModelError(f"no process can be started for the chat model {model.path} ({error})") from error

    def place(self, seconds: float) -> Place:
        """Where it answers, once the model is loaded. Raises ModelError where it is not within so many seconds."""
        asked = {
            "path": str(self._model.path),
            "name": self._model.path.name,
            "context_tokens": self._model.context_tokens,
            "threads": self._model.threads,
            "key": self._key,
        }
        answer = self._answer(json.dumps(asked).encode() + b"\n", seconds)
        if "absent" in answer:
            self.end()
            raise ModelError(
                f"the chat model {self._model.path} runs through xllamacpp, which cannot be imported "
                f"({answer['absent']}): install it with `{sys.executable} -m pip install -r requirements-local.txt`"
            )
        return Place(f"{answer['url']}/v1", self._key, visible(answer["version"]))

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def death(self) -> ModelError | None:
        """What is to be said when it has just ended; None where it lives."""
        try:
            code = self._process.wait(_LAST_BREATH)
        except subprocess.TimeoutExpired:
            return None
        return self._ended(code)

    def end(self) -> None:
        """End it now, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for file in (self._process.stdin, self._process.stdout, self._log):
            with suppress(OSError):
                if file is not None:
                    file.close()

    def _answer(self, question: bytes, seconds: float) -> dict[str, str]:
        asking, answering = self._process.stdin, self._process.stdout
        if asking is None or answering is None:
            raise ValueError("both are pipes")
        until = time.monotonic() + seconds
        try:
            asking.write(question)
            asking.flush()
            is_there = select.select([answering], [], [], max(0.0, until - time.monotonic()))[0]
            answer = answering.readline() if is_there else b""
        except (OSError, ValueError):  # it has ended, or `end` was called meanwhile
            answer, is_there = b"", [answering]
        if answer:
            found: dict[str, str] = json.loads(answer)
            return found
        if is_there:
            raise self._ended(self._process.wait())
        self.end()
        raise ModelError(
            f"the chat model {self._model.path} was not loaded within {seconds:g} seconds: "
            f"set {self._model.setting} to a smaller one"
        )

    def _ended(self, code: int) -> ModelError:
        log = self._last_words()
        if _NO_MEMORY.search(log) or code == -SIGKILL:
            return ModelError(
                f"there is too little memory for the chat model {self._model.path} with a context of "
                f"{self._model.context_tokens:,} tokens: set {self._model.setting} to a smaller one, or lower "
                "FOOTNOTE_CONTEXT_TOKENS"
            )
        reason = _REASON.search(log)
        said = flat(reason[1])[:_MAX_REASON] if reason else f"its process ended with {code}"
        return ModelError(
            f"the chat model {self._model.path} failed ({said}): fetch the file again, or set "
            f"{self._model.setting} to another one"
        )

    def _last_words(self) -> str:
        try:
            self._log.seek(0)
            return self._log.read(_MOST_LOG).decode(errors="replace")
        except (OSError, ValueError):  # closed by `end`
            return ""
