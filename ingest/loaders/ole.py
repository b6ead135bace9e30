"""OLE files, the containers of old Office documents and Outlook messages: their streams by path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ingest.loaders.ole_summary import summary
from ingest.loaders.source import SourceFile

_NAMES = ("EncryptedPackage", "WordDocument", "PowerPoint Document", "__properties_version1.0", "Workbook", "Book")
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_STREAM = 500_000_000


class Ole:
    """An open OLE file."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 - the library has no types
        self._file = file
        self._names: dict[tuple[str, ...], list[str]] = {}
        for *above, name in file.listdir(streams=True, storages=True):
            self._names.setdefault(tuple(above), []).append(name)

    def names(self, *folder: str) -> list[str]:
        """What stands directly in a folder, in the order of the file; in the top one without arguments."""
        return self._names.get(folder, [])

    def read(self, *path: str) -> bytes:
        """A stream's bytes; empty when there is none."""
        if self._file.get_type(list(path)) != 2:
            return b""
        with self._file.openstream(list(path)) as stream:
            return bytes(stream.read(_MAX_STREAM))

    def properties(self) -> dict[str, str]:
        """Title, author, created and modified, as far as the file tells."""
        return summary(self.read("\x05SummaryInformation"))


@contextmanager
def open_ole(source: SourceFile) -> Iterator[Ole]:
    """The file, for reading. Raises LoadError when its table of streams is damaged or what is read of it is cut off."""
    import olefile

    try:
        with olefile.OleFileIO(str(source.path)) as file:
            yield Ole(file)
    except OSError as error:  # the library's own errors are of this class
        raise source.error("is damaged or cut off: get a fresh copy of it.") from error


def check_chains(source: SourceFile) -> None:
    """Raises LoadError where sectors follow each other in a circle: other readers go round until memory ends."""
    import olefile

    with open_ole(source), olefile.OleFileIO(str(source.path)) as file:
        file.loadminifat()
        whole = [entry for entry in file.direntries if entry and entry.size >= file.mini_stream_cutoff_size]
        small = [entry for entry in file.direntries if entry and entry.size < file.mini_stream_cutoff_size]
        starts = {file.first_dir_sector, file.first_mini_fat_sector, file.root.isectStart}
        if any(
            _is_circle(table, start)
            for table, firsts in (
                (file.fat, starts | {entry.isectStart for entry in whole}),
                (file.minifat, {entry.isectStart for entry in small if entry.entry_type == olefile.STGTY_STREAM}),
            )
            for start in firsts
        ):
            raise source.error("is damaged or cut off: get a fresh copy of it.")


def _is_circle(table: Sequence[int], at: int) -> bool:
    for _ in range(len(table) + 1):
        if at >= len(table):
            return False
        at = table[at]
    return True


def top_names(source: SourceFile) -> set[str]:
    """The names at the top of the file; where its table is damaged, the known ones that its bytes hold."""
    import olefile

    try:
        with olefile.OleFileIO(str(source.path)) as file:
            return set(Ole(file).names())
    except (OSError, ValueError, IndexError, RecursionError):
        data = source.read()
        return {name for name in _NAMES if name.encode("utf-16-le") in data}
