"""Numbers as they are typed on the command line of measurement; argparse refuses others with a sentence."""

from __future__ import annotations

import argparse

_MOST = 999_999_999
_LONGEST = 100_000


def count(text: str) -> int:
    """How many, at least one."""
    return _within(text, 1)


def count_or_zero(text: str) -> int:
    """How many, or none at all; the seeds of chance, too."""
    return _within(text, 0)


def duration(text: str) -> float:
    """A time above 0, in whatever unit the option names."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _LONGEST:  # nor what is no number at all
        raise argparse.ArgumentTypeError(f"must be a number above 0, at most {_LONGEST:,}")
    return value


def share(text: str) -> float:
    """A part of a whole, above 0 and at most 1."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be a number above 0, at most 1")
    return value


def _within(text: str, least: int) -> int:
    is_whole = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST))
    if not is_whole or int(text) < least:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {_MOST:,}")
    return int(text)
