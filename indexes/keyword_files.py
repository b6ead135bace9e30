"""Whether the files of a tantivy index are as they were written: each ends with a checksum, which nobody looks at."""

from __future__ import annotations

import json
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rag.errors import StoreError

_META = "meta.json"
_PARTS = ("term", "idx", "pos", "fast", "fieldnorm", "store")
_END = struct.Struct("<II")
"""Length of the footer, a JSON object with the checksum of all before it; and tantivy's magic number."""
_STEP = 1 << 20


def damaged_file(folder: Path) -> str:
    """The name of a file that is missing or has changed; empty when all are whole, or nothing was ever committed.

    Only files of committed segments are looked at. Another process may commit meanwhile: then it is looked at again.
    """
    meta = _read(folder)
    while meta:
        wrong = next((name for name in _names(meta) if not _is_whole(folder / name)), "")
        before, meta = meta, _read(folder)
        if not wrong or meta == before:
            return wrong
    return ""


def linked(folder: Path) -> Path:
    """A new folder for temporary files with links to the files of an index that cannot be written.

    tantivy locks what it reads, and what it writes takes a link's place. Whoever asks for the folder deletes it.
    """
    try:
        made = Path(tempfile.mkdtemp(prefix="footnote-"))
        for path in folder.glob("*"):
            if path.suffix != ".lock":
                (made / path.name).symlink_to(path.absolute())
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written, nor can a folder for temporary files ({error}): set TMPDIR to one that can be"
        ) from error
    return made


def _read(folder: Path) -> bytes:
    try:
        return (folder / _META).read_bytes()
    except FileNotFoundError:
        return b""


def _names(meta: bytes) -> Iterator[str]:
    try:
        for segment in json.loads(meta)["segments"]:
            stem = segment["segment_id"].replace("-", "")
            yield from (f"{stem}.{part}" for part in _PARTS)
            if segment["deletes"]:
                yield f"{stem}.{segment['deletes']['opstamp']}.del"
    except (ValueError, KeyError, TypeError, AttributeError):
        yield _META


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            file.seek(max(0, size - _END.size))
            length, _ = _END.unpack(file.read())
            file.seek(size - _END.size - length)
            expected = json.loads(file.read(length))["crc"]
            file.seek(0)
            return bool(_checksum(file, size - _END.size - length) == expected)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False


def _checksum(file: BinaryIO, left: int) -> int:
    found = 0
    while left and (piece := file.read(min(left, _STEP))):
        found = zlib.crc32(piece, found)
        left -= len(piece)
    return found
