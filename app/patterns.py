"""This file tells what a text must not say by a file of regular expressions, and is the home of their library.

It is `regex`, and not the standard library's `re`, which cannot be stopped where a pattern takes for ever on a text.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import regex

from rag.errors import ConfigError, ModelError

SECONDS = 1.0
"""For all patterns on one text."""
_MOST = 1_000
"""Patterns: each takes some time, at the start and for each answer."""
_MOST_BYTES = 1_000_000
_SETTING = "FOOTNOTE_FILTER_PATTERNS"


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    pattern: regex.Pattern[str]


class Patterns:
    """What a text must not say. Threads may share it."""

    def __init__(self, name: str, lines: tuple[_Line, ...], *, seconds: float = SECONDS) -> None:
        """`name`: the file's."""
        self._name = name
        self._lines = lines
        self._seconds = seconds

    def objection(self, text: str) -> str:
        """The first line that the text matches, in words; empty where none does. Raises ModelError where that takes
        too long."""
        end = time.monotonic() + self._seconds
        for line in self._lines:
            try:
                is_found = line.pattern.search(text, timeout=max(0.001, end - time.monotonic()))
            except TimeoutError:
                raise self._too_long(line) from None
            if time.monotonic() > end:  # a short search does not look at the clock
                raise self._too_long(line)
            if is_found:
                return f"line {line.number} of {self._name} matches it"
        return ""

    def _too_long(self, line: _Line) -> ModelError:
        return ModelError(
            f"the patterns of {self._name} took longer than {self._seconds:g} s, the last one tried stands in "
            f"line {line.number}: make it simpler, often by fewer + and * inside of one another"
        )


def load_patterns(path: Path) -> Patterns:
    """One pattern a line, 1,000 at most; empty lines and those that begin with # are none. Raises ConfigError naming
    the line."""
    lines = enumerate(_read(path).splitlines(), start=1)
    found = [(number, text.strip()) for number, text in lines if text.strip() and not text.startswith("#")]
    if not found:
        raise ConfigError(f"{_SETTING}={path} has no pattern: write a regular expression a line")
    if len(found) > _MOST:
        raise ConfigError(f"{_SETTING}={path} has {len(found):,} patterns, and {_MOST:,} are taken: join some with |")
    return Patterns(path.name, tuple(_Line(number, _compiled(path, number, text)) for number, text in found))


def _read(path: Path) -> str:
    try:
        if not path.is_file():
            raise ConfigError(f"{_SETTING}={path} is no file: name one with a regular expression a line")
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{_SETTING}={path} is larger than {_MOST_BYTES // 1_000_000} MB: make it shorter")
        return path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{_SETTING}={path} cannot be read ({error}): it must be text in UTF-8") from error


def _compiled(path: Path, number: int, text: str) -> regex.Pattern[str]:
    try:
        pattern: regex.Pattern[str] = regex.compile(text)
    except (regex.error, RecursionError, OverflowError) as error:
        raise ConfigError(f"{path}, line {number}: {text[:100]!r} is no regular expression ({error})") from error
    if pattern.search("") is not None:
        raise ConfigError(f"{path}, line {number}: {text[:100]!r} matches every text, also an empty one")
    return pattern
