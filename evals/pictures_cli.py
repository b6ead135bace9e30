"""The command that takes pictures of every page: `python -m evals pictures`, or `make screenshots`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from evals.files_cli import Command
from evals.pictures.barriers import Barrier
from evals.run_cli import told

_OUT = Path("build") / "screenshots"


def add_commands(command: Command) -> None:
    """Make it known to the parser of `python -m evals`."""
    text = "take pictures of every page in a real browser: desktop and phone, light and dark, full, empty and failing"
    parser = command("pictures", _pictures, text)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help="all of them unless named, such as `sources`")
    parser.add_argument("--out", type=Path, default=_OUT, metavar="FOLDER", help="default %(default)s")


def _pictures(arguments: argparse.Namespace) -> int:
    from evals.pictures import readme
    from evals.pictures.camera import camera
    from evals.pictures.scenes import shoot_all

    with camera(arguments.out) as taking:
        shoot_all(taking, told, arguments.scenes)
    told("")
    print(f"{len(taking.taken)} pictures in {arguments.out}")
    for path in readme.put(taking.taken):
        print(f"for the README: {path}")
    for name in taking.too_wide:
        print(f"WIDER THAN THE SCREEN: {name}")
    for line in barrier_lines(taking.barriers):
        print(line)
    heavy = [barrier for found in taking.barriers.values() for barrier in found if barrier.is_heavy]
    print(f"{len(heavy)} serious or critical barriers by axe-core")
    return 1 if taking.too_wide or heavy else 0


def barrier_lines(found: Mapping[str, tuple[Barrier, ...]]) -> list[str]:
    """A line for each barrier, with the pictures it stands in."""
    where: dict[Barrier, list[str]] = {}
    for name, barriers in found.items():
        for barrier in barriers:
            where.setdefault(barrier, []).append(name)
    return [
        f"{barrier.impact}: {barrier.rule}: {barrier.element}: {barrier.why} ({', '.join(names)})"
        for barrier, names in where.items()
    ]
