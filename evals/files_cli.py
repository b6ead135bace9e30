"""The commands that measure reading: `python -m evals parsing | fuzz`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from evals.numbers import count_or_zero, duration
from evals.run_cli import told
from indexes.home import load_settings
from rag.errors import InputError

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
_FUZZ_S, _FUZZ_MB = 10, 2048
"""Limits of a damaged file; all of them are small."""


def add_commands(command: Command) -> None:
    """Make both known to the parser of `python -m evals`."""
    parsing = command("parsing", _parsing, "read every file of a folder and say which are read, refused, or wrong")
    parsing.add_argument("folder", type=Path, metavar="DIR", help="searched in depth")
    parsing.add_argument("--expected", type=Path, metavar="FILE", help="what is known of single files; default: ours")
    parsing.add_argument("--json", type=Path, metavar="FILE", help="write a JSON object for each file there, too")
    fuzzing = command("fuzz", _fuzz, "damage files on purpose and read each behind the fence")
    fuzzing.add_argument("folder", type=Path, metavar="DIR", help="holds files to damage, a few of each type")
    fuzzing.add_argument("--minutes", type=duration, default=5, metavar="N", help="default %(default)s")
    fuzzing.add_argument("--seed", type=count_or_zero, default=0, metavar="S", help="another one damages otherwise")
    fuzzing.add_argument("--keep", type=Path, metavar="FOLDER", help="where inputs go that crash, fail or hang")
    fuzzing.add_argument("--types", nargs="+", metavar="TYPE", help="only these, as in `docx pdf`")


def _parsing(arguments: argparse.Namespace) -> int:
    from evals.expectations import DEFAULT, read_expected
    from evals.parsing import measure
    from evals.parsing_table import table

    if not arguments.folder.is_dir():
        raise InputError(f"{arguments.folder} is not a folder: name one with files in it")
    expected = read_expected(arguments.expected or DEFAULT)
    limit = load_settings().max_file_mb * 1_000_000
    if arguments.json and (arguments.json.is_dir() or not arguments.json.parent.is_dir()):
        raise InputError(f"--json {arguments.json} cannot be written: name a file in a folder that is there")
    rows = measure(arguments.folder, expected, max_bytes=limit, told=told)
    if not rows:
        raise InputError(f"{arguments.folder} holds no file: name a folder with files in it")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    sys.stdout.write(table(rows) + "\n")
    return 1 if any(row.wrong for row in rows) else 0


def _fuzz(arguments: argparse.Namespace) -> int:
    from evals.fuzz import choose_seeds, fuzz, keep, table
    from ingest.fence import Fence

    fence = Fence(timeout_s=_FUZZ_S, memory_mb=_FUZZ_MB)
    seeds = choose_seeds(arguments.folder, fence)
    if arguments.types:
        seeds = {kind: paths for kind, paths in seeds.items() if kind in arguments.types}
    if not seeds:
        raise InputError(f"{arguments.folder} holds no small files of such types: name another folder")
    with tempfile.TemporaryDirectory(prefix="footnote-fuzz-") as scratch:
        seconds = 60 * arguments.minutes
        report = fuzz(seeds, Path(scratch), seconds=seconds, seed=arguments.seed, fence=fence, told=told)
    if arguments.keep:
        keep(report, arguments.keep)
    sys.stdout.write(table(report) + "\n")
    return 1 if report.findings else 0
