"""Finds the words that OCR saw again in the finished text, which layout has put together from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Protocol

from rag.types import Box, Page, Word

_HYPHENS = str.maketrans("", "", "-\u00ad\ufffe")


class Seen(Protocol):
    """A word on a page."""

    @property
    def text(self) -> str:
        """Its letters, cleaned as the document's text is."""

    @property
    def box(self) -> Box:
        """Where it stands."""


def placed(seen: Sequence[Seen], text: str, page: Page) -> Iterator[Word]:
    """The words of a page with their offsets in the document's text; those that layout left out are left out.

    Both sides have the same words in the same order, but for what layout added (marks of lists and tables), removed
    (running headers) or put together (words split at a line end).
    """
    tokens = [(found[0], page.start + found.start()) for found in re.finditer(r"\S+", text[page.start : page.end])]
    matcher = SequenceMatcher(None, [word.text for word in seen], [token for token, _ in tokens], autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            for word, (token, at) in zip(seen[first:last], tokens[start:end], strict=True):
                yield Word(at, at + len(token), page.number, word.box)
        elif kind == "replace":
            yield from _changed(seen[first:last], tokens[start:end], page.number)


def _changed(seen: Sequence[Seen], tokens: Sequence[tuple[str, int]], page: int) -> Iterator[Word]:
    """Words that are spelled otherwise than they were seen, letter by letter: `competi-` and `tive`."""
    seen, tokens = (
        [word for word in seen if _has_letters(word.text)],
        [pair for pair in tokens if _has_letters(pair[0])],
    )
    letters = [at + n for token, at in tokens for n, letter in enumerate(token) if letter != "-"]
    spelled = "".join(token for token, _ in tokens).translate(_HYPHENS)
    if spelled != "".join(word.text for word in seen).translate(_HYPHENS):
        return
    done = 0
    for word in seen:
        n = len(word.text.translate(_HYPHENS))
        if n:
            yield Word(letters[done], letters[done + n - 1] + 1, page, word.box)
        done += n


def _has_letters(text: str) -> bool:
    return any(letter.isalnum() for letter in text)
