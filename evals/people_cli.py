"""The command that puts many people before the page at once: `python -m evals people`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from evals.endpoint.load import times
from evals.files_cli import Command
from evals.numbers import count
from evals.run_cli import told


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = (
        "many people at the page at once: how long each waits, the server's memory, and whether anybody sees another's"
    )
    parser = command("people", _people, text)
    parser.add_argument("--people", type=count, default=20, metavar="N", help="default %(default)s")
    parser.add_argument(
        "--every", type=float, default=10.0, metavar="SECONDS", help="each asks so often; default %(default)s"
    )
    parser.add_argument("--minutes", type=float, default=2.0, help="default %(default)s")
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
        print(f"memory at most {max(seen.memory_mb):,.0f} MB, grown by {seen.growth_mb:+,.0f} MB after the first fifth")
        print(f"{len(seen.strangers)} questions of other people on a page")
    return 1 if seen.strangers else 0


def _plain(reply: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in reply.items() if name.endswith("_s")}
