"""Bytes to text: byte order mark first, then UTF-8, then what the file declares, then a guess."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESS_FROM = 256 * 1024
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")


def decode(data: bytes, declared: str = "") -> str:
    """Text of the bytes; characters that cannot be decoded become U+FFFD, so that nothing is ever lost silently."""
    encoding = marked_encoding(data)
    if encoding:
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_known(declared) or _guess(data[:_GUESS_FROM]), "replace")


def decode_markup(data: bytes, declared: str = "") -> str:
    """Like `decode`, looking for a charset that an HTML or XML file declares in its first lines."""
    found = _DECLARED.search(data[:4096])
    return decode(data, declared or (found[1].decode("ascii") if found else ""))


def marked_encoding(data: bytes) -> str:
    """The encoding that the first bytes give away: a byte order mark, or the zeros of unmarked UTF-16 and UTF-32."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    return _encoding_by_zeros(data[:1024])


def _encoding_by_zeros(head: bytes) -> str:
    n = len(head) // 4
    if n < 2 or b"\0" not in head:
        return ""
    zeros = [head[lane : 4 * n : 4].count(0) > 0.7 * n for lane in range(4)]
    layouts = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return layouts.get((zeros[0], zeros[1], zeros[2], zeros[3]), "")


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name if encoding else ""
    except LookupError:
        return ""


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"
