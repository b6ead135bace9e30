"""Archives (ZIP, tar, and what gzip, bzip2 and xz compress): their files one by one, counted while they inflate."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import PurePosixPath
from typing import BinaryIO

from ingest.loaders.assembly import Assembly
from ingest.loaders.decoding import decode
from ingest.loaders.members import DAMAGED, LINKS, LOCKED, TOO_LARGE, Members, check_taken
from ingest.loaders.source import SourceFile

MAX_INFLATED = 1_000_000_000
MAX_RATIO = 200
RATIO_FROM = 1_000_000
"""Up to this inflated size any ratio is allowed: a small file of spaces is no bomb."""
_MOST_ENTRIES = 10_000
_STEP = 1 << 20
_MOST_EMPTY = 100
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
           RuntimeError, ValueError)  # fmt: skip
_BLOCK = 512
_Stream = BinaryIO | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile


def load_zip(source: SourceFile) -> Assembly:
    """Hands out the files of a ZIP archive. Raises LoadError for a bomb, or when there is none that can be read."""
    check_taken(source)
    assembly, members, budget = Assembly(), Members(source), _Budget(source)
    with zipfile.ZipFile(source.path) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise source.error(f"holds {len(entries):,} files, and the limit is {_MOST_ENTRIES:,}: split the archive.")
        try:
            for number, entry in enumerate(entries, 1):
                _hand_out_entry(archive, entry, members, budget)
                source.progress(number, len(entries))
        finally:
            members.count_rest(budget.n_inflated)
    members.finish_container(assembly)
    return assembly


def load_tar(source: SourceFile) -> Assembly:
    """Hands out the files of a tar archive, or the one file that was compressed without an archive around it."""
    check_taken(source)
    assembly, members, budget = Assembly(), Members(source), _Budget(source)
    with source.path.open("rb") as packed, _decompressed(packed) as unpacked:
        stream = _Counted(unpacked, budget, source.path.stat().st_size)
        try:
            if _is_tar(stream.peek(_BLOCK)):
                _hand_out_tar(source, stream, members)
            else:
                _hand_out_single(source, stream, members)
        except tarfile.TarError as error:
            if not members.n_handed_out:
                raise source.error("is damaged or cut off and cannot be unpacked: get a fresh copy of it.") from error
            assembly.warnings.append("The archive is damaged or cut off: what follows the last good file was not read.")
        finally:
            members.count_rest(budget.n_inflated)
    members.finish_container(assembly)
    return assembly


class _Budget:
    """Bytes that an archive may still give; raises LoadError for more, or for more than its size allows."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self.n_inflated = 0

    def spend(self, n_new: int, n_inflated: int, n_packed: int) -> None:
        """Count bytes that came out: `n_new` now, and `n_inflated` in all of what took `n_packed` bytes packed."""
        self.n_inflated += n_new
        if n_inflated > max(RATIO_FROM, MAX_RATIO * n_packed):
            raise self._source.error(
                f"unpacks to more than {MAX_RATIO} times its size, as a bomb does: "
                "if you know where it comes from, unpack it and add the files."
            )
        if self.n_inflated > MAX_INFLATED:
            limit = MAX_INFLATED // 1_000_000
            raise self._source.error(f"unpacks to more than {limit:,} MB, which is the limit: split the archive.")


def _hand_out_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, members: Members, budget: _Budget) -> None:
    name = _zip_name(entry)
    mode = entry.external_attr >> 16
    if entry.is_dir() or not members.wants(name):
        return
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        members.leave_out(name, LINKS)
    elif entry.flag_bits & _ENCRYPTED:
        members.leave_out(name, LOCKED)
    else:
        try:
            data = _inflated(archive, entry, members.room, budget)
        except _BROKEN:
            members.leave_out(name, DAMAGED)
            return
        if data is None:
            members.leave_out(name, TOO_LARGE)
        else:
            members.hand_out(name, data)


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, budget: _Budget) -> bytes | None:
    """The bytes of an entry; None when they are more than `room`. What comes out counts, whatever the header says."""
    data = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(_STEP):
            data += piece
            budget.spend(len(piece), len(data), entry.compress_size)
            if len(data) > room:
                return None
    return bytes(data)


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The name with forward slashes. One not marked as UTF-8 may be so all the same; else it is in code page 437."""
    name = entry.orig_filename.split("\0", 1)[0]
    if not entry.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _decompressed(packed: BinaryIO) -> _Stream:
    head = packed.read(6)
    packed.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.open(packed, "rb")
    if head.startswith(b"BZh"):
        return bz2.open(packed, "rb")
    return lzma.open(packed, "rb") if head.startswith(b"\xfd7zXZ") else packed


class _Counted:
    """A stream that counts what comes out of it."""

    def __init__(self, stream: _Stream, budget: _Budget, n_packed: int) -> None:
        self._stream = stream
        self._budget = budget
        self._n_packed = n_packed
        self._n_read = 0
        self._ahead = b""
        self._n_empty = 0

    def peek(self, size: int) -> bytes:
        """The first bytes, which `read` will give once more."""
        self._ahead = self.read(size)
        return self._ahead

    def read(self, size: int) -> bytes:
        """Up to `size` bytes. Raises LoadError beyond the budget, ReadError for who reads on and on after the end."""
        piece, self._ahead = self._ahead[:size], self._ahead[size:]
        if len(piece) < size:
            fresh = self._fresh(size - len(piece))
            self._n_read += len(fresh)
            self._budget.spend(len(fresh), self._n_read, self._n_packed)
            piece += fresh
        self._n_empty = 0 if piece else self._n_empty + 1
        if self._n_empty > _MOST_EMPTY:  # tarfile would skip the terabytes that a header promises, block by block
            raise tarfile.ReadError("cut off")
        return piece

    def _fresh(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _BROKEN as error:
            raise tarfile.ReadError("damaged") from error


def _is_tar(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head, tarfile.ENCODING, "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _hand_out_tar(source: SourceFile, stream: _Counted, members: Members) -> None:
    with tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as archive:  # type: ignore[call-overload]
        for number, entry in enumerate(archive, 1):
            if number > _MOST_ENTRIES:
                raise source.error(f"holds more than {_MOST_ENTRIES:,} files, which is the limit: split the archive.")
            archive.members = []  # which would keep every header in memory
            _hand_out_member(archive, entry, members)
            source.progress(number, number)


def _hand_out_member(archive: tarfile.TarFile, entry: tarfile.TarInfo, members: Members) -> None:
    name = decode(entry.name.encode("utf-8", "surrogateescape"))
    if entry.isdir() or not members.wants(name):
        return
    if not entry.isreg() or entry.issparse():
        members.leave_out(name, LINKS)
    elif entry.size > members.room:
        members.leave_out(name, TOO_LARGE)
    else:
        file = archive.extractfile(entry)
        members.hand_out(name, file.read() if file else b"")


def _hand_out_single(source: SourceFile, stream: _Counted, members: Members) -> None:
    """`notes.txt.gz` holds `notes.txt`."""
    name = PurePosixPath(source.name.replace("\\", "/")).stem
    if not members.wants(name):
        return
    data = bytearray()
    while piece := stream.read(_STEP):
        data += piece
        if len(data) > members.room:
            members.leave_out(name, TOO_LARGE)
            return
    members.hand_out(name, bytes(data))
