"""Digits that stand raised: an exponent or the number of a footnote would be a part of the number before."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def superscript(number: str) -> str:
    """Digits raised, as footnote numbers are printed; all else as it is."""
    return number.translate(_RAISED)


def raised(text: str) -> str:
    """What stands raised, if it is a number; ordinals and signs stay as they are."""
    digits = text.strip()
    return superscript(text) if digits.isascii() and digits.isdigit() else text
