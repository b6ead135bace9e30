"""This file counts the tokens of any span of a document after tokenising the document once."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from math import ceil

import numpy as np
from numpy.typing import NDArray

from rag.errors import InputError
from rag.protocols import Tokenizer
from rag.types import Ids

SLACK = 0.92
"""Pieces are planned a little below the limit, since whole words and sentences seldom add up to it."""

LONG_WORD = 400
"""Characters; a token may be longer where a tokenizer gives up on a word (a base64 blob is one unknown token)."""

_PART = 2_000
"""Characters that are tokenised at a time: tokenizers are fastest, and smallest, on texts of about this size."""

_BLANK = re.compile(r"\s")
_BLANKS = np.array([code for code in range(0x3001) if chr(code).isspace()], dtype=np.uint32)
_AT_ONCE = 1 << 20
"""Characters that are looked at together for words, so that little memory is needed beside what is kept."""


At = Callable[[int], None]
"""Hears up to which place of the text the tokens are counted."""


class TooLong(InputError):
    """A text would become more passages than anybody wants to embed."""


class TokenTable:
    """Where tokens and words of a text start. Never counts too few: stretches without tokens count by character."""

    def __init__(self, text: str, tokenizer: Tokenizer, most: int | None = None, told: At = lambda _at: None) -> None:
        """Raises TooLong for a text with more than `most` tokens, as soon as that is known."""
        words = _word_spans(text)
        starts = _starts(_token_starts(text, tokenizer, most, told), words, most)
        self._words = array("q", words[:, 0].tobytes())  # bisect takes these, in an eighth of a list's memory
        self._starts = array("q", starts.tobytes())
        self._text = text

    def count(self, start: int, end: int) -> int:
        """Tokens of `text[start:end]`, both ends lying between words."""
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def is_whole_words(self, start: int, end: int) -> bool:
        """Whether the trimmed span cuts no word in two."""
        before, after = self._text[start - 1 : start], self._text[end : end + 1]
        return (not before or before.isspace()) and (not after or after.isspace())

    def word_after(self, place: int) -> int:
        """The first start of a word at `place` or after it; the length of the text where there is none."""
        index = bisect_left(self._words, place)
        return self._words[index] if index < len(self._words) else len(self._text)

    def place(self, start: int, n: int) -> int:
        """Where the token stands that comes `n` tokens after the first at or after `start`."""
        index = bisect_left(self._starts, start) + n
        return self._starts[index] if index < len(self._starts) else len(self._text)

    def cut(self, start: int, end: int, room: int) -> int:
        """The last place up to which `text[start:end]` has at most `room` tokens: the start of a word, or `end`.

        Only a word with more than `room` tokens is cut inside.
        """
        limit = self.place(start, room)
        if limit >= end:
            return end
        word = self._words[bisect_right(self._words, limit) - 1]
        return word if word > start else max(limit, start + 1)

    def words(self, start: int, end: int, room: int) -> list[tuple[int, int]]:
        """The span in pieces of whole words, nearly equal, that have at most `room` tokens each."""
        pieces = []
        while start < end:
            left = self.count(start, end)
            share = left if left <= room else ceil(left / ceil(left / (SLACK * room)))
            cut = self.cut(start, end, share)
            pieces.append((start, cut))
            start = cut
        return pieces


def _word_spans(text: str) -> Ids:
    """Starts and ends of what stands between blanks, shape [n, 2]."""
    edges = []
    was_blank = True
    for at in range(0, len(text), _AT_ONCE):
        codes = np.frombuffer(text[at : at + _AT_ONCE].encode("utf-32-le", "surrogatepass"), dtype="<u4")
        is_blank = np.concatenate([[was_blank], np.isin(codes, _BLANKS)])
        edges.append(np.flatnonzero(is_blank[1:] != is_blank[:-1]) + at)
        was_blank = bool(is_blank[-1])
    if not was_blank:
        edges.append(np.array([len(text)]))
    return np.concatenate(edges or [np.empty(0, np.int64)]).reshape(-1, 2)


def _check_number(n_tokens: int, most: int | None) -> None:
    if most is not None and n_tokens > most:
        raise TooLong(f"more than {most:,} tokens")


def _token_starts(text: str, tokenizer: Tokenizer, most: int | None, told: At) -> Ids:
    parts = []
    start = n_tokens = 0
    while start < len(text):
        blank = _BLANK.search(text, start + _PART)
        end = blank.start() if blank else len(text)
        parts.append(tokenizer.offsets(text[start:end])[:, 0].astype(np.int64) + start)
        _check_number(n_tokens := n_tokens + len(parts[-1]), most)
        start = end
        told(start)
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _starts(tokens: Ids, words: Ids, most: int | None) -> Ids:
    """Sorted token starts, moved off blanks; each word and each character of a stretch without tokens counts too."""
    if not len(words):
        return np.empty(0, np.int64)
    word_starts, word_ends = words[:, 0], words[:, 1]
    inside = np.maximum(np.searchsorted(word_starts, tokens, side="right") - 1, 0)
    after = np.minimum(inside + 1, len(words) - 1)
    tokens = np.where(tokens >= word_ends[inside], word_starts[after], np.maximum(tokens, word_starts[inside]))
    tokens = np.maximum.accumulate(tokens) if len(tokens) else tokens
    marks = np.sort(np.concatenate([tokens, word_starts[~_found(word_starts, tokens)]]))
    ends = np.minimum(np.append(marks[1:], word_ends[-1]), word_ends[np.searchsorted(word_starts, marks, "right") - 1])
    lengths = ends - marks
    _check_number(len(marks) + int(lengths[lengths > LONG_WORD].sum()), most)
    silent = [np.arange(marks[i] + 1, ends[i]) for i in np.flatnonzero(lengths > LONG_WORD)]
    return np.sort(np.concatenate([marks, *silent]))


def _found(places: Ids, tokens: Ids) -> NDArray[np.bool_]:
    """Which places are the start of a token; both sorted."""
    if not len(tokens):
        return np.zeros(len(places), np.bool_)
    nearest = np.minimum(np.searchsorted(tokens, places), len(tokens) - 1)
    return np.asarray(tokens[nearest] == places)
