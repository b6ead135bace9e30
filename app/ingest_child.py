"""One run of `python -m ingest` in a child process: files in by its standard input, events out line by line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from indexes.home import environment

_ROOT = Path(__file__).parents[1]
_LONGEST_REASON = 500


class IngestChild:
    """Takes (path, name) pairs into a collection. `events` must be read to the end, which waits for the child."""

    def __init__(self, home: Path, collection: str, files: Sequence[tuple[Path, str]]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        command = [sys.executable, "-m", "ingest", "add", "--list", "-", "--collection", collection]
        self._process = subprocess.Popen(
            [*command, "--json", "--events"],
            cwd=_ROOT,
            env=environment() | {"FOOTNOTE_HOME": str(home.absolute())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,  # what it starts itself is killed with it
        )
        self._files = files
        self._said = ""

    def events(self) -> Iterator[Mapping[str, Any]]:
        """What `--events` prints, as it comes."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise TypeError("the child is started with pipes")
        with self._errors, process.stdout:
            with suppress(BrokenPipeError), process.stdin:  # it died at once: its exit tells why
                for path, name in self._files:
                    process.stdin.write(json.dumps({"path": str(path), "name": name}).encode() + b"\n")
            yield from (event for line in process.stdout if (event := _event(line)) is not None)
            process.wait()
            self._errors.seek(0)
            self._said = self._errors.read().decode("utf-8", "replace")

    def kill(self) -> None:
        """End the child and what it has started; nothing that it has committed is lost."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended it."""
        return (self._process.returncode or 0) < 0

    def last_words(self) -> str:
        """Why a child that has ended did not do all of its work, in a sentence."""
        lines = self._said.splitlines()
        said = [line.removeprefix("footnote: ") for line in lines if line.startswith("footnote: ")]
        code = self._process.returncode
        if said:
            return said[-1][:_LONGEST_REASON]
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return f"The process that reads the files {how} before it was done: try again, with fewer or smaller files."


def _event(line: bytes) -> Mapping[str, Any] | None:
    """The JSON object of a line; None for a line cut off by the child's end, or printed by a library."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
