"""Things that are folders of one place: ids tell which is the newest, and those that were removed last come back."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexes.folder_digest import write_durably
from indexes.system_errors import told
from ingest.evaluated import REMOVED
from rag.errors import InputError, StoreError

_ID = re.compile(r"\d{8}-\d{12}-[0-9a-f]{4}")
"""When it was made, to the microsecond, so that their names are in their order."""
_MOST_ASIDE, _OF = 10, "."
"""How many removals can be taken back; and what stands between when one was and its id."""


@contextmanager
def keeping() -> Iterator[None]:
    """Around what is written, or as a decorator: raises StoreError where the disk does not take it."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"this cannot be kept: {told(error)}") from error


class Folders:
    """The folders below `root`, which is made with the first of them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def new(self) -> Iterator[Path]:
        """An empty folder of its own, which is gone again where the block that fills it ends in an error."""
        folder = self.root / f"{_stamp()}-{secrets.token_hex(2)}"
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def all(self) -> list[Path]:
        """The newest first."""
        if not self.root.is_dir():
            return []
        return sorted((path for path in self.root.iterdir() if _ID.fullmatch(path.name)), reverse=True)

    def folder(self, id: str) -> Path:
        """The one of this id; raises InputError where there is none any more."""
        folder = self.root / id
        if not _ID.fullmatch(id) or not folder.is_dir():
            raise InputError("this was removed meanwhile: load the page again")
        return folder

    @keeping()
    def remove(self, id: str) -> None:
        """Put aside, until ten others have been removed after it."""
        folder = self.folder(id)
        self._aside.mkdir(exist_ok=True, mode=0o700)
        folder.rename(self._aside / f"{_stamp()}{_OF}{id}")
        for path in self._removed()[_MOST_ASIDE:]:
            shutil.rmtree(path, ignore_errors=True)

    def removed(self) -> str | None:
        """The id of what was removed last, if it can come back."""
        return next((_id_of(path) for path in self._removed()), None)

    @keeping()
    def restore(self, id: str = "") -> None:
        """Take back the last removal that was not taken back yet; nothing where there is none, or where it is not the
        one with this id any more: a second click comes when it is back."""
        for path in self._removed()[:1]:
            if not id or _id_of(path) == id:
                path.rename(self.root / _id_of(path))

    def _removed(self) -> list[Path]:
        """What was put aside, the last one first: a name begins with when that was."""
        return sorted(self._aside.iterdir(), reverse=True) if self._aside.is_dir() else []

    @property
    def _aside(self) -> Path:
        return self.root / REMOVED


def _stamp() -> str:
    """Now, to the microsecond: what sorts as time goes on."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S%f}"


def _id_of(aside: Path) -> str:
    """Of what an earlier version put aside the name is the id alone."""
    return aside.name.rpartition(_OF)[2]


def write_json(path: Path, row: Mapping[str, Any]) -> None:
    """Whole or not at all; only one at a time may write a file."""
    write_durably(path, json.dumps(row, ensure_ascii=False))


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote; raises InputError where there is nothing that can be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}): remove it, and make it anew") from None
    if not isinstance(found, dict):
        raise InputError(f"{path} cannot be read (no object): remove it, and make it anew")
    return found
