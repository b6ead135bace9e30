"""The process that runs a GGUF file: llama.cpp's own server, which ends when its parent does. The home of xllamacpp.

What it shall do comes as one line of JSON on its standard input, so that the key stands in no list of processes; where
it answers goes out as another. While a model is loaded no Python runs here. So the system itself ends the process when
the other side of that input is gone (SIGIO), however the parent came to its end.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from typing import Any

_ERRORS = 1
"""llama.cpp's level of what it logs: errors, which name files and sizes, and no prompts."""


def main() -> None:
    """Serve until the standard input ends."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what llama.cpp prints is no answer
    asked = json.loads(sys.stdin.buffer.readline())
    _end_with_input()
    try:
        import xllamacpp
    except ImportError as error:
        _say(answers, {"absent": str(error)})
        return
    os.putenv("GGML_NO_BACKTRACE", "1")  # it would call a debugger when it fails
    server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), asked))
    _say(answers, {"url": server.listening_address, "version": f"xllamacpp {xllamacpp.__version__}"})
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)  # what it says from here on would fill the disk
    sys.stdin.buffer.read()
    os._exit(0)  # at once, whatever it is writing


def _parameters(given: Any, asked: dict[str, Any]) -> Any:  # noqa: ANN401 - its types would import it
    given.model.path = asked["path"]
    given.model_alias = {asked["name"]}
    given.n_ctx = asked["context_tokens"]
    given.n_parallel = 1  # more would divide the context
    given.cache_ram_mib = 0  # up to 8 GB of earlier prompts otherwise
    given.cpuparams.n_threads = given.cpuparams_batch.n_threads = asked["threads"]
    given.hostnames = ["127.0.0.1"]
    given.port = 0
    given.api_keys = [asked["key"]]
    given.ui = given.endpoint_slots = False
    given.verbosity = _ERRORS
    return given


def _end_with_input() -> None:
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | fcntl.FASYNC)


def _say(answers: int, answer: dict[str, str]) -> None:
    os.write(answers, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
