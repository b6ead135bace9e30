"""The command that asks about documents of households and small firms: `python -m evals office`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from evals.office import SETS, measure, questions, table
from indexes.home import load_settings

Command = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "questions on documents of households and small firms: complete answers, refusals, and what is wrong in them"
    parser = command("office", _office, text)
    names = sorted(path.stem for path in SETS.glob("*.jsonl"))
    parser.add_argument("sets", nargs="*", metavar="SET", choices=[*names, []], help=f"of {', '.join(names)}; both")
    parser.add_argument("--show", action="store_true", help="each question with its answer, too")
    parser.add_argument("--json", action="store_true", help="an object for each question instead")


def _office(arguments: argparse.Namespace) -> int:
    names = arguments.sets or sorted(path.stem for path in SETS.glob("*.jsonl"))
    for name in names:
        outcomes = []
        for one in measure(SETS / name, questions(SETS / f"{name}.jsonl"), load_settings()):
            outcomes.append(one)
            row = {"set": name, "question": one.asked.question, "kind": one.asked.kind, "complete": one.is_complete}
            row |= {"refused": one.answer.refused, "wrong": one.is_wrong, "chance": one.answer.chance}
            if arguments.json:
                print(json.dumps(row | {"answer": one.answer.text}, ensure_ascii=False), flush=True)
            elif arguments.show:
                print(f"{one.asked.question}\n    {one.answer.chance or 0:.2f} {one.answer.text}", flush=True)
        if not arguments.json:
            print(f"\n{name}", *table(outcomes), sep="\n", flush=True)
    return 0
