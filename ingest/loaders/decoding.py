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
_MOST_DAMAGED = 4
_WESTERN = frozenset("äöüÄÖÜßéèêëàâáçôîïùûñíóúåæÉÈÀÇÊÔÂÎÁÍÓÚÑÅÆ€–—‘’‚“”„…§°²½¼«»·©®×´¡ªº™†‰\xa0\xad")
"""Letters and signs of western Europe but for those that stand where other code pages have letters of their own."""
_ODDLY_JOINED = re.compile(r"[^\W\d_][‚“”„…†‰™§°«»·©®×´¡€][^\W\d_]|[a-zäöüßéèêàâáçñ][ÄÖÜÉÈÀÇÊÔÂÎÁÍÓÚÑÅÆ]")
"""No word of such a language has that within it."""
_NEVER = ["cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140", "utf_16", "utf_16_le", "utf_16_be", "utf_32"]
"""Of mainframes, and what is told by its marks or its zeros."""
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
    """As browsers take what is declared: who says Latin 1 or ASCII means what Windows makes of it; that it is UTF-8 has
    been tried."""
    try:
        name = codecs.lookup(encoding).name if encoding else ""
    except LookupError:
        return ""
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "utf-8": ""}.get(name, name)


def _guess(sample: bytes) -> str:
    if _is_damaged_utf8(sample):
        return "utf-8"
    if _is_western(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_exclusion=_NEVER).best()
    return best.encoding if best else "cp1252"


def _is_damaged_utf8(sample: bytes) -> bool:
    """Whether most of what is no ASCII is UTF-8 all the same: a stray byte is no other encoding."""
    text = sample.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    return sum(not letter.isascii() for letter in text) - n_bad > _MOST_DAMAGED * n_bad


def _is_western(sample: bytes) -> bool:
    """Whether it reads as what Windows writes in the west of Europe: few texts are long enough to be told by how often
    letters come."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    odd = [letter for letter in text if not letter.isascii()]
    n_letters = sum(letter.isascii() and letter.isalpha() for letter in text)
    is_written = _WESTERN.issuperset(odd) and not _ODDLY_JOINED.search(text)
    return is_written and sum(map(str.isalpha, odd)) <= n_letters
