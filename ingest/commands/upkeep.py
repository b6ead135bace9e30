"""`doctor`, `backup` and `restore`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from indexes.home import load_settings
from indexes.library import Library
from indexes.terminal import first_of
from ingest.backup import LACKING, back_up
from ingest.commands.naming import typed_path
from ingest.commands.showing import print_json
from ingest.doctor import examine, mend
from ingest.restore import restore_to
from rag.types import counted

_ADD = "add it again, or see what `python -m ingest doctor --repair` can do; then back up once more"
_WRONG = {
    "missing": "is missing, so that it is not in the backup",
    "altered": "has been altered; it is in the backup as it is",
    "unreadable": "cannot be read by you, so that it is not in the backup",
}
_CURE = {
    "missing": _ADD,
    "altered": _ADD,
    "unreadable": "give yourself the rights to the folder `uploads` of the library, and back up once more",
}


def doctor(arguments: argparse.Namespace) -> int:
    """Every finding; with `--repair`, mended where that is possible, and looked at again."""
    library: Library = arguments.open_library()
    findings = examine(library)
    mended: set[str] = set()
    while arguments.repair and (curable := [f for f in findings if f.cure is not None and f.what not in mended]):
        for finding in curable:
            mended.add(finding.what)
            done = mend(library, finding)
            print_json([{"repaired": finding.what, "done": done}]) if arguments.json else print(f"repair: {done}")
        findings = examine(library)  # once the catalogue is whole, more can be told
    if arguments.json:
        print_json(
            {key: value for key, value in asdict(finding).items() if key not in ("cure", "hides")}
            for finding in findings
        )
    else:
        for finding in findings:
            print(f"{'ok ' if finding.good else 'BAD'}  {finding.what}: {finding.text}")
        if any(not finding.good and finding.cure for finding in findings):
            print("`python -m ingest doctor --repair` mends what it can")
    return 0 if all(finding.good for finding in findings) else 1


def backup(arguments: argparse.Namespace) -> int:
    """The whole home into one file, while others go on working."""
    library: Library = arguments.open_library()
    told_of = back_up(library, typed_path(arguments.file))
    code = 1 if any(told_of[fate] for fate in LACKING) else 0
    if arguments.json:
        print_json([told_of])
        return code
    counts = f"{counted(told_of['documents'], 'document')}, {counted(told_of['originals'], 'kept file')}"
    print(f"{told_of['file']}: {counts}, {told_of['mb']} MB")
    if n := told_of["text_only"]:
        print(f"{n} of them as text alone: files that were added by their path are not in it, so keep those, too")
    for fate in LACKING:
        if sources := told_of[fate]:
            print(f"BAD  {counted(len(sources), 'document')} whose kept file {_WRONG[fate]}: {first_of(sources)}")
            print(f"     {_CURE[fate]}")
    return code


def restore(arguments: argparse.Namespace) -> int:
    """A backup as the home of now; what was there is put aside with `--replace`."""
    home: Path = load_settings().home
    told_of = restore_to(home, typed_path(arguments.file), replace=arguments.replace)
    print_json([told_of]) if arguments.json else print(
        f"{home}: {counted(told_of['documents'], 'document')} put back"
        + (f"; the former home is {told_of['former']}" if told_of["former"] else "")
    )
    return 0
