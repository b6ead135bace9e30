"""The command that puts many people before the page at once: `python -m evals people`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from evals.endpoint.load import times
from evals.files_cli import Command
from evals.numbers import count, duration
from evals.run_cli import told

if TYPE_CHECKING:
    from evals.people.crowd import Crowd


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = (
        "many people at the page at once: how long each waits, the server's memory, and whether anybody sees another's"
    )
    parser = command("people", _people, text)
    parser.add_argument("--people", type=count, default=20, metavar="N", help="default %(default)s")
    parser.add_argument(
        "--every", type=duration, default=10.0, metavar="SECONDS", help="each asks so often; default %(default)s"
    )
    parser.add_argument("--minutes", type=duration, default=2.0, help="default %(default)s")
    parser.add_argument(
        "--documents", type=Path, action="append", default=[], metavar="PATH", help="in the library besides"
    )
    parser.add_argument("--json", action="store_true", help="all single values, for programs")


def _people(arguments: argparse.Namespace) -> int:
    from evals.people.crowd import measure

    told(f"{arguments.people} people ask every {arguments.every:g} s for {arguments.minutes:g} minutes")
    seen = measure(arguments.people, arguments.every, arguments.minutes, arguments.documents)
    if arguments.json:
        print(json.dumps(asdict(seen) | {"replies": [_plain(asdict(reply)) for reply in seen.replies]}))
    else:
        print(f"page opened          {times(seen.opened_s)}")
        print(f"question on the page {times([reply.first_s for reply in seen.replies])}")
        print(f"answer on the page   {times([reply.answer_s for reply in seen.replies])}")
        print(f"server at rest again {times([reply.ended_s for reply in seen.replies])}")
        print(
            f"{len(seen.replies)} answers, {seen.late} asked late, {seen.astray} quote nothing about what was asked for"
        )
        print(_memory(seen))
        print(f"{len(seen.strangers)} questions of other people on a page")
    return 1 if seen.strangers else 0


def _memory(seen: Crowd) -> str:
    from evals.people.crowd import FLAT_MB

    most = f"memory at most {max((one.mb for one in seen.memory), default=0):,.0f} MB"
    most_of_it, late = seen.mb_per_1000(0.2), seen.mb_per_1000(0.5)
    if most_of_it is None or late is None:
        return f"{most}; too few answers came to tell whether it grows: let them ask for longer"
    verdict = "flat" if most_of_it < FLAT_MB else "it grows"
    growth = f"{most_of_it:+,.1f} MB per 1,000 answers after the first fifth, {late:+,.1f} in the second half"
    return f"{most}, {growth}: {verdict} (flat: below {FLAT_MB:g} after the first fifth)"


def _plain(reply: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in reply.items() if name.endswith("_s")}
