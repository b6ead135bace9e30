"""How far a measurement is: sentences that know their numbers, and a line of JSON for each where a program listens."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from indexes.terminal import stop_on_sigterm

_LOOK_S = 0.5
_PATIENCE_S = 10.0
_NICER = 5


class Step(str):
    """A sentence such as `12 of 100 questions ranked`, with its numbers."""

    __slots__ = ("n", "of", "what")
    n: int
    of: int
    what: str

    def __new__(cls, n: int, of: int, what: str) -> Step:
        """`what`: as in `questions ranked`."""
        made = super().__new__(cls, f"{n:,} of {of:,} {what}")
        made.n, made.of, made.what = n, of, what
        return made


def tell_as_json() -> Callable[[str], None]:
    """A teller that writes lines of JSON on standard output: `text`, and of a Step `what`, `n`, `of` and the
    `seconds` that are left of steps of its kind, once two of them were told."""
    began: dict[str, tuple[float, int]] = {}

    def tell(text: str) -> None:
        if not text:
            return
        row: dict[str, object] = {"text": str(text)}
        if isinstance(text, Step):
            row |= {"what": text.what, "n": text.n, "of": text.of}
            start, n_first = began.setdefault(text.what, (time.monotonic(), text.n))
            if text.n > n_first:
                row["seconds"] = round((time.monotonic() - start) / (text.n - n_first) * (text.of - text.n), 1)
        sys.stdout.write(f"{json.dumps(row, ensure_ascii=False)}\n")
        sys.stdout.flush()

    return tell


def end_with(parent: int) -> None:
    """End this process, cleared up after, as soon as the process of this number is not its parent any more; meanwhile
    it gives way to whatever else wants the processors."""
    stop_on_sigterm()
    os.nice(_NICER)
    threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE_S)
    os.kill(os.getpid(), signal.SIGKILL)
