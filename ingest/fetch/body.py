"""What comes over the line, unpacked piece by piece: neither a long answer nor a bomb is ever held in memory."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from ingest.loaders.decoding import marked_encoding
from ingest.sizes import RAISE, megabytes
from rag.errors import LoadError

ENCODINGS = "gzip, deflate"
"""What may be asked for: what the standard library unpacks with a limit on each piece."""
_PIECE = 1 << 16
_CHARSETS = re.compile(r"iso8859|cp\d|koi8|mac|big5|gb|euc|shift|tis|utf-(?:16|32)")
"""Of the codecs that Python has, those that pages are written in; some others take hours for a few megabytes."""


def unpacked(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> Iterator[bytes]:
    """The content in small pieces. Raises LoadError when it is longer than the limit, packed or not, or damaged."""
    encoding = encoding.strip().lower()
    pieces = _counted(chunks, max_bytes)
    if encoding in ("", "identity"):
        return pieces
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise LoadError(f"is packed as {encoding[:40]!r}, which was not asked for: it cannot be read.")
    return _counted(_inflated(pieces), max_bytes)


def _counted(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    n_bytes = 0
    for chunk in chunks:
        n_bytes += len(chunk)
        if n_bytes > max_bytes:
            raise LoadError(f"has more than {megabytes(max_bytes)} MB, which is the limit: {RAISE}.")
        yield chunk


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    machine = None
    try:
        for chunk in chunks:
            machine = machine or zlib.decompressobj(_window(chunk))
            rest = chunk
            while rest and not machine.eof:
                yield machine.decompress(rest, _PIECE)
                rest = machine.unconsumed_tail
        while machine and not machine.eof and (piece := machine.decompress(machine.unconsumed_tail, _PIECE)):
            yield piece
    except zlib.error as error:
        raise LoadError("was packed wrongly or damaged on its way: try again later.") from error
    if machine and not machine.eof:
        raise LoadError("broke off before its end: try again later.")


def _window(start: bytes) -> int:
    """gzip and zlib tell themselves apart; some servers send deflate without any header."""
    is_zlib = len(start) < 2 or (start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0)
    return 47 if start[:1] == b"\x1f" or is_zlib else -15


def as_utf8(pieces: Iterable[bytes], charset: str) -> Iterator[bytes]:
    """Text in UTF-8 with its mark, where the server names another charset: the file alone would not tell it."""
    pieces = iter(pieces)
    start = next(pieces, b"")
    decoder = None if marked_encoding(start) else _decoder(charset)
    if decoder is None:
        yield start
        yield from pieces
        return
    yield codecs.BOM_UTF8
    for piece in chain([start], pieces):
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _decoder(charset: str) -> codecs.IncrementalDecoder | None:
    try:
        known = codecs.lookup(charset)
    except LookupError:
        return None
    return known.incrementaldecoder("replace") if _CHARSETS.match(known.name) else None
