"""The command that lets a chat endpoint misbehave, or many ask at once: `python -m evals endpoint`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from evals.files_cli import Command
from evals.numbers import count
from evals.run_cli import told
from rag.errors import InputError

if TYPE_CHECKING:
    from evals.endpoint.load import Load
    from evals.endpoint.rounds import Row

_SAMPLES = Path(__file__).parents[1] / "samples" / "documents"
_FIRST_WORD_MS, _LEFT_MS = 50.0, 1000.0
"""So soon the first word comes through, and so soon the endpoint is left."""


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "let a chat endpoint fail in every way, or many ask it at once; say what is shown, how soon, and what stays"
    parser = command("endpoint", _endpoint, text)
    parser.add_argument("--rounds", type=count, default=1000, metavar="N", help="of all faults; default %(default)s")
    parser.add_argument(
        "--load", type=count, nargs="?", const=50, metavar="N", help="questions at once, not faults; 50"
    )
    parser.add_argument("--page", type=count, nargs="?", const=10, metavar="N", help="in a browser, N trials each; 10")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _endpoint(arguments: argparse.Namespace) -> int:
    if arguments.page:
        return _page(arguments)
    return _load(arguments) if arguments.load else _faults(arguments)


def _faults(arguments: argparse.Namespace) -> int:
    from evals.endpoint.rounds import GRACE_MB, measure

    rows = measure(arguments.rounds, told)
    told("")
    grown = rows[-1].after.mb - rows[0].before.mb
    is_well = grown <= 2 * GRACE_MB and not any(row.wrong for row in rows)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
        return 0 if is_well else 1
    _show(rows)
    print(f"\n{sum(row.n for row in rows):,} rounds, grown by {grown:.0f} MB: {'all well' if is_well else 'NOT well'}")
    return 0 if is_well else 1


def _show(rows: Sequence[Row]) -> None:
    print(f"{'':32}{'rounds':>6}{'longest':>9}{'limit':>7}   {'before':34}{'after':34}{'still open there':>16}")
    for row in rows:
        print(
            f"{row.name:32}{row.n:6}{row.longest_s:8.2f}s{row.limit_s:6.1f}s   {row.before!s:34}{row.after!s:34}"
            f"{row.requests + row.connections:16}"
        )
        print(f"    {row.sentence}")
        print("".join(f"    WRONG: {text}\n" for text in row.wrong), end="")


def _load(arguments: argparse.Namespace) -> int:
    from evals.endpoint.load import measure, times

    if not _SAMPLES.is_dir():
        raise InputError(f"{_SAMPLES} is not there: the questions are about the samples, so run this in a checkout")
    load = measure(arguments.load, _SAMPLES)
    first, left = times([one.first_s for one in load.alone]), times(load.left_s)
    is_well = all(one.is_answered for one in (*load.alone, *load.together))
    is_well = is_well and first.p95 <= _FIRST_WORD_MS and left.most <= _LEFT_MS
    if arguments.json:
        print(json.dumps(asdict(load)))
        return 0 if is_well else 1
    _show_load(load)
    print(f"\nfirst word, from the endpoint to the Answerer's text       {first}")
    print(f"left in the middle, until the endpoint's connection closed {left}")
    return 0 if is_well else 1


def _page(arguments: argparse.Namespace) -> int:
    from evals.endpoint.load import times
    from evals.endpoint.page import measure

    seen = measure(arguments.page)
    first, left = times(seen.first_s), {how: times(seconds) for how, seconds in seen.left_s.items()}
    if arguments.json:
        print(json.dumps(asdict(seen)))
    else:
        print(f"first word, from the endpoint to the page                {first}")
        print("".join(f"{f'{how}: until its connection closed':57}{ms}\n" for how, ms in left.items()), end="")
    return 0 if first.p95 <= _FIRST_WORD_MS and all(ms.most <= _LEFT_MS for ms in left.values()) else 1


def _show_load(load: Load) -> None:
    from evals.endpoint.load import times

    for what, asked in (("one by one", load.alone), ("at once", load.together)):
        answered = sum(one.is_answered for one in asked)
        print(f"{len(asked)} questions {what}, {answered} answered; the app's own time for each:")
        print(f"    passages found                 {times([one.found_s for one in asked])}")
        print(f"    written and checked            {times([one.chat_s for one in asked])}")
        print(f"    both                           {times([one.found_s + one.chat_s for one in asked])}")
        print(f"    the endpoint's                 {times([one.endpoint_s for one in asked])}")
    n = len(load.together)
    print(f"at once: {load.wall_s:.1f} s in all, {1000 * load.cpu_s / n:.0f} ms of processor for each")
    print(f"{n} at once from passages found before, unchecked   {times(load.written_s)}")
