"""Text as people see it: one kind of line end, composed characters, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

from rag.joiners import joined_properly

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_PLAIN = re.compile(r"[\t\n\x20-\x7e]*\Z")
_NOT_SUSPICIOUS = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")


def clean(text: str) -> tuple[str, int]:
    """The text without control and invisible characters, and how many suspicious ones were taken out.

    Soft hyphens, byte order marks, what typesetters put between letters and the like are taken out without being
    counted: ordinary files are full of them.
    """
    if _PLAIN.match(text):
        return text, 0
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    if text.isascii():
        return text, 0
    visible, n_invisible = _INVISIBLE.subn("", text)
    n_harmless = len(_NOT_SUSPICIOUS.findall(text)) if n_invisible else 0
    joined, n_joiners = joined_properly(visible)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", joined)), n_invisible - n_harmless + n_joiners


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line without invisible characters, cut at `limit` characters: for titles and messages."""
    line = " ".join(clean(text)[0].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
