"""This file leaves out what a reasoning model thinks aloud before it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_OPEN, _CLOSE = "<think>", "</think>"


def without_thinking(deltas: Iterable[str]) -> Iterator[str]:
    """The deltas without a `<think>` block at the very start; one that never closes hides all the rest."""
    source = iter(deltas)
    head = ""
    for delta in source:
        head += delta
        start = head.lstrip()
        if not _OPEN.startswith(start[: len(_OPEN)]):
            yield head
            yield from source
            return
        if start.startswith(_OPEN):
            yield from _after_thoughts(start.removeprefix(_OPEN), source)
            return
    yield head


def _after_thoughts(first: str, source: Iterator[str]) -> Iterator[str]:
    tail = first
    while _CLOSE not in tail:
        delta = next(source, None)
        if delta is None:
            return
        tail = tail[-len(_CLOSE) :] + delta
    yield tail.partition(_CLOSE)[2].lstrip()
    yield from source
