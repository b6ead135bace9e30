"""The command that watches the page in a browser: `python -m evals reaction`."""

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
    text = "one person in a real browser: the first page, a question's first reaction, and a run of each page"
    parser = command("reaction", _reaction, text)
    parser.add_argument("--times", type=count, default=20, metavar="N", help="each of it; default %(default)s")
    parser.add_argument(
        "--documents", type=Path, action="append", default=[], metavar="PATH", help="in the library besides"
    )
    parser.add_argument("--json", action="store_true", help="all single values, for programs")


def _reaction(arguments: argparse.Namespace) -> int:
    from evals.people.reaction import measure

    told(f"a browser opens the page and asks, {arguments.times} times each")
    seen = measure(arguments.times, arguments.documents)
    if arguments.json:
        print(json.dumps(asdict(seen)))
        return 0
    print(f"first page of a new server       {seen.first_s:.2f} s")
    print(f"page opened later                {times(seen.opened_s)}")
    print(f"key pressed, the box empties     {times(seen.emptied_s)}")
    print(f"  the question stands there      {times(seen.question_s)}")
    print(f"  the answer stands there        {times(seen.answer_s)}")
    for page, seconds in seen.again_s.items():
        print(f"run of the page {page:16} {times(seconds)}")
    return 0
