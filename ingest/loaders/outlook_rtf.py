"""The rich text of an Outlook message: unpacked [MS-OXRTFCP], and the HTML taken out that it may be wrapped around."""

from __future__ import annotations

import re
import struct

from ingest.loaders.rtf import rtf_text

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    b"Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b"
    b"\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_MAX_SIZE = 50_000_000
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_TAG = re.compile(r"\{\\\*\\htmltag\d* ?((?:[^{}\\]|\\.)*)\}|\\htmlrtf\b ?.*?\\htmlrtf0 ?", re.DOTALL)


def body_of_rtf(data: bytes) -> tuple[str, str]:
    """(plain text, HTML) of the rich text as a message stores it; one of them is empty."""
    markup = _unpacked(data).decode("latin-1")
    if not markup:
        return "", ""
    if "\\fromhtml1" in markup[:1000]:
        return "", rtf_text(_TAG.sub(_as_text, markup))
    return rtf_text(markup), ""


def _as_text(found: re.Match[str]) -> str:
    """A tag of the wrapped HTML, which stands in a group of its own, as running text; what only RTF needs goes."""
    return (found[1] or "").replace("\\par", "\n").replace("\\tab", " ")


def _unpacked(data: bytes) -> bytes:
    if len(data) < 16:
        return b""
    _, size, kind, _ = struct.unpack("<IIII", data[:16])
    if kind == _PLAIN:
        return data[16:]
    return _inflated(data[16:], min(size, _MAX_SIZE)) if kind == _PACKED else b""


def _inflated(data: bytes, size: int) -> bytes:
    """Runs of eight items behind a byte of flags: a byte as it is, or 12 bits of place and 4 of length."""
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    at, write, out = 0, len(_DICTIONARY), bytearray()
    while at < len(data) and len(out) < size:
        flags, at = data[at], at + 1
        for bit in range(8):
            piece = data[at : at + 1 + (flags >> bit & 1)]
            at += len(piece)
            if len(piece) < 2:
                run = piece
            else:
                place, length = divmod(int.from_bytes(piece, "big"), 16)
                if place == write % _WINDOW:
                    return bytes(out)
                run = _run(window, place, length + 2, write)
            for byte in run:
                window[write % _WINDOW] = byte
                write += 1
            out += run
    return bytes(out)


def _run(window: bytearray, place: int, length: int, write: int) -> bytes:
    """Earlier bytes once more; the run may reach into itself."""
    run = bytearray()
    reach = (write - place) % _WINDOW or _WINDOW
    for n in range(length):
        run.append(window[(place + n) % _WINDOW] if n < reach else run[n - reach])
    return bytes(run)
