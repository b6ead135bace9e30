"""True sentences said in other words: what a check of facts must not take for an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from rag.verification.quantities import MONTHS

Way = Literal["number", "date", "short name", "contraction", "part", "said", "turned round", "joined"]

_NAMES = "|".join(name.capitalize() for name in MONTHS)
_DAY_FIRST = re.compile(rf"\b(\d\d?) ({_NAMES}) (\d{{4}})\b")
_MONTH_FIRST = re.compile(rf"\b({_NAMES}) (\d\d?), (\d{{4}})\b")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])(?!\.\d)")
_LONG = re.compile(r"(?<![\w.,$£€-])[1-9]\d{4,6}(?![\w.,%])")
_MILLIONS = re.compile(r"(?<![\w.,])(\d{1,3}) million\b")
_SPELLED = dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True))  # noqa: SIM905
_WORD = re.compile(rf"\b(?:{'|'.join(_SPELLED)})\b(?! (?:hundred|thousand|million|billion))")
_FULL_NAME = re.compile(r"(?<![.!?] )(?<!^)\b([A-Z][a-z]+) ([A-Z][a-z]{3,})\b(?! [A-Z])")
_NOT = re.compile(r"\b(is|are|was|were|has|have|had|could|would|should|did|does|do) not\b")
_LEAST = 6
"""Words of a part of a sentence that is still a claim."""


def reworded(sentence: str, following: str = "") -> Iterator[tuple[Way, str]]:
    """Each way in which the sentence can be said otherwise, by rules that keep what it says."""
    changes: tuple[tuple[Way, str], ...] = (
        ("number", _other_form(sentence)),
        (
            "date",
            _DAY_FIRST.sub(r"\2 \1, \3", sentence)
            if _DAY_FIRST.search(sentence)
            else _MONTH_FIRST.sub(r"\2 \1 \3", sentence),
        ),
        ("short name", _FULL_NAME.sub(r"\2", sentence)),
        ("contraction", _NOT.sub(r"\1n't", sentence)),
        ("part", _part(sentence)),
        ("said", f"According to the document, {sentence}"),
        ("turned round", _turned_round(sentence)),
        ("joined", f"{sentence.rstrip('.')}, and {following}" if following else ""),
    )
    yield from ((way, text) for way, text in changes if text and text != sentence)


def _other_form(text: str) -> str:
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    text = _LONG.sub(lambda found: f"{int(found[0]):,}", text)
    text = _MILLIONS.sub(lambda found: f"{int(found[1]):,},000,000", text)
    return _WORD.sub(lambda found: str(_SPELLED[found[0]]), text)


def _part(text: str) -> str:
    """The longer side of the first comma that has enough words on it, where the other has some, too."""
    parts: Sequence[str] = text.split(", ")
    if len(parts) != 2 or min(len(part.split()) for part in parts) < _LEAST:  # noqa: PLR2004 - more commas: a list
        return ""
    return max(parts, key=len)


def _turned_round(text: str) -> str:
    """ "In 1989, the wall fell." as "the wall fell, In 1989": what stands before the first comma comes last."""
    opening, comma, rest = text.partition(", ")
    if (
        not comma
        or "," in rest
        or len(rest.split()) < _LEAST
        or not opening.startswith(("In ", "On ", "During ", "After "))
    ):
        return ""
    return f"{rest[0].upper()}{rest[1:].rstrip('.')} {opening[0].lower()}{opening[1:]}."
