"""Runs `python -m` commands on a disk that fails on demand; `failing_disk.c` is preloaded and counts every step."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which
from tempfile import mkdtemp

from indexes.home import environment
from rag.errors import InputError

_ROOT = Path(__file__).parents[1]
_SOURCE = Path(__file__).with_suffix(".c")
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Step:
    """One change to what lies below the home, as the process was about to make it."""

    name: str
    """create, write, sync, truncate, rename, link, unlink, mkdir, rmdir"""
    path: str
    """Below the home; "." is the home itself."""
    at: int = 0
    length: int = 0
    """Of a write, and where it begins."""
    former: str = ""
    """The name that a file had which is renamed or linked."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and all steps that it made or tried."""

    code: int
    output: str
    errors: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the step of this number: `kill`, `tear` (half of a write, then kill), `once`, or `stay`."""

    at: int
    deed: str
    error: int = 0
    """errno of `once` and `stay`, where the step and all after it fail."""


@cache
def compiled() -> Path | None:
    """The library to preload; None where there is no C compiler, or the system has no such loading."""
    compiler = which("cc") or which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    made = Path(mkdtemp(prefix="footnote-disk-")) / "failing_disk.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(made), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return made


def start(home: Path, command: Sequence[str], log: Path, fault: Fault | None = None) -> subprocess.Popen[str]:
    """Begin `python COMMAND` over a home; its steps go to `log`. Raises InputError where nothing can be compiled."""
    library = compiled()
    if library is None:
        raise InputError("a disk cannot be made to fail here: that needs Linux and a C compiler")
    orders = {"FAULT_ROOT": str(home.resolve()), "FAULT_LOG": str(log), "LD_PRELOAD": str(library)}
    if fault is not None:
        orders |= {"FAULT_AT": str(fault.at), "FAULT_DO": fault.deed, "FAULT_ERRNO": str(fault.error)}
    variables = environment() | {"FOOTNOTE_HOME": str(home), "HF_HUB_OFFLINE": "1"} | orders
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=_ROOT,
        env=variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def run(home: Path, command: Sequence[str], log: Path, fault: Fault | None = None) -> Ended:
    """The same to its end."""
    log.unlink(missing_ok=True)
    process = start(home, command, log, fault)
    output, errors = process.communicate(timeout=_PATIENCE_S)
    return Ended(process.returncode, output, errors, steps_of(log))


def steps_of(log: Path) -> list[Step]:
    """What a log tells so far."""
    rows = [line.split("\t") for line in log.read_text(errors="replace").splitlines()] if log.exists() else []
    whole = [row for row in rows if len(row) == 6]  # the last one may have been cut off
    return [Step(name, path, int(at), int(n), former) for _, name, path, at, n, former in whole]


def lose_unsynced(home: Path, steps: Sequence[Step]) -> None:
    """What a loss of power may do: bytes are gone that were written after their file's last sync, and so are names that
    were given after their folder's."""
    written, names = _unsynced(steps[:-1])  # before the last one the process was killed
    for path, writes in written.items():
        if (home / path).is_file():
            _lose(home / path, writes)
    for name in sorted(names, reverse=True):
        shutil.rmtree(home / name) if (home / name).is_dir() else (home / name).unlink(missing_ok=True)


def _unsynced(steps: Sequence[Step]) -> tuple[Mapping[str, Sequence[Step]], set[str]]:
    """The writes to each file, and the new names, that no sync has followed."""
    written: defaultdict[str, list[Step]] = defaultdict(list)
    names: set[str] = set()
    for step in steps:
        if step.name == "write":
            written[step.path].append(step)
        elif step.name == "sync":
            written.pop(step.path, None)
            names = {name for name in names if str(Path(name).parent) != step.path}
        elif step.name in ("create", "rename", "link", "mkdir"):
            names.add(step.path)
        if step.name == "rename":
            written[step.path] = written.pop(step.former, [])
    return written, names


def _lose(path: Path, writes: Sequence[Step]) -> None:
    """Nothing but noughts where something was written; the end is cut off."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        for write in writes:
            if write.at + write.length >= size:
                size = min(size, write.at)
                file.truncate(size)
            elif write.at < size:
                file.seek(write.at)
                file.write(bytes(write.length))
