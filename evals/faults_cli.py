"""The commands that break ingestion on purpose: `python -m evals faults | steps | soak`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from evals.files_cli import Command
from evals.numbers import count, count_or_zero, duration

if TYPE_CHECKING:
    from evals.faults import Damage

_DEEDS, _FAULTS = ("sync", "upload", "backup"), ("kill", "tear", "power", "full", "error")


def add_commands(command: Command) -> None:
    """Make them known to the parser of `python -m evals`."""
    faults = command("faults", _faults, "kill workers at random, and search while two of them write; count the damage")
    faults.add_argument("--kills", type=count_or_zero, default=200, metavar="N", help="default %(default)s")
    faults.add_argument("--seconds", type=duration, default=120, metavar="S", help="of traffic; default %(default)s")
    faults.add_argument("--json", action="store_true", help="one JSON object")
    steps = command("steps", _steps, "kill a command, or let the disk fail, at each single step of it in turn")
    steps.add_argument("--deeds", nargs="+", choices=_DEEDS, default=_DEEDS, help="default: all of them")
    steps.add_argument("--faults", nargs="+", choices=_FAULTS, default=_FAULTS, help="default: all of them")
    steps.add_argument(
        "--every", type=count, default=1, metavar="N", help="try only each Nth step; default %(default)s"
    )
    steps.add_argument("--from", type=count, default=1, metavar="N", dest="first", help="beginning with this one")
    steps.add_argument("--alike", action="store_true", help="many alike in a row one by one, too")
    soaking = command("soak", _soak, "two workers, a reader, and files that come, change and go; says what grows")
    soaking.add_argument("--minutes", type=duration, default=120, metavar="N", help="default %(default)s")
    soaking.add_argument("--json", action="store_true", help="one JSON object")


def _faults(arguments: argparse.Namespace) -> int:
    from evals.faults import busy, kill_workers

    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
        root = Path(folder)
        kills = {
            "a worker": kill_workers(root / "home", root / "files", arguments.kills, _told),
            "`add`": kill_workers(root / "home3", root / "files3", arguments.kills // 4, _told, is_adding=True),
        }
        traffic = busy(root / "home2", root / "files2", arguments.seconds, _told)
    is_well = traffic.is_well and all(damage.is_none for damage in kills.values())
    if arguments.json:
        told = {"kills": asdict(kills["a worker"]), "kills of add": asdict(kills["`add`"]), "traffic": asdict(traffic)}
        print(json.dumps(told))
        return 0 if is_well else 1
    for whom, damage in kills.items():
        _show(whom, damage)
    print(
        f"{traffic.seconds:.0f} s with two workers: {traffic.documents_written} documents, {traffic.searches} searches"
    )
    print("\n".join(traffic.told()))
    return 0 if is_well else 1


def _show(whom: str, damage: Damage) -> None:
    """What was counted over the kills of one kind of process."""
    print(f"{damage.kills} kills of {whom}, {damage.in_the_middle} while it read a file; {damage.documents} documents")
    print(f"    lost {damage.lost}, doubled {damage.doubled} and {damage.doubled_passages} passages", end="")
    print(f", half visible {damage.half_visible}")
    print(f"    given up after three dead workers, with a sentence, and ready when tried again: {damage.given_up}")
    print(f"    indexes that disagreed with the catalogue: {len(damage.disagreements)} {damage.disagreements[:3]}")


def _steps(arguments: argparse.Namespace) -> int:
    from evals.steps import Stage, moments, sweep

    wrong: list[str] = []
    for deed in arguments.deeds:
        with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
            stage = Stage(Path(folder) / "stage", deed)
            steps = stage.plain.steps
            numbers = range(1, len(steps) + 1) if arguments.alike else moments(steps)
            for fault in arguments.faults:
                swept = sweep(stage, fault, numbers[arguments.first - 1 :: arguments.every], _told)
                print(f"{deed:8}{fault:8}{swept.tried:6} of {swept.steps} steps, {len(swept.wrong)} things wrong after")
                print("".join(f"    {text}\n" for text in swept.wrong), end="", flush=True)
                wrong += swept.wrong
    return 1 if wrong else 0


def _soak(arguments: argparse.Namespace) -> int:
    from evals.soak import soak

    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder:
        soaked = soak(Path(folder), arguments.minutes, _told)
    is_well = not soaked.wrong and soaked.traffic.is_well
    if arguments.json:
        print(json.dumps(asdict(soaked) | {"growth": soaked.growth()}))
        return 0 if is_well else 1
    done = f"{soaked.added} added, {soaked.changed} changed, {soaked.removed} removed"
    print(f"{soaked.seconds / 60:.1f} minutes: {done}, {soaked.traffic.searches} searches; {soaked.documents} left")
    print("\n".join(soaked.traffic.told()))
    print(f"    documents or indexes that are not as they should be: {len(soaked.wrong)} {soaked.wrong[:3]}")
    print(f"{'minute':>8}{'MB':>8}{'open files':>12}{'WAL, MB':>9}{'generations':>13}")
    for sample in soaked.samples[:: max(1, len(soaked.samples) // 12)]:
        row = f"{sample.seconds / 60:8.1f}{sample.mb:8.0f}{sample.files:12}{sample.wal_mb:9.1f}{sample.generations:13}"
        print(row)
    print("growth once warm: " + ", ".join(f"{value:.1f} {name}" for name, value in soaked.growth().items()))
    return 0 if is_well else 1


def _told(text: str) -> None:
    """Shows what is being done, on a terminal alone."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text:40}")
        sys.stderr.flush()
