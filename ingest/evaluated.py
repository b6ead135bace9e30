"""What the Evaluation page keeps of a collection follows its name: sets of questions about it, and runs over them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from indexes.folder_digest import write_durably
from indexes.ownership import alone
from indexes.system_errors import told
from rag.errors import StoreError

FOLDER, SETS, RUNS, REMOVED = "evaluation", "sets", "runs", "removed"
SET, RUN = "set.json", "run.json"
"""What is told of a set or a run, `collection` among it."""
LOCK = "save.lock"
"""Beside it; whoever changes it is alone with this file."""


def rename(home: Path, old: str, new: str) -> None:
    """Those that are about a collection, and those that were removed and can come back, are about its other name now.
    Raises StoreError where the disk does not take it; a second time goes on where that ended."""
    done = list[Path]()
    try:
        for path in _all(home / FOLDER):
            done.append(path)
            _rename(path, old, new)
    except OSError as error:
        for path in done:
            with suppress(OSError):  # what a second time mends
                _rename(path, new, old)
        raise StoreError(f"the sets of questions about {old!r} cannot follow its new name: {told(error)}") from error


def _all(folder: Path) -> Iterator[Path]:
    for kind, name in ((SETS, SET), (RUNS, RUN)):
        yield from sorted(folder.glob(f"{kind}/*/{name}"))
        yield from sorted(folder.glob(f"{kind}/{REMOVED}/*/{name}"))


def _rename(path: Path, old: str, new: str) -> None:
    """What is gone by now, or cannot be read, has no name that could follow; the page says so itself."""
    with suppress(FileNotFoundError, ValueError), alone(path.with_name(LOCK)):
        row = json.loads(path.read_text("utf-8"))
        if isinstance(row, dict) and row.get("collection") == old:
            write_durably(path, json.dumps(row | {"collection": new}, ensure_ascii=False))
