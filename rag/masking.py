"""This file puts placeholders such as EMAIL_1 in place of private details, and the details back into a reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.private import KINDS, private_spans

_PLACEHOLDER = re.compile(rf"({'|'.join(KINDS)})\\?_(\d{{1,4}})(?!\d)", re.IGNORECASE | re.ASCII)
"""Models escape the line in Markdown."""
_MOST = 9_999
_LONGEST = max(map(len, KINDS)) + 6


class Mask:
    """The placeholders of one request: the same detail always gets the same one, and none stood in its texts before.

    They are plain words, since small models drop or change brackets around them; upper and lower case count alike.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts`: all that the request says."""
        self._used = {_key(match[1], match[2]) for text in texts for match in _PLACEHOLDER.finditer(text)}
        self._placeholders: dict[tuple[str, str], str] = {}
        self._details: dict[tuple[str, int], str] = {}
        self._last = dict.fromkeys(KINDS, 0)

    def __bool__(self) -> bool:
        """Whether anything was masked."""
        return bool(self._details)

    def masked(self, text: str) -> str:
        """The text with placeholders."""
        parts, at = [], 0
        for kind, start, end in private_spans(text):
            if text[end : end + 1].isdigit():  # it would run into the placeholder's number
                continue
            parts += [text[at:start], self._placeholder(kind, text[start:end])]
            at = end
        return "".join([*parts, text[at:]])

    def restored(self, text: str) -> str:
        """The text with the details; a placeholder that stands for none stays as it is."""
        return _PLACEHOLDER.sub(lambda match: self._details.get(_key(match[1], match[2]), match[0]), text)

    def _placeholder(self, kind: str, detail: str) -> str:
        """Its own; where all numbers of its kind are used up it is the detail itself."""
        if (kind, detail) not in self._placeholders:
            number = next((n for n in range(self._last[kind] + 1, _MOST + 1) if (kind, n) not in self._used), None)
            if number is None:
                return detail
            self._last[kind] = number
            self._details[kind, number] = detail
            self._placeholders[kind, detail] = f"{kind}_{number}"
        return self._placeholders[kind, detail]


class Restored:
    """A stream of text with its details put back; half a placeholder is held back. How it is cut cannot matter."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._held = ""

    def feed(self, text: str) -> str:
        """What this text settles; may be empty."""
        text = self._held + text
        cut = next((i for i in range(max(0, len(text) - _LONGEST), len(text)) if _may_begin(text[i:])), len(text))
        self._held = text[cut:]
        return self._mask.restored(text[:cut])

    def finish(self) -> str:
        """The rest."""
        rest, self._held = self._mask.restored(self._held), ""
        return rest


def _key(kind: str, digits: str) -> tuple[str, int]:
    return kind.upper(), int(digits)


def _may_begin(tail: str) -> bool:
    """Whether more text could make a placeholder of it, or go on with the number of one."""
    if not tail.isascii():
        return False
    name, line, digits = tail.upper().replace("\\_", "_", 1).partition("_")
    if line:
        return name in KINDS and (not digits or (digits.isdecimal() and len(digits) <= 4))
    return name.removesuffix("\\") in KINDS or any(kind.startswith(name) for kind in KINDS)
